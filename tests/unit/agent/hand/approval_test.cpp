// The second key: what counts as an approver's signature, and what a lane does with it.
#include <gtest/gtest.h>

#include "common/remedy/hash.hpp"
#include "tests/unit/agent/hand/bench.hpp"

namespace hand::bench {
namespace {

using domain::CommandState;
using domain::ResultCode;

wire::Approval approval_of(domain::Command const& command) {
    return {command.id, command.host, remedy::plan_hash(command), Lane::kNow + 10min,
            true,       "operator:me", "go on"};
}

std::string sign(wire::Approval const& approval, trust::PrivateKey const& key,
                 trust::Purpose purpose = trust::Purpose::approval) {
    return trust::sign(purpose, key, wire::encode(approval));
}

domain::Remedy risky_remedy() {
    auto remedy = restart_service();
    remedy.risk = domain::Risk::risky;
    remedy.hash = remedy::content_hash(remedy);
    return remedy;
}

class SecondKey : public testing::Test {
  protected:
    void start(policy::Policy policy = patient_policy()) {
        policy.limits.cooldown = 0s;
        lane = std::make_unique<Lane>(command::Lane::fix, std::move(policy));
        lane->start();
        lane->welcome();
        lane->give({risky_remedy()});
    }
    domain::Command risky(std::string const& unit = "patient.service") {
        auto command = lane->command(ulid(), unit);
        std::get<domain::RemedyOrder>(command.order).hash = risky_remedy().hash;
        return command;
    }
    domain::CommandResult run_with(domain::Command command, std::string approval) {
        command.approval = std::move(approval);
        return lane->run(command);
    }
    void expect_nothing_ran() { EXPECT_TRUE(lane->programs.runs().empty()); }

    std::unique_ptr<Lane> lane;
};

TEST_F(SecondKey, Lets_a_risky_remedy_run_once) {
    start();
    auto command = risky();
    command.approval = sign(approval_of(command), lane->approver);
    EXPECT_EQ(lane->run(command).state, CommandState::succeeded);
    command.counter = ++lane->counter;
    lane->forget_replies();
    EXPECT_EQ(lane->run(command).state, CommandState::succeeded) << "the stored result";
    EXPECT_EQ(lane->programs.count("start"), 1);
}

TEST_F(SecondKey, Is_wanted_for_everything_risky) {
    start();
    auto const result = lane->run(risky());
    EXPECT_EQ(result.code, ResultCode::not_allowed);
    EXPECT_NE(result.detail.find("class_risky"), std::string::npos) << result.detail;
    expect_nothing_ran();
}

TEST_F(SecondKey, Must_be_of_an_approver_and_made_as_an_approval) {
    start();
    auto command = risky();
    auto const approval = approval_of(command);
    EXPECT_EQ(run_with(command, sign(approval, lane->coordinator)).code,
              ResultCode::bad_signature);
    command = risky();
    EXPECT_EQ(run_with(command, sign(approval_of(command), trust::PrivateKey::generate())).code,
              ResultCode::bad_signature);
    command = risky();
    EXPECT_EQ(run_with(command, sign(approval_of(command), lane->approver, trust::Purpose::thaw))
                  .code,
              ResultCode::bad_signature);
    command = risky();
    EXPECT_EQ(run_with(command, "a.b.c").code, ResultCode::bad_signature);
    command = risky();
    EXPECT_EQ(run_with(command,
                       trust::sign(trust::Purpose::approval, lane->approver, R"({"v":1})"))
                  .code,
              ResultCode::bad_arguments);
    expect_nothing_ran();
}

TEST_F(SecondKey, Is_good_for_this_command_this_plan_and_this_long) {
    start();
    auto const refused = [&](auto change, ResultCode code) {
        auto const command = risky();
        auto approval = approval_of(command);
        change(approval);
        auto const result = run_with(command, sign(approval, lane->approver));
        EXPECT_EQ(result.code, code) << result.detail;
    };
    refused([](auto& a) { a.id = ulid(); }, ResultCode::not_allowed);
    refused([](auto& a) { a.host = *domain::HostId::parse("pi"); }, ResultCode::not_allowed);
    refused([](auto& a) { a.plan_hash = std::string(64, '0'); }, ResultCode::not_allowed);
    refused([](auto& a) { a.approved = false; }, ResultCode::not_allowed);
    refused([](auto& a) { a.expires_at = Lane::kNow - 1ms; }, ResultCode::expired);
    expect_nothing_ran();
}

TEST_F(SecondKey, Given_for_one_plan_is_not_good_for_another_of_the_same_id) {
    start();
    auto const seen = risky("patient.service");
    auto other = seen;
    std::get<domain::RemedyOrder>(other.order).params["unit"] = "other.service";
    EXPECT_EQ(run_with(other, sign(approval_of(seen), lane->approver)).code,
              ResultCode::not_allowed);
    auto longer = risky();
    auto const approval = sign(approval_of(longer), lane->approver);
    longer.limits.timeout += 1s;
    EXPECT_EQ(run_with(longer, approval).code, ResultCode::not_allowed);
    expect_nothing_ran();
}

TEST_F(SecondKey, Made_in_a_browser_counts_only_where_the_policy_says_so) {
    start();
    auto command = risky();
    EXPECT_EQ(run_with(command, sign(approval_of(command), lane->web_approver)).code,
              ResultCode::not_allowed);
    expect_nothing_ran();
    auto policy = patient_policy();
    policy.approval = policy::ApprovalRule::web;
    start(policy);
    command = risky();
    EXPECT_EQ(run_with(command, sign(approval_of(command), lane->web_approver)).state,
              CommandState::succeeded);
}

TEST_F(SecondKey, Opens_what_the_mode_ask_keeps_shut) {
    auto policy = patient_policy();
    policy.mode = policy::Mode::ask;
    start(policy);
    lane->give({restart_service()}, 2);
    auto command = lane->command(ulid());
    EXPECT_NE(lane->run(command).detail.find("mode_ask"), std::string::npos);
    command = lane->command(ulid());
    command.actor = "operator:api";
    EXPECT_NE(lane->run(command).detail.find("mode_ask"), std::string::npos)
        << "a word of the coordinator is no person";
    expect_nothing_ran();
    command = lane->command(ulid());
    EXPECT_EQ(run_with(command, sign(approval_of(command), lane->approver)).state,
              CommandState::succeeded);
}

TEST_F(SecondKey, Does_not_open_what_only_observes_or_is_protected_by_its_owner) {
    auto policy = patient_policy();
    policy.mode = policy::Mode::observe;
    start(policy);
    auto command = risky();
    auto const observed = run_with(command, sign(approval_of(command), lane->approver));
    EXPECT_EQ(observed.code, ResultCode::observe_only);
    EXPECT_NE(observed.detail.find("would have run restart_service unit=patient.service"),
              std::string::npos)
        << observed.detail;
    expect_nothing_ran();
    policy = patient_policy();
    policy.protected_subjects = {{domain::SubjectKind::service, "patient"}};
    start(policy);
    command = risky();
    EXPECT_EQ(run_with(command, sign(approval_of(command), lane->approver)).code,
              ResultCode::not_allowed);
    expect_nothing_ran();
}

}  // namespace
}  // namespace hand::bench
