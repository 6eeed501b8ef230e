// The one way into the loop: a bounded ZeroMQ queue (inproc, PUSH to PULL). Anybody posts, from any
// thread, without waiting; the loop takes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "coordinator/core/event.hpp"

namespace coordinator {

class Mailbox {
  public:
    explicit Mailbox(std::int64_t limit);
    ~Mailbox();

    // Errors: busy (full), unavailable (closed). Then nothing was posted.
    base::Status post(Event event);
    // Ends a take() that waits.
    void wake();
    // From now on nothing can be posted; what is inside can still be taken.
    void close();

    // Loop thread only. Waits at most `wait` for an event; none: nothing came, or wake().
    std::optional<Event> take(base::Duration wait);

    std::int64_t depth() const;
    std::int64_t limit() const;

  private:
    struct Queue;
    std::unique_ptr<Queue> queue_;
};

}  // namespace coordinator
