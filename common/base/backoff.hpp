// Pauses between tries: full jitter under a doubling ceiling, so that a fleet cut off together does
// not come back together, with a floor, so that nobody ever spins.
#pragma once

#include <algorithm>

#include "common/base/random.hpp"
#include "common/base/time.hpp"

namespace base {

class Backoff {
  public:
    Backoff(Duration first, Duration most, std::uint64_t seed)
        : first_(first), most_(most), random_(seed) {}

    // The next pause; the ceiling doubles with every call until reset().
    Duration next() {
        auto ceiling = std::min(most_, first_ * (std::int64_t{1} << tries_));
        if (tries_ < 20) ++tries_;
        auto floor = std::max(Duration{1}, first_ / 10);
        auto span = std::max<std::int64_t>(1, (ceiling - floor).count());
        auto more = random_.below(static_cast<std::uint64_t>(span));
        return floor + Duration{static_cast<std::int64_t>(more)};
    }

    void reset() { tries_ = 0; }
    // As after many failures: for a refusal that haste makes worse.
    void give_way() { tries_ = 20; }

  private:
    Duration first_;
    Duration most_;
    Random random_;
    int tries_ = 0;
};

}  // namespace base
