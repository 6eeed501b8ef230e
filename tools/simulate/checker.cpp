#include "tools/simulate/checker.hpp"

#include <algorithm>

#include "tools/simulate/network.hpp"

namespace simulate {
namespace {

using domain::IncidentState;

constexpr std::size_t kMostViolations = 20;

bool has_name(coordinator::SignalRow const& row, std::string const& host,
              std::string const& service) {
    auto const& labels = row.signal.labels;
    auto const at = labels.find("host");
    auto const named = labels.find("service");
    return at != labels.end() && at->second == host && named != labels.end() &&
           named->second == service;
}

}  // namespace

void Checker::violated(std::string what) {
    if (story_.violations.size() < kMostViolations) story_.violations.push_back(std::move(what));
}

void Checker::taken(domain::Signal const& signal) {
    auto const row = store_.signals.find(signal.fingerprint);
    if (row == store_.signals.end())
        violated("2xx was said to " + signal.fingerprint + ", which is not in the store");
    else if (signal.firing && !store_.incidents.contains(row->second.incident))
        violated("2xx was said to " + signal.fingerprint + ", which belongs to no incident");
}

void Checker::promised(domain::HostId const& host, std::int64_t seq) {
    auto const row = store_.hosts.find(host);
    if (row != store_.hosts.end() && seq <= row->second.journal_through)
        violated(host.text() + " wrote record " + std::to_string(seq) + " below what was read");
}

void Checker::forgotten(domain::HostId const& host, std::int64_t through) {
    auto const row = store_.hosts.find(host);
    if (row == store_.hosts.end() || through > row->second.journal_through)
        violated(host.text() + " forgot its journal up to " + std::to_string(through) +
                 ", which was never committed");
}

void Checker::told(coordinator::Tell const& tell) {
    if (tell.kind == "escalated" && ++escalations_[tell.incident] == 2)
        violated("a person was told twice of incident " + tell.incident);
}

void Checker::no_effect_twice() {
    std::map<std::string, int> counts;
    for (auto const& entry : ledger_)
        if (++counts[entry.command] == 2) violated("command " + entry.command + " ran twice");
}

void Checker::no_effect_after_expiry() {
    // A host's clock is behind by at most what a welcome was on its way.
    for (auto const& entry : ledger_)
        if (entry.started > entry.expires + kSlowest)
            violated("command " + entry.command + " ran after it had expired");
}

void Checker::after_quiet(std::map<std::string, Services*> const& hosts) {
    no_effect_twice();
    no_effect_after_expiry();
    for (auto const& [id, row] : store_.commands)
        if (!domain::is_final(row.state)) violated("command " + id + " has no end");
    for (auto const& [id, row] : store_.incidents)
        if (!domain::is_final(row.state) && row.state != IncidentState::escalated)
            violated("incident " + id + " is still " + std::string{to_string(row.state)});
    for (auto const& [host, services] : hosts)
        for (auto const& [name, service] : *services) {
            if (!service.ill) continue;
            bool const watched = std::ranges::any_of(store_.signals, [&](auto const& entry) {
                if (!has_name(entry.second, host, name)) return false;
                auto const incident = store_.incidents.find(entry.second.incident);
                return incident != store_.incidents.end() &&
                       incident->second.state == IncidentState::escalated;
            });
            if (!watched) violated(name + " on " + host + " is ill and nobody was told");
        }
}

void Checker::at_end() {
    no_effect_twice();
    for (auto const& [id, row] : store_.incidents) {
        if (!domain::is_final(row.state))
            violated("incident " + id + " did not end: " + std::string{to_string(row.state)} +
                     ", " + row.reason);
        ++story_.incidents;
        story_.resolved += row.state == IncidentState::resolved ? 1 : 0;
        std::set<std::string> commands;
        for (auto const& [key, attempt] : store_.attempts) {
            if (attempt.incident != id) continue;
            commands.insert(attempt.command);
            if (!attempt.outcome)
                violated("attempt " + std::to_string(attempt.number) + " of " + id +
                         " has no outcome");
        }
        if (commands.size() > 3) violated("incident " + id + " was attempted more than 3 times");
    }
    story_.escalated = static_cast<int>(escalations_.size());
    story_.commands = static_cast<int>(store_.commands.size());
    story_.effects = static_cast<int>(ledger_.size());
}

}  // namespace simulate
