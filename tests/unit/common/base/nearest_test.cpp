#include "common/base/nearest.hpp"

#include <gtest/gtest.h>

TEST(NearestTest, FindsWhatWasProbablyMeant) {
    std::vector<std::string_view> const known{"check", "steps", "undo", "timeout"};

    EXPECT_EQ(base::nearest("chekc", known), "check");
    EXPECT_EQ(base::nearest("step", known), "steps");
    EXPECT_EQ(base::nearest("timeuot", known), "timeout");
    EXPECT_EQ(base::nearest("undo", known), "undo");
}

TEST(NearestTest, GuessesNothingFarAway) {
    std::vector<std::string_view> const known{"check", "steps"};

    EXPECT_EQ(base::nearest("xyz", known), "");
    EXPECT_EQ(base::nearest("", known), "");
    EXPECT_EQ(base::nearest("check", {}), "");
    EXPECT_EQ(base::nearest(std::string(100'000, 'a'), known), "");
}
