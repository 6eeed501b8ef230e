// Every fact of the timeline, told as it happens to whoever listens: the web page, a notifier, a
// script. A courtesy, not a promise: who must not miss anything reads the store.
#pragma once

#include "common/base/time.hpp"
#include "coordinator/core/effect.hpp"

namespace coordinator {

class Feed {
  public:
    virtual ~Feed() = default;
    // Called on the loop thread once the fact is on the disk; never blocks.
    virtual void publish(base::WallTime at, Record const& fact) = 0;
};

}  // namespace coordinator
