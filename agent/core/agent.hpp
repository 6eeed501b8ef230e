// The agent's brain: one function, pure like the coordinator's. It admits commands, keeps what was
// promised until it is acknowledged, watches readings and probes, and says when to measure. It
// changes nothing itself: that is the hand's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/core/effect.hpp"

namespace agent {

// A line that turns a reading into a signal when it is crossed for a while.
struct WatchRule {
    std::string signal;   // "HostDiskFull"
    std::string group;    // "disk"
    std::string metric;   // "used_percent_root"
    bool above = true;
    double line = 90;
    double clear = 85;    // hysteresis: the signal resolves below this
    base::Duration for_at_least{60'000};
    std::string severity = "warning";
    bool operator==(WatchRule const&) const = default;
};

struct AgentSettings {
    domain::HostId host;
    std::string site = "home";
    std::string version{};
    std::string arch{};
    std::vector<std::string> capabilities{};
    base::Duration interval{10'000};        // readings, telemetry and heartbeat
    base::Duration probe_interval{10'000};
    int probe_failures = 2;                 // in a row before a probe becomes a signal
    std::vector<WatchRule> watches{};
    std::vector<std::string> metric_groups{};
    std::size_t journal_window = 4;         // batches in flight
    base::Duration journal_resend{10'000};  // an unacknowledged batch is sent again
};

class Agent {
  public:
    explicit Agent(AgentSettings settings);
    ~Agent();

    Effects step(base::Time now, Event const& event);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace agent
