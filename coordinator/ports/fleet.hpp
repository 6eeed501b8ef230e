// The hosts, as seen through the broker. Sending is asynchronous and never waits for the network:
// what must arrive is resent by the core until the host signed that it knows it. What comes in is
// verified, parsed and posted as events by the adapter, on its own thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "coordinator/core/effect.hpp"

namespace coordinator {

class Fleet {
  public:
    virtual ~Fleet() = default;

    virtual void send(SendCommand const& effect) = 0;
    virtual void send(SendCancel const& effect) = 0;
    virtual void send(SendWelcome const& effect, base::WallTime now) = 0;
    virtual void send(AcknowledgeJournal const& effect) = 0;
    virtual void send(SendRemedies const& effect) = 0;
    // Retained; said again whenever the broker was away.
    virtual void send(SendFreeze const& effect) = 0;
    virtual void send(SendLease const& effect) = 0;
    // Every 8 s, signed.
    virtual void beat(base::WallTime now, bool no_store) = 0;
    // For people and Home Assistant; kept by the broker for five minutes.
    virtual void tell_status(base::WallTime now, std::string_view state,
                             std::vector<std::string> const& reasons) = 0;
    virtual bool connected() const = 0;
};

}  // namespace coordinator
