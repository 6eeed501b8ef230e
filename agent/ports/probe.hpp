// What an agent can see of its host without starting a process. Probes never block longer than a
// few milliseconds; one that may (a socket to an engine) works asynchronously through fds.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/core/event.hpp"

namespace agent {

// Readings of /proc and /sys.
class Meter {
  public:
    virtual ~Meter() = default;
    virtual std::vector<domain::ReadingGroup> read(base::BootTime now) = 0;
};

// Is this subject healthy? Answers by ProbeAnswered through `deliver`, during the call or later.
class Probe {
  public:
    virtual ~Probe() = default;
    virtual void ask(base::BootTime now) = 0;
    virtual int fd() const { return -1; }  // for the loop; may change after each call
    virtual void service(base::BootTime) {}

    std::function<void(Event)> deliver;
};

}  // namespace agent
