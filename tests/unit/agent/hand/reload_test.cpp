// A policy file read again while the lane runs.
#include <gtest/gtest.h>

#include "tests/unit/agent/hand/bench.hpp"

namespace hand::bench {
namespace {

using domain::CommandState;
using domain::ResultCode;

TEST(Reload, Takes_a_new_policy_whole_and_says_so) {
    Lane lane;
    lane.start_ready();
    auto closed = patient_policy();
    closed.mode = policy::Mode::observe;
    closed.digest = trust::sha256_hex("another");
    lane.desk->reload(closed);
    EXPECT_EQ(lane.last<wire::HandHello>().mode, "observe");
    EXPECT_EQ(lane.last<wire::HandHello>().policy_digest, closed.digest);
    EXPECT_EQ(lane.run(lane.command(ulid())).code, ResultCode::observe_only);
    lane.desk->reload(patient_policy());
    EXPECT_EQ(lane.run(lane.command(ulid())).state, CommandState::succeeded);
}

TEST(Reload, Keeps_the_policy_of_before_when_the_new_one_is_wrong_and_tells_it) {
    Lane lane;
    lane.start_ready();
    lane.desk->reload(base::fail(base::Code::invalid, "policy.toml:3: no such key"));
    auto const hello = lane.last<wire::HandHello>();
    EXPECT_EQ(hello.mode, "auto");
    EXPECT_NE(hello.policy_error.find("policy.toml:3"), std::string::npos);
    EXPECT_EQ(lane.run(lane.command(ulid())).state, CommandState::succeeded);
    lane.desk->reload(patient_policy());
    EXPECT_TRUE(lane.last<wire::HandHello>().policy_error.empty());
}

TEST(Reload, Lets_what_runs_go_on_under_the_policy_it_began_with) {
    Lane lane;
    lane.start_ready();
    lane.programs.hold(true);
    auto const command = lane.command(ulid());
    lane.order(command);
    ASSERT_TRUE(lane.programs.has_run("stop"));
    lane.desk->reload(policy::observe_only());
    lane.programs.hold(false);
    EXPECT_EQ(lane.result_of(command.id).state, CommandState::succeeded);
    EXPECT_EQ(lane.run(lane.command(ulid(), "other.service")).code, ResultCode::observe_only);
}

}  // namespace
}  // namespace hand::bench
