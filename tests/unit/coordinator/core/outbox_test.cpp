// Commands until their results, and operators' orders.
#include <gtest/gtest.h>

#include "tests/unit/coordinator/core/core_run.hpp"

namespace coordinator {
namespace {

using namespace std::chrono_literals;
using domain::CommandState;
using domain::Outcome;
using domain::ResultCode;
using State = domain::IncidentState;

void act(CoreRun& run) {
    run.born();
    run.alert("caddy");
    run.pass(3s);
    ASSERT_EQ(run.count<SendCommand>(), 1);
}

std::string order_line(CoreRun& run, std::string const& host = "nexus") {
    run.step(CommandOrdered{5, host, domain::LineOrder{"true"}, true, "operator:api", "", 60s});
    return run.all<Ordered>().back().id;
}

TEST(Outbox, A_command_is_sent_again_with_rising_counter_until_it_is_acknowledged) {
    CoreRun run;
    act(run);
    run.pass(40s);
    auto const sends = run.all<SendCommand>();
    ASSERT_GE(sends.size(), 4U);
    for (std::size_t i = 1; i < sends.size(); ++i) {
        EXPECT_EQ(sends[i].command.id, sends[0].command.id);
        EXPECT_EQ(sends[i].command.expires_at, sends[0].command.expires_at);
        EXPECT_GT(sends[i].command.counter, sends[i - 1].command.counter);
    }
    run.acknowledge(run.newest_command());
    run.pass(1min);
    EXPECT_EQ(run.all<SendCommand>().size(), sends.size());
}

TEST(Outbox, Nothing_is_sent_after_expiry_and_the_attempt_counts_as_expired) {
    CoreRun run;
    act(run);
    auto const id = run.newest_command();
    auto const expires = run.command(id).command.expires_at;
    run.pass(expires - run.now.wall + 6s);
    EXPECT_EQ(run.command(id).state, CommandState::expired);
    EXPECT_EQ(run.attempts().at(0).outcome, Outcome::expired);
    EXPECT_EQ(run.state(), State::backing_off);
    for (auto const& send : run.all<SendCommand>()) {
        EXPECT_EQ(send.command.id, id);
        EXPECT_LT(send.command.issued_at, expires);
    }
}

TEST(Outbox, A_new_session_gets_what_is_unacknowledged_at_once) {
    CoreRun run;
    act(run);
    run.born("nexus", "s2");
    auto const sends = run.all<SendCommand>();
    ASSERT_EQ(sends.size(), 2U);
    EXPECT_EQ(sends[1].command.session, "s2");
    EXPECT_EQ(sends[1].command.id, sends[0].command.id);
}

TEST(Outbox, Another_process_of_the_agent_gets_what_the_one_before_acknowledged) {
    CoreRun run;
    act(run);
    run.acknowledge(run.newest_command());
    run.born("nexus", "s1");
    EXPECT_EQ(run.count<SendCommand>(), 1) << "the same process needs it only once";
    run.born("nexus", "s2");
    ASSERT_EQ(run.count<SendCommand>(), 2);
    EXPECT_EQ(run.all<SendCommand>().at(1).command.session, "s2");
    EXPECT_TRUE(run.command().acknowledged);
}

TEST(Outbox, A_refused_delivery_is_not_a_refused_command) {
    for (auto const code : {ResultCode::replayed, ResultCode::stale_epoch}) {
        CoreRun run;
        act(run);
        run.acknowledge(run.newest_command(), CommandState::rejected, code);
        EXPECT_EQ(run.state(), State::acting);
        run.pass(5s);
        EXPECT_GT(run.count<SendCommand>(), 1);
    }
}

TEST(Outbox, An_acknowledged_command_without_a_result_ends_as_unknown_and_is_not_repeated) {
    CoreRun run;
    act(run);
    run.acknowledge(run.newest_command(), CommandState::running);
    run.pass(1h);
    EXPECT_EQ(run.command().state, CommandState::interrupted);
    EXPECT_EQ(run.attempts().at(0).outcome, Outcome::unknown);
    EXPECT_EQ(run.state(), State::escalated);
    EXPECT_EQ(run.count<SendCommand>(), 1);
}

TEST(Outbox, One_whose_signals_resolved_while_it_was_out_needs_no_person) {
    struct Case {
        CommandState state;
        ResultCode code;
    };
    for (auto const& [state, code] : {Case{CommandState::rejected, ResultCode::not_allowed},
                                      Case{CommandState::interrupted, ResultCode::interrupted},
                                      Case{CommandState::running, ResultCode::ok}}) {
        CoreRun run;
        act(run);
        run.acknowledge(run.newest_command(), CommandState::running);
        run.resolve("caddy");
        if (domain::is_final(state)) run.result(run.newest_command(), state, code);
        run.pass(1h);
        EXPECT_EQ(run.state(), State::resolved) << to_string(state);
        EXPECT_TRUE(run.attempts().at(0).outcome) << to_string(state);
        EXPECT_EQ(run.told("escalated"), 0) << to_string(state);
    }
}

TEST(Outbox, A_late_success_counts) {
    CoreRun run;
    act(run);
    auto const id = run.newest_command();
    run.pass(run.settings.command_ttl + 6s);
    ASSERT_EQ(run.state(), State::backing_off);
    run.result(id, CommandState::succeeded);
    EXPECT_EQ(run.state(), State::resolved);
    EXPECT_EQ(run.attempts().at(0).outcome, Outcome::resolved);
    EXPECT_EQ(run.command(id).state, CommandState::succeeded);
}

TEST(Outbox, A_late_success_closes_an_escalated_incident) {
    CoreRun run;
    act(run);
    run.acknowledge(run.newest_command(), CommandState::running);
    run.pass(1h);
    ASSERT_EQ(run.state(), State::escalated);
    run.result(run.newest_command(), CommandState::succeeded);
    EXPECT_EQ(run.state(), State::resolved);
    EXPECT_EQ(run.told("escalated"), 1);
}

TEST(Outbox, The_first_final_state_stays_whatever_a_host_says_later) {
    CoreRun run;
    act(run);
    auto const id = run.newest_command();
    run.result(id, CommandState::succeeded);
    run.result(id, CommandState::failed);
    EXPECT_EQ(run.command(id).state, CommandState::succeeded);
    EXPECT_EQ(run.state(), State::resolved);
}

TEST(Outbox, A_host_cannot_report_or_acknowledge_another_hosts_command) {
    CoreRun run;
    act(run);
    auto const id = run.newest_command();
    run.born("skynet");
    run.step(CommandAcknowledged{host_id("skynet"), id, CommandState::rejected,
                                 ResultCode::not_allowed, ""});
    domain::CommandResult forged;
    forged.id = id;
    forged.state = CommandState::succeeded;
    run.journal(1, HostRecord{0, {}, forged}, "skynet");
    EXPECT_FALSE(domain::is_final(run.command(id).state));
    EXPECT_EQ(run.state(), State::acting);
}

TEST(Restart, A_killed_coordinator_goes_on_in_every_state) {
    for (bool const reboot : {false, true}) {
        CoreRun run;
        run.restart(reboot);
        run.alert("caddy");
        run.restart(reboot);
        EXPECT_EQ(run.state(), State::gathering);
        run.pass(3s);
        EXPECT_EQ(run.state(), State::waiting);
        run.restart(reboot);
        run.born();
        EXPECT_EQ(run.state(), State::acting);
        auto const id = run.newest_command();
        run.restart(reboot);
        auto const sends = run.all<SendCommand>();
        EXPECT_EQ(sends.back().command.id, id) << "sent again by the new process";
        EXPECT_GT(sends.back().command.epoch, sends.front().command.epoch);
        EXPECT_GT(sends.back().command.counter, sends.front().command.counter);
        run.acknowledge(id);
        auto const count = run.count<SendCommand>();
        run.restart(reboot);
        EXPECT_EQ(run.count<SendCommand>(), count) << "acknowledged: waited for";
        run.result(id, CommandState::failed);
        EXPECT_EQ(run.state(), State::backing_off);
        run.restart(reboot);
        run.pass(31s);
        EXPECT_EQ(run.state(), State::acting);
        run.result(run.newest_command(), CommandState::succeeded);
        EXPECT_EQ(run.state(), State::resolved);
        run.restart(reboot);
        run.pass(1h);
        EXPECT_EQ(run.store.incidents.size(), 1U);
        EXPECT_EQ(run.told("escalated"), 0);
    }
}

TEST(Restart, Questions_are_asked_again) {
    CoreRun run;
    run.settings.advisor_configured = true;
    run.settings.metrics_configured = true;
    run.configure();
    run.born();
    run.alert("caddy", "NobodyKnowsThis");
    run.pass(3s);
    ASSERT_EQ(run.state(), State::asking);
    run.restart();
    EXPECT_EQ(run.count<AskAdvisor>(), 2);
    auto const choice = domain::RemedyOrder{"restart_service", "", {{"service", "caddy"}}};
    run.step(AdvisorAnswered{run.incident().id, choice, ""});
    run.result(run.newest_command(), CommandState::succeeded);
    ASSERT_EQ(run.state(), State::confirming);
    auto const asked = run.count<AskMetrics>();
    run.restart();
    EXPECT_EQ(run.count<AskMetrics>(), asked + 1);
}

TEST(Restart, A_deadline_that_passed_while_the_process_was_away_fires_at_once) {
    CoreRun run;
    run.born();
    run.alert("caddy");
    run.now.wall += 1h;
    run.restart(true);
    run.pass(0s);
    EXPECT_EQ(run.state(), State::acting);
}

TEST(Restart, A_wall_clock_set_back_does_not_stretch_a_state) {
    CoreRun run;
    run.born();
    run.alert("caddy");
    run.now.wall -= 24h * 365;
    run.restart(true);
    run.pass(3s);
    EXPECT_EQ(run.state(), State::acting);
}

TEST(Restart, Locks_and_slots_are_held_again) {
    CoreRun run;
    act(run);
    run.acknowledge(run.newest_command());
    run.restart();
    run.alert("nginx");
    run.pass(3s);
    EXPECT_EQ(run.count<SendCommand>(), 1) << "one at a time per host";
}

TEST(Order, A_readonly_line_is_sent_at_once_and_needs_no_fsync) {
    CoreRun run;
    run.born();
    auto const id = order_line(run, "nexus.local");
    EXPECT_FALSE(id.empty());
    EXPECT_FALSE(run.last.durable);
    ASSERT_EQ(run.count<SendCommand>(), 1);
    run.acknowledge(id);
    EXPECT_FALSE(run.last.durable);
    run.result(id, CommandState::succeeded);
    EXPECT_FALSE(run.last.durable);
    ASSERT_EQ(run.count<Finished>(), 1);
    EXPECT_EQ(run.all<Finished>().at(0).result.id, id);
    EXPECT_EQ(run.count<AcknowledgeJournal>(), 1);
}

TEST(Order, A_changing_order_is_durable_before_it_is_sent) {
    CoreRun run;
    run.born();
    auto const order = domain::RemedyOrder{"restart_service", "", {{"service", "caddy"}}};
    run.step(CommandOrdered{5, "nexus", order, false, "operator:api", "", 60s});
    EXPECT_TRUE(run.last.durable);
    EXPECT_EQ(std::get<domain::RemedyOrder>(run.command().command.order).hash.size(), 64U);
}

TEST(Order, What_cannot_be_ordered_is_refused_with_its_reason) {
    using domain::LineOrder;
    using domain::RemedyOrder;
    struct Case {
        std::string host;
        std::variant<RemedyOrder, LineOrder> order;
        base::Duration timeout;
        base::Code code;
    };
    for (auto const& wrong :
         {Case{"nowhere", LineOrder{"true"}, 60s, base::Code::not_found},
          Case{"nexus", LineOrder{""}, 60s, base::Code::invalid},
          Case{"nexus", LineOrder{std::string(5000, 'x')}, 60s, base::Code::invalid},
          Case{"nexus", LineOrder{"true"}, 0s, base::Code::invalid},
          Case{"nexus", RemedyOrder{"nothing", "", {}}, 60s, base::Code::not_found},
          Case{"nexus", RemedyOrder{"restart_service", "", {}}, 60s, base::Code::invalid},
          Case{"nexus", RemedyOrder{"restart_service", "abc", {{"service", "a"}}}, 60s,
               base::Code::invalid}}) {
        CoreRun run;
        run.born();
        run.step(CommandOrdered{5, wrong.host, wrong.order, false, "operator:api", "",
                                wrong.timeout});
        auto const answer = run.all<Ordered>().at(0);
        ASSERT_TRUE(answer.refused) << wrong.host;
        EXPECT_EQ(answer.refused->code, wrong.code) << answer.refused->message;
        EXPECT_EQ(run.count<SendCommand>(), 0);
        EXPECT_TRUE(run.store.commands.empty());
    }
}

TEST(Order, One_for_a_host_that_never_comes_expires) {
    CoreRun run;
    auto const id = order_line(run);
    run.pass(run.settings.command_ttl + 6s);
    EXPECT_EQ(run.count<SendCommand>(), 0);
    EXPECT_EQ(run.all<Finished>().at(0).result.state, CommandState::expired);
    EXPECT_EQ(run.command(id).state, CommandState::expired);
}

TEST(Order, Ids_never_repeat_over_restarts_with_one_seed) {
    CoreRun run;
    run.born();
    auto const first = order_line(run);
    run.restart();
    EXPECT_NE(order_line(run), first);
}

}  // namespace
}  // namespace coordinator
