// What a kill -9 can do to "commit, then perform": hit before the commit, or after it with only
// some of the effects performed.
#pragma once

#include <cstddef>

#include "common/base/random.hpp"

namespace simulate {

struct Crash {
    bool commits = true;
    std::size_t performs = 0;  // so many effects, then it is dead; more than there are: it lives
};

inline constexpr std::size_t kAll = static_cast<std::size_t>(-1);

inline Crash draw_crash(base::Random& random, bool dangerous, std::size_t effects) {
    if (!dangerous || random.below(400) != 0) return {true, kAll};
    if (random.chance(40)) return {false, 0};
    return {true, static_cast<std::size_t>(random.below(effects + 1))};
}

}  // namespace simulate
