// The broker, seen from a host. Single-threaded: driven by the one epoll loop through fd() and
// service(). Connects, reconnects (full jitter, 1 s … 120 s, never gives up, never spins) and
// resubscribes by itself. Received bytes are verified against the pinned coordinator key and parsed
// strictly before `deliver` is called.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "agent/core/effect.hpp"

namespace agent {

class Link {
  public:
    virtual ~Link() = default;

    virtual void publish(Message const& message, base::WallTime now) = 0;
    // Signs and sends as many records, in order, as fit into 32 KiB; returns the last sequence
    // sent, or an error (unavailable) if none was.
    virtual base::Result<std::int64_t> send_batch(
        std::vector<wire::JournalRecord> const& records) = 0;

    // For the loop: wait for fd() (-1: none now) to be readable (and writable if wants_write()), at
    // most `wait()`, then call service().
    virtual int fd() const = 0;
    virtual bool wants_write() const = 0;
    virtual base::Duration wait() const = 0;
    virtual void service(base::BootTime now) = 0;
    virtual void stop() = 0;  // clean disconnect

    std::function<void(Event)> deliver;
};

}  // namespace agent
