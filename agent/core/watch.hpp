// Turns readings and probe answers into signals: once when something becomes ill, once when it is
// well again.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/core/step.hpp"

namespace agent {

class Watch {
  public:
    explicit Watch(Facts const& facts);

    // Signals that begin or end with these readings. A rule whose metric is missing keeps its
    // state: silence is no proof of health.
    std::vector<domain::Signal> take(base::Time now,
                                     std::vector<domain::ReadingGroup> const& groups);
    std::vector<domain::Signal> take(base::Time now, ProbeAnswered const& answer);
    // Everything that is ill now, again; for a coordinator that may have lost it.
    std::vector<domain::Signal> firing() const;

  private:
    enum class Health { unknown, well, ill };
    struct RuleState {
        Health health = Health::unknown;
        std::optional<base::BootTime> over_since;  // on the wrong side of the line since
        domain::Signal signal;                     // the last one that fired
    };
    struct ProbeState {
        Health health = Health::unknown;
        int failures = 0;  // in a row
        domain::Signal signal;
    };

    std::optional<domain::Signal> judge(base::Time now, WatchRule const& rule, RuleState& state,
                                        double value);
    domain::Signal signal_of(WatchRule const& rule, double value) const;
    domain::Signal signal_of(ProbeAnswered const& answer) const;

    Facts const& facts_;
    std::vector<RuleState> rules_;  // one per settings.watches
    std::map<std::string, ProbeState> probes_;  // by fingerprint
};

}  // namespace agent
