#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "tools/simulate/report.hpp"

namespace simulate {
namespace {

constexpr int kSeeds = 50;
constexpr int kSoakSeeds = 2'000;

TEST(Simulation, Every_promise_is_kept_whatever_the_network_and_kill_minus_nine_do) {
    int const seeds = std::getenv("TOMTE_SOAK") != nullptr ? kSoakSeeds : kSeeds;
    std::cout << seeds << " of " << kSoakSeeds << " seeds, from seed 1\n";
    EXPECT_EQ(report(Options{}, 1, seeds, false, std::cout), 0);
}

TEST(Simulation, One_seed_plays_the_same_story_again) {
    auto const once = run(Options{.seed = 7});
    auto const again = run(Options{.seed = 7});
    EXPECT_EQ(once.violations, again.violations);
    EXPECT_EQ(once.kills, again.kills);
    EXPECT_EQ(once.lost, again.lost);
    EXPECT_EQ(once.commands, again.commands);
    EXPECT_EQ(once.effects, again.effects);
    EXPECT_NE(once.lost, run(Options{.seed = 8}).lost);
}

TEST(Simulation, It_does_not_pass_by_doing_nothing) {
    auto const story = run(Options{.seed = 3});
    EXPECT_GT(story.faults, 10);
    EXPECT_GT(story.kills, 10);
    EXPECT_GT(story.resolved, 5);
    EXPECT_GT(story.escalated, 0);
    EXPECT_GT(story.effects, 10);
    EXPECT_GT(story.lost, 100);
}

// The checker says nothing unless it can fail: each of these mistakes must be noticed.
struct Planted {
    char const* name;
    SeededBug bug;
    char const* says;
};

class SeededBugTest : public testing::TestWithParam<Planted> {};

TEST_P(SeededBugTest, Is_noticed) {
    constexpr std::uint64_t kWithin = 20;
    for (std::uint64_t seed = 1; seed <= kWithin; ++seed)
        for (auto const& violation : run(Options{.seed = seed, .bug = GetParam().bug}).violations)
            if (violation.find(GetParam().says) != std::string::npos) {
                std::cout << "seed " << seed << ": " << violation << '\n';
                return;
            }
    FAIL() << "not noticed in " << kWithin << " seeds";
}

INSTANTIATE_TEST_SUITE_P(
    Simulation, SeededBugTest,
    testing::Values(
        Planted{"hand_logs_too_late", SeededBug::hand_logs_too_late, "ran twice"},
        Planted{"hand_reruns_started", SeededBug::hand_reruns_started, "ran twice"},
        Planted{"clock_stands_still", SeededBug::clock_stands_still, "ran after it had expired"},
        Planted{"journal_is_forgotten", SeededBug::journal_is_forgotten, "never committed"},
        Planted{"signal_is_swallowed", SeededBug::signal_is_swallowed, "2xx was said"}),
    [](auto const& planted) { return std::string{planted.param.name}; });

}  // namespace
}  // namespace simulate
