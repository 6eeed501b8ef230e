// Virtual time: what happens next, in order, from one seed. Months pass in milliseconds, and the
// same seed plays the same story.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "common/base/random.hpp"
#include "common/base/time.hpp"

namespace simulate {

class Timeline {
  public:
    explicit Timeline(std::uint64_t seed) : random(seed) {}

    base::Random random;

    base::Time now() const;
    void after(base::Duration wait, std::function<void()> what);
    // Plays everything up to `span` from now. False: more events than any sane run needs.
    bool play(base::Duration span);

    base::Duration between(base::Duration least, base::Duration most);

  private:
    base::BootTime boot_{};
    std::uint64_t order_ = 0;  // same moment: in the order they were asked for
    std::map<std::pair<base::BootTime, std::uint64_t>, std::function<void()>> queue_;
};

}  // namespace simulate
