#include <gtest/gtest.h>

#include "common/base/backoff.hpp"

namespace {

using base::Backoff;
using base::Duration;
using namespace std::chrono_literals;

TEST(Backoff, Stays_under_a_doubling_ceiling_and_above_its_floor) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Backoff backoff(1s, 120s, seed);
        Duration ceiling = 1s;
        for (int i = 0; i < 40; ++i) {
            auto pause = backoff.next();
            EXPECT_GE(pause, 100ms);
            EXPECT_LE(pause, ceiling);
            ceiling = std::min<Duration>(120s, ceiling * 2);
        }
    }
}

TEST(Backoff, Spreads_a_fleet_that_was_cut_off_together) {
    int early = 0;
    for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
        Backoff backoff(1s, 120s, seed);
        backoff.give_way();
        if (backoff.next() < 60s) ++early;
    }
    EXPECT_GT(early, 400);
    EXPECT_LT(early, 600);
}

TEST(Backoff, Begins_anew_after_success) {
    Backoff backoff(1s, 120s, 7);
    backoff.give_way();
    backoff.reset();
    EXPECT_LE(backoff.next(), 1s);
}

}  // namespace
