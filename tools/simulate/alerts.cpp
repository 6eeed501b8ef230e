#include "tools/simulate/alerts.hpp"

namespace simulate {
namespace {

constexpr base::Duration kRetry{20'000};
constexpr base::Duration kRepeat{300'000};

domain::Signal signal_of(domain::HostId const& host, std::string const& service) {
    domain::Signal signal;
    signal.fingerprint = "alert-" + host.text() + "-" + service;
    signal.source = domain::SignalSource::alertmanager;
    signal.firing = false;
    signal.name = "ServiceDown";
    signal.severity = "warning";
    signal.labels = {{"alertname", "ServiceDown"}, {"host", host.text()}, {"service", service}};
    return signal;
}

}  // namespace

void Alerts::watch(domain::HostId const& host, Services const& services) {
    auto const now = timeline_.now();
    for (auto const& [name, service] : services) {
        if (service.probed) continue;
        auto const fresh = signal_of(host, name);
        auto& series = series_.try_emplace(fresh.fingerprint, Series{fresh}).first->second;
        if (service.ill != series.signal.firing) {
            series.signal.firing = service.ill;
            (service.ill ? series.signal.starts_at : series.signal.ends_at.emplace()) = now.wall;
            if (service.ill) series.signal.ends_at.reset();
            series.told = false;
            series.again = now.boot;
        }
        bool const repeat = series.signal.firing || !series.told;
        if (!repeat || series.again > now.boot) continue;
        series.again = now.boot + (series.told ? kRepeat : kRetry);
        asked_.emplace(++next_ticket_, fresh.fingerprint);
        post({next_ticket_, {series.signal}});
    }
}

void Alerts::answered(coordinator::Accepted const& accepted) {
    auto const asked = asked_.find(accepted.ticket);
    if (asked == asked_.end()) return;
    auto& series = series_.at(asked->second);
    asked_.erase(asked);
    series.told = true;
    series.again = timeline_.now().boot + kRepeat;
    taken(series.signal);
}

coordinator::MetricsAnswer Alerts::answer(domain::Signal const& signal) const {
    if (timeline_.random.chance(10)) return coordinator::MetricsAnswer::away;
    auto const found = series_.find(signal.fingerprint);
    if (found == series_.end()) return coordinator::MetricsAnswer::unknown;
    return found->second.signal.firing ? coordinator::MetricsAnswer::firing
                                       : coordinator::MetricsAnswer::clear;
}

}  // namespace simulate
