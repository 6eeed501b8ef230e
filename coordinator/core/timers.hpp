// Deadlines of the core, on boot time: an ordered set with one entry per kind and id.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "common/base/time.hpp"

namespace coordinator {

enum class TimerKind {
    incident,        // the state lasted as long as it may
    metrics,         // ask the metrics source again
    command,         // send again, give up, or stop waiting for the result
    forget_incident, // closed long enough
    forget_command,
    signal,          // still firing on its host after its incident was closed?
    host_lost,       // offline long enough to tell people
};

struct TimerKey {
    TimerKind kind;
    std::string id;
    auto operator<=>(TimerKey const&) const = default;
};

class Timers {
  public:
    void set(TimerKey const& key, base::BootTime at);
    void cancel(TimerKey const& key);
    std::optional<base::BootTime> next() const;
    // Takes the earliest that is due, ties in the order of their keys.
    std::optional<TimerKey> pop_due(base::BootTime now);

  private:
    std::map<TimerKey, base::BootTime> by_key_;
    std::set<std::pair<base::BootTime, TimerKey>> by_time_;
};

}  // namespace coordinator
