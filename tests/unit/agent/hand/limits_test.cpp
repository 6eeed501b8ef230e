#include "agent/hand/limits.hpp"

#include <gtest/gtest.h>

namespace hand {
namespace {

using namespace std::chrono_literals;

Fix fix(base::Duration ago, bool succeeded = true, std::string const& subject = "service/a") {
    return {{subject}, ago, ago, succeeded};
}

std::optional<std::string> asked(std::vector<Fix> const& fixes, std::string const& subject) {
    return over_limit(policy::Limits{}, fixes, {subject});
}

TEST(Limits, Allow_the_first_fix) { EXPECT_FALSE(asked({}, "service/a")); }

TEST(Limits, Stop_at_six_an_hour_on_the_whole_host) {
    std::vector<Fix> fixes;
    for (int i = 0; i < 5; ++i) fixes.push_back(fix(30min));
    EXPECT_FALSE(asked(fixes, "service/b"));
    fixes.push_back(fix(59min));
    EXPECT_TRUE(asked(fixes, "service/b"));
    fixes.back() = fix(61min);
    EXPECT_FALSE(asked(fixes, "service/b"));
}

TEST(Limits, Stop_at_twenty_a_day) {
    std::vector<Fix> fixes(20, fix(23h));
    EXPECT_TRUE(asked(fixes, "service/b"));
    fixes.pop_back();
    EXPECT_FALSE(asked(fixes, "service/b"));
}

TEST(Limits, Leave_a_subject_alone_for_five_minutes_after_a_fix) {
    EXPECT_TRUE(asked({fix(299s)}, "service/a"));
    EXPECT_FALSE(asked({fix(300s)}, "service/a"));
    EXPECT_FALSE(asked({fix(1s)}, "service/b")) << "another subject";
}

TEST(Limits, Leave_a_subject_alone_for_an_hour_after_three_failures_in_a_row) {
    EXPECT_TRUE(asked({fix(50min, false), fix(40min, false), fix(30min, false)}, "service/a"));
    EXPECT_FALSE(asked({fix(50min, false), fix(40min, false)}, "service/a"));
    EXPECT_FALSE(asked({fix(90min, false), fix(80min, false), fix(70min, false)}, "service/a"));
    EXPECT_FALSE(asked({fix(50min, false), fix(45min, false), fix(40min, true), fix(30min, false)},
                       "service/a"))
        << "the row was broken by a success";
    EXPECT_TRUE(asked({fix(50min, false), fix(45min, false), fix(40min, true, "service/b"),
                       fix(30min, false)},
                      "service/a"))
        << "another subject's success breaks nothing";
}

}  // namespace
}  // namespace hand
