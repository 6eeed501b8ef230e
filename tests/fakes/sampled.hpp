// Tests with many cases run a part of them in CI and all with ./check --soak, and say which.
#pragma once

#include <cstdlib>
#include <iostream>
#include <random>

namespace fakes {

class Sampled {
  public:
    // `few` of `all`. The seed is printed; TOMTE_SEED repeats a run.
    Sampled(int few, int all) : count_(std::getenv("TOMTE_SOAK") != nullptr ? all : few) {
        auto const* given = std::getenv("TOMTE_SEED");
        seed_ = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
        random_.seed(seed_);
        std::cout << count_ << " of " << all << ", seed " << seed_ << "\n";
    }

    int count() const { return count_; }
    // 0 … below - 1.
    std::size_t below(std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_);
    }
    std::mt19937_64& random() { return random_; }

  private:
    int count_;
    std::uint64_t seed_ = 0;
    std::mt19937_64 random_;
};

}  // namespace fakes
