// The two lanes of the hand, seen from the agent: connect on first use, one packet per request.
#pragma once

#include <functional>

#include "agent/core/event.hpp"

namespace agent {

class Runner {
  public:
    virtual ~Runner() = default;
    // Never blocks. A lane that cannot be reached answers with HandGone.
    virtual void send(Lane lane, wire::HandRequest const& request) = 0;
    virtual std::vector<int> fds() const = 0;  // readable: call service()
    virtual void service() = 0;

    std::function<void(Event)> deliver;
};

}  // namespace agent
