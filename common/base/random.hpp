// A small seeded generator (splitmix64, Steele et al. 2014) for everything inside a core that has
// to look random but must come out the same for the same seed: ids, jitter, simulated faults.
// Not for secrets: keys and nonces come from trust::random_bytes.
#pragma once

#include <cstdint>

namespace base {

class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }

    // Uniform in [0, bound); bound > 0. The bias of the modulo is below 2^-32 for our bounds.
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }

    // True in `percent` of a hundred calls.
    bool chance(unsigned percent) { return below(100) < percent; }

  private:
    std::uint64_t state_;
};

}  // namespace base
