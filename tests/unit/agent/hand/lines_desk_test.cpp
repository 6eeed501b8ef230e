// Lines of the command language from a signed order to their result, in both lanes.
#include <gtest/gtest.h>

#include "tests/unit/agent/hand/bench.hpp"

namespace hand::bench {
namespace {

using domain::CommandState;
using domain::ResultCode;

// Ends as `code_of` says for the program's name.
void end_with(Lane& lane, std::map<std::string, int> codes) {
    lane.programs.answer = [codes = std::move(codes)](Program const& program) {
        Exit exit;
        auto const& path = program.argv[0];
        auto const found = codes.find(path.substr(path.rfind('/') + 1));
        if (found != codes.end()) exit.code = found->second;
        return exit;
    };
}

std::string ran(Lane const& lane) {
    std::string names;
    for (auto const& argv : lane.programs.runs())
        names += argv[0].substr(argv[0].rfind('/') + 1) + ' ';
    return names;
}

TEST(Lines, Go_on_after_each_command_as_a_shell_would) {
    struct Case {
        char const* line;
        std::map<std::string, int> codes;
        char const* ran;
        CommandState state;
    };
    for (auto const& [line, codes, names, state] : std::vector<Case>{
             {"df; free", {}, "df free ", CommandState::succeeded},
             {"df && free", {{"df", 1}}, "df ", CommandState::failed},
             {"df || free", {{"df", 1}}, "df free ", CommandState::succeeded},
             {"df || free", {}, "df ", CommandState::succeeded},
             {"df && free || id", {{"df", 1}}, "df id ", CommandState::succeeded},
             {"df; free", {{"df", 1}}, "df free ", CommandState::succeeded},
             {"df; free", {{"free", 1}}, "df free ", CommandState::failed},
         }) {
        Lane lane{command::Lane::read};
        end_with(lane, codes);
        lane.start_ready();
        auto const result = lane.run(lane.line(ulid(), line));
        EXPECT_EQ(result.state, state) << line << ": " << result.detail;
        EXPECT_EQ(ran(lane), names) << line;
    }
}

TEST(Lines, Go_to_the_lane_they_belong_to) {
    Lane reading{command::Lane::read};
    reading.start_ready();
    EXPECT_EQ(reading.run(reading.line(ulid(), "sync")).code, ResultCode::unsupported);
    Lane fixing;
    fixing.start_ready();
    EXPECT_EQ(fixing.run(fixing.line(ulid(), "df -h")).code, ResultCode::unsupported);
    EXPECT_TRUE(fixing.programs.runs().empty());
    EXPECT_EQ(fixing.run(fixing.line(ulid(), "sync")).state, CommandState::succeeded);
}

TEST(Lines, That_change_something_need_the_mode_and_no_freeze) {
    auto policy = patient_policy();
    policy.mode = policy::Mode::observe;
    Lane watching{command::Lane::fix, policy};
    watching.start_ready();
    EXPECT_EQ(watching.run(watching.line(ulid(), "sync")).code, ResultCode::observe_only);
    Lane frozen;
    write(frozen.settings.freeze_file, "");
    frozen.start_ready();
    EXPECT_EQ(frozen.run(frozen.line(ulid(), "sync")).code, ResultCode::frozen);
    EXPECT_TRUE(watching.programs.runs().empty());
    EXPECT_TRUE(frozen.programs.runs().empty());
}

TEST(Lines, That_change_something_run_once_and_count_for_the_limits) {
    Lane lane;
    lane.start_ready();
    auto const order = lane.line(ulid(), "sync");
    EXPECT_EQ(lane.run(order).state, CommandState::succeeded);
    auto again = order;
    again.counter = ++lane.counter;
    EXPECT_EQ(lane.run(again).state, CommandState::succeeded) << "told, not done again";
    EXPECT_EQ(lane.run(lane.line(ulid(), "sync")).code, ResultCode::rate_limited);
    EXPECT_EQ(lane.programs.count("/usr/bin/sync"), 1);
}

TEST(Lines, Change_only_what_the_policy_lists_and_what_is_there) {
    Lane lane;
    lane.start_ready();
    auto const foreign = lane.run(lane.line(ulid(), "systemctl restart nginx"));
    EXPECT_EQ(foreign.code, ResultCode::not_allowed);
    EXPECT_NE(foreign.detail.find("subject_not_remediable"), std::string::npos);
    auto const vital = lane.run(lane.line(ulid(), "systemctl restart ssh"));
    EXPECT_EQ(vital.code, ResultCode::not_allowed);
    lane.stop();
    lane.settings.policy.remediable.push_back({domain::SubjectKind::service, "ghost"});
    lane.start();
    lane.welcome();
    auto const ghost = lane.run(lane.line(ulid(), "systemctl restart ghost"));
    EXPECT_EQ(ghost.state, CommandState::rejected) << ghost.detail;
    EXPECT_EQ(ghost.code, ResultCode::precondition);
    EXPECT_EQ(lane.programs.count("restart"), 0);
}

TEST(Lines, Of_a_risky_kind_do_not_run_without_an_approval) {
    Lane lane;
    lane.start_ready();
    auto const result = lane.run(lane.line(ulid(), "systemctl stop patient"));
    EXPECT_EQ(result.code, ResultCode::not_allowed) << result.detail;
    EXPECT_EQ(lane.programs.count("stop"), 0);
}

}  // namespace
}  // namespace hand::bench
