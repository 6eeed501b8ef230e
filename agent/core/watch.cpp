#include "agent/core/watch.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace agent {
namespace {

// FNV-1a over the sorted labels, each name and value ended by a byte that no UTF-8 text holds: the
// same series has the same fingerprint after a restart and on every host of any byte order.
std::string fingerprint_of(domain::Labels const& labels) {
    constexpr std::uint64_t kPrime = 1099511628211ULL;
    std::uint64_t hash = 14695981039346656037ULL;
    auto const mix = [&hash](std::string_view text) {
        for (char const byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * kPrime;
        hash = (hash ^ 0xff) * kPrime;
    };
    for (auto const& [name, value] : labels) {
        mix(name);
        mix(value);
    }
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t digit = 0; digit < text.size(); ++digit)
        text[digit] = kHex[(hash >> (60 - 4 * digit)) & 0xf];
    return text;
}

std::string number_text(double value) {
    std::array<char, 32> buffer{};
    auto const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   std::chars_format::fixed, 1);
    return {buffer.data(), end.ptr};
}

std::optional<double> find(std::vector<domain::ReadingGroup> const& groups, WatchRule const& rule) {
    for (auto const& group : groups) {
        if (group.group != rule.group) continue;
        for (auto const& reading : group.readings)
            if (reading.metric == rule.metric) return reading.value;
    }
    return std::nullopt;
}

domain::Signal resolved(domain::Signal signal, base::WallTime at) {
    signal.firing = false;
    signal.ends_at = at;
    return signal;
}

}  // namespace

Watch::Watch(Facts const& facts) : facts_(facts), rules_(facts.settings.watches.size()) {}

std::vector<domain::Signal> Watch::take(base::Time now,
                                        std::vector<domain::ReadingGroup> const& groups) {
    std::vector<domain::Signal> signals;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        auto const& rule = facts_.settings.watches[i];
        auto const value = find(groups, rule);
        if (!value) continue;
        if (auto signal = judge(now, rule, rules_[i], *value))
            signals.push_back(std::move(*signal));
    }
    return signals;
}

std::optional<domain::Signal> Watch::judge(base::Time now, WatchRule const& rule, RuleState& state,
                                           double value) {
    bool const over = rule.above ? value > rule.line : value < rule.line;
    bool const clear = rule.above ? value < rule.clear : value > rule.clear;
    if (!over) state.over_since.reset();
    if (over && state.health != Health::ill) {
        if (!state.over_since) state.over_since = now.boot;
        if (now.boot - *state.over_since < rule.for_at_least) return std::nullopt;
        state.health = Health::ill;
        state.signal = signal_of(rule, value);
        state.signal.starts_at = facts_.wall(now);
        return state.signal;
    }
    if (!clear || state.health == Health::well) return std::nullopt;
    // Also the first healthy reading of a process: the one before may have left the signal firing.
    bool const was_ill = state.health == Health::ill;
    state.health = Health::well;
    if (was_ill) return resolved(state.signal, facts_.wall(now));
    auto signal = signal_of(rule, value);
    signal.starts_at = facts_.wall(now);
    return resolved(std::move(signal), facts_.wall(now));
}

std::vector<domain::Signal> Watch::take(base::Time now, ProbeAnswered const& answer) {
    auto signal = signal_of(answer);
    auto& state = probes_[signal.fingerprint];
    if (answer.healthy) {
        state.failures = 0;
        if (state.health == Health::well) return {};
        auto ended = state.health == Health::ill ? std::move(state.signal) : std::move(signal);
        if (state.health != Health::ill) ended.starts_at = facts_.wall(now);
        state.health = Health::well;
        state.signal = {};
        return {resolved(std::move(ended), facts_.wall(now))};
    }
    state.failures = std::min(state.failures + 1, facts_.settings.probe_failures);
    if (state.health == Health::ill || state.failures < facts_.settings.probe_failures) return {};
    state.health = Health::ill;
    state.signal = std::move(signal);
    state.signal.starts_at = facts_.wall(now);
    return {state.signal};
}

std::vector<domain::Signal> Watch::firing() const {
    std::vector<domain::Signal> signals;
    for (auto const& state : rules_)
        if (state.health == Health::ill) signals.push_back(state.signal);
    for (auto const& [_, state] : probes_)
        if (state.health == Health::ill) signals.push_back(state.signal);
    return signals;
}

domain::Signal Watch::signal_of(WatchRule const& rule, double value) const {
    auto const& host = facts_.settings.host;
    domain::Signal signal;
    signal.source = domain::SignalSource::watch;
    signal.name = rule.signal;
    signal.severity = rule.severity;
    signal.labels = {{"alertname", rule.signal},
                     {"host", host.text()},
                     {"metric", rule.group + "." + rule.metric}};
    signal.fingerprint = fingerprint_of(signal.labels);
    signal.annotations["summary"] = rule.group + "." + rule.metric + " is " + number_text(value) +
                                    " (line " + number_text(rule.line) + ")";
    signal.subject = domain::Subject{host, domain::SubjectKind::host, {}};
    return signal;
}

domain::Signal Watch::signal_of(ProbeAnswered const& answer) const {
    domain::Signal signal;
    signal.source = domain::SignalSource::probe;
    signal.name = answer.probe;
    signal.severity = "critical";
    signal.labels = {{"alertname", answer.probe}, {"host", answer.subject.host.text()}};
    if (answer.subject.kind != domain::SubjectKind::host)
        signal.labels[std::string(domain::to_string(answer.subject.kind))] = answer.subject.name;
    signal.fingerprint = fingerprint_of(signal.labels);
    if (!answer.detail.empty()) signal.annotations["summary"] = answer.detail;
    signal.subject = answer.subject;
    return signal;
}

}  // namespace agent
