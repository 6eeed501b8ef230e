// "Stop what you are doing", from the lane's loop to the one thread that works. Any thread may ask
// and look; wait() is the only way the worker passes time.
#pragma once

#include <atomic>

#include "common/base/time.hpp"

namespace hand {

class Stop {
  public:
    enum class Why { none, cancelled, frozen };

    Stop();
    ~Stop();
    Stop(Stop const&) = delete;
    Stop& operator=(Stop const&) = delete;

    void ask(Why why);
    void reset();
    Why why() const { return why_.load(); }
    bool cancelled() const { return why() == Why::cancelled; }

    // Until asked, at most this long. True: asked.
    bool wait(base::Duration at_most) const;
    // Readable once asked; for poll().
    int fd() const { return fd_; }

  private:
    std::atomic<Why> why_{Why::none};
    int fd_ = -1;
};

}  // namespace hand
