// Something noticed, firing or resolved: an Alertmanager alert, a failed probe, a lost host.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "common/base/time.hpp"
#include "common/domain/subject.hpp"

namespace domain {

using Labels = std::map<std::string, std::string>;

enum class SignalSource { alertmanager, probe, watch, lost_host, test };
std::string_view to_string(SignalSource source);
std::optional<SignalSource> parse_signal_source(std::string_view text);

struct Signal {
    // Durable identity of the series this belongs to: Alertmanager's fingerprint, or one computed
    // from name and labels where none came. Two signals with one fingerprint are the same thing
    // noticed again, whatever their annotations say.
    std::string fingerprint;
    SignalSource source = SignalSource::test;
    bool firing = true;
    std::string name;      // "ContainerDown"
    std::string severity;  // as sent; "warning" if it named none
    Labels labels;
    Labels annotations;
    // A probe knows its subject; an alert's is found by the coordinator from its labels.
    std::optional<Subject> subject;
    base::WallTime starts_at{};
    std::optional<base::WallTime> ends_at;

    bool operator==(Signal const&) const = default;
};

}  // namespace domain
