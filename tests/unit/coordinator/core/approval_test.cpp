#include <gtest/gtest.h>

#include "common/remedy/hash.hpp"
#include "tests/unit/coordinator/core/core_run.hpp"

namespace coordinator {
namespace {

using namespace std::chrono_literals;
using domain::CommandState;
using State = domain::IncidentState;

class Approvals : public testing::Test {
  protected:
    Approvals() { born("ask"); }

    void born(std::string const& mode) {
        run.step(HostBorn{host_id("nexus"), "s1", "boot", "0.1", mode, "p", "d1", {"script"}, {},
                          0, 0});
    }
    ApprovalArrived answer(bool approved = true) {
        auto const& command = run.command().command;
        return {9,        command.id, command.host.text(), remedy::plan_hash(command),
                run.now.wall + 10min, approved, "operator:me", "because", "key", "a.b.c"};
    }
    Ordered answered() { return run.all<Ordered>().back(); }

    CoreRun run;
};

TEST_F(Approvals, A_plan_that_needs_a_person_waits_asks_once_and_runs_when_one_said_yes) {
    run.alert("caddy");
    run.pass(5s);
    ASSERT_EQ(run.state(), State::asking);
    EXPECT_EQ(run.told("approval_wanted"), 1);
    EXPECT_EQ(run.count<SendCommand>(), 0);
    EXPECT_TRUE(run.command().held);
    EXPECT_TRUE(run.attempts().empty()) << "nothing was tried yet";

    run.step(answer());
    EXPECT_FALSE(answered().refused);
    ASSERT_EQ(run.count<SendCommand>(), 1);
    auto const sent = run.all<SendCommand>().at(0).command;
    EXPECT_EQ(sent.approval, "a.b.c");
    EXPECT_EQ(remedy::plan_hash(sent), answer().plan_hash) << "what is sent is what was signed";
    EXPECT_EQ(run.state(), State::acting);
    ASSERT_EQ(run.attempts().size(), 1u);
    EXPECT_EQ(run.attempts()[0].command, sent.id);

    run.result(sent.id, CommandState::succeeded);
    run.resolve("caddy");
    EXPECT_EQ(run.state(), State::resolved);
    EXPECT_EQ(run.told("approval_wanted"), 1);
}

TEST_F(Approvals, A_no_escalates_and_nothing_is_ever_sent) {
    run.alert("caddy");
    run.pass(5s);
    run.step(answer(false));
    EXPECT_EQ(run.state(), State::escalated);
    EXPECT_NE(run.incident().reason.find("denied by operator:me"), std::string::npos);
    EXPECT_EQ(run.command().state, CommandState::rejected);
    run.step(answer());
    EXPECT_TRUE(answered().refused) << "it is over";
    EXPECT_EQ(run.count<SendCommand>(), 0);
}

TEST_F(Approvals, Nobody_s_answer_in_time_escalates) {
    run.alert("caddy");
    run.pass(5s + run.settings.approval_within);
    EXPECT_EQ(run.state(), State::escalated);
    EXPECT_NE(run.incident().reason.find("nobody approved"), std::string::npos);
    EXPECT_TRUE(domain::is_final(run.command().state));
    EXPECT_FALSE(run.command().held);
}

TEST_F(Approvals, What_heals_by_itself_needs_no_answer_any_more) {
    run.alert("caddy");
    run.pass(5s);
    run.resolve("caddy");
    EXPECT_EQ(run.state(), State::cancelled);
    EXPECT_EQ(run.command().state, CommandState::cancelled);
    run.step(answer());
    EXPECT_TRUE(answered().refused);
    EXPECT_EQ(run.count<SendCommand>(), 0);
}

TEST_F(Approvals, A_signature_for_something_else_changes_nothing) {
    run.alert("caddy");
    run.pass(5s);
    auto const refused = [&](auto change) {
        auto event = answer();
        change(event);
        run.step(event);
        EXPECT_TRUE(answered().refused);
        EXPECT_EQ(run.state(), State::asking);
    };
    refused([](auto& e) { e.id = "01ARZ3NDEKTSV4RRFFQ69G5FAV"; });
    refused([](auto& e) { e.host = "pi"; });
    refused([](auto& e) { e.plan_hash = std::string(64, '0'); });
    refused([&](auto& e) { e.expires_at = run.now.wall; });
    EXPECT_EQ(run.count<SendCommand>(), 0);
}

TEST_F(Approvals, Waiting_survives_a_restart_and_so_does_the_yes) {
    run.alert("caddy");
    run.pass(5s);
    run.restart();
    EXPECT_EQ(run.state(), State::asking);
    EXPECT_EQ(run.count<SendCommand>(), 0);
    EXPECT_EQ(run.count<AskAdvisor>(), 0);
    run.offline();
    run.step(answer());
    EXPECT_EQ(run.state(), State::waiting);
    run.restart();
    EXPECT_EQ(run.count<SendCommand>(), 0);
    born("ask");
    ASSERT_EQ(run.count<SendCommand>(), 1) << run.incident().reason;
    EXPECT_EQ(run.all<SendCommand>().at(0).command.approval, "a.b.c");
}

TEST_F(Approvals, A_yes_that_ran_out_before_the_host_came_back_is_not_sent) {
    run.alert("caddy");
    run.pass(5s);
    run.offline();
    auto event = answer();
    event.expires_at = run.now.wall + 1min;
    run.step(event);
    run.pass(2min);
    born("ask");
    EXPECT_EQ(run.count<SendCommand>(), 0);
    EXPECT_EQ(run.state(), State::escalated);
}

TEST_F(Approvals, A_person_s_risky_order_waits_and_is_sent_once_approved) {
    born("auto");
    run.step(CommandOrdered{5, "nexus",
                            domain::RemedyOrder{"reboot_host", "", {{"service", "a"}}}, false,
                            "operator:api", "", 60s});
    EXPECT_FALSE(answered().refused);
    EXPECT_EQ(run.count<SendCommand>(), 0);
    EXPECT_EQ(run.told("approval_wanted"), 1);
    run.step(answer());
    ASSERT_EQ(run.count<SendCommand>(), 1);
    EXPECT_EQ(run.all<SendCommand>().at(0).command.actor, "operator:api");
    EXPECT_LE(run.all<SendCommand>().at(0).command.expires_at, run.now.wall + 10min);
}

TEST_F(Approvals, A_person_s_order_that_nobody_answers_expires) {
    run.step(CommandOrdered{5, "nexus", domain::LineOrder{"something"}, false, "operator:api", "",
                            60s, true});
    run.pass(run.settings.approval_within + 1s);
    EXPECT_EQ(run.command().state, CommandState::expired);
    EXPECT_EQ(run.all<Finished>().size(), 1u);
    EXPECT_EQ(run.count<SendCommand>(), 0);
    run.step(CommandOrdered{6, "nexus", domain::LineOrder{"true"}, true, "operator:api", "", 60s});
    EXPECT_EQ(run.count<SendCommand>(), 1) << "looking needs nobody";
}

}  // namespace
}  // namespace coordinator
