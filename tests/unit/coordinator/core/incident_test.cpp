// The straight line, from signal to outcome.
#include <gtest/gtest.h>

#include "tests/unit/coordinator/core/core_run.hpp"

namespace coordinator {
namespace {

using namespace std::chrono_literals;
using domain::CommandState;
using domain::Outcome;
using domain::ResultCode;
using State = domain::IncidentState;

// Alert, plan, command out.
void act(CoreRun& run) {
    run.born();
    run.alert("caddy");
    run.pass(3s);
}

TEST(StraightLine, An_alert_becomes_a_command_whose_success_resolves_the_incident) {
    CoreRun run;
    run.born();
    EXPECT_EQ(run.alert("caddy").status, "new_incident");
    EXPECT_EQ(run.state(), State::gathering);
    EXPECT_EQ(run.count<SendCommand>(), 0);
    run.pass(3s);
    ASSERT_EQ(run.count<SendCommand>(), 1);
    EXPECT_EQ(run.state(), State::acting);
    auto const sent = run.all<SendCommand>().at(0).command;
    EXPECT_EQ(sent.host.text(), "nexus");
    EXPECT_EQ(sent.session, "s1");
    auto const& order = std::get<domain::RemedyOrder>(sent.order);
    EXPECT_EQ(order.remedy, "restart_service");
    EXPECT_EQ(order.params, (domain::Params{{"service", "caddy"}}));
    EXPECT_EQ(order.hash.size(), 64U);
    run.acknowledge(sent.id);
    run.result(sent.id, CommandState::succeeded);
    EXPECT_EQ(run.state(), State::resolved);
    EXPECT_TRUE(run.incident().fixed_at);
    EXPECT_FALSE(run.incident().confirmed_at);
    EXPECT_EQ(run.attempts().at(0).outcome, Outcome::resolved);
    EXPECT_EQ(run.told("fixed"), 1);
    EXPECT_EQ(run.told("escalated"), 0);
}

TEST(StraightLine, Twenty_copies_of_one_alert_make_one_incident_whatever_their_texts_say) {
    CoreRun run;
    for (int i = 0; i < 20; ++i) {
        auto copy = CoreRun::signal("caddy", "ServiceDown", true);
        copy.annotations = {{"summary", "copy " + std::to_string(i)}};
        run.step(SignalsArrived{7, {copy}});
    }
    EXPECT_EQ(run.store.incidents.size(), 1U);
    EXPECT_EQ(run.store.signals.at(0).times, 20);
    auto const answers = run.all<Accepted>();
    EXPECT_EQ(answers.front().alerts.at(0).status, "new_incident");
    EXPECT_EQ(answers.back().alerts.at(0).status, "repeated");
}

TEST(StraightLine, Another_series_about_the_same_subject_joins_the_open_incident) {
    CoreRun run;
    run.alert("caddy");
    EXPECT_EQ(run.alert("caddy", "ServiceDown", {{"job", "other"}}).status, "merged");
    EXPECT_EQ(run.alert("nginx").status, "new_incident");
    EXPECT_EQ(run.store.incidents.size(), 2U);
    EXPECT_EQ(run.incident(run.store.incidents.at(0).id).firing.size(), 2U);
}

TEST(StraightLine, One_request_gets_one_answer_per_alert_in_their_order) {
    CoreRun run;
    run.alert("caddy");
    run.step(SignalsArrived{9,
                            {CoreRun::signal("caddy", "ServiceDown", false),
                             CoreRun::signal("nginx", "ServiceDown", true)}});
    auto const answer = run.all<Accepted>().back();
    EXPECT_EQ(answer.ticket, 9U);
    ASSERT_EQ(answer.alerts.size(), 2U);
    EXPECT_EQ(answer.alerts.at(0).status, "cancelled");
    EXPECT_EQ(answer.alerts.at(1).status, "new_incident");
}

TEST(Intake, A_resolve_before_the_plan_started_cancels_it) {
    CoreRun run;
    run.born();
    run.alert("caddy");
    EXPECT_EQ(run.resolve("caddy").status, "cancelled");
    EXPECT_EQ(run.state(), State::cancelled);
    run.pass(10min);
    EXPECT_EQ(run.count<SendCommand>(), 0);
}

TEST(Intake, A_resolve_while_the_command_is_out_is_evidence_only) {
    CoreRun run;
    act(run);
    EXPECT_EQ(run.resolve("caddy").status, "resolved");
    EXPECT_EQ(run.state(), State::acting);
    EXPECT_EQ(run.count<SendCancel>(), 0);
    run.result(run.newest_command(), CommandState::failed, ResultCode::check_failed);
    EXPECT_EQ(run.state(), State::resolved) << "it is well again: no second attempt";
    EXPECT_EQ(run.count<SendCommand>(), 1);
}

TEST(Intake, A_slow_alert_about_what_was_just_fixed_starts_nothing_new) {
    CoreRun run;
    act(run);
    auto const began = run.now.wall - 2s;
    run.result(run.newest_command(), CommandState::succeeded);
    auto slow = CoreRun::signal("caddy", "ServiceDown", true, {{"job", "slow"}});
    slow.starts_at = began;
    run.pass(10s);
    run.step(SignalsArrived{1, {slow}});
    EXPECT_EQ(run.all<Accepted>().back().alerts.at(0).status, "repeated");
    EXPECT_EQ(run.store.incidents.size(), 1U);
    slow.labels["job"] = "new";
    slow.starts_at = run.now.wall;
    run.step(SignalsArrived{1, {slow}});
    EXPECT_EQ(run.all<Accepted>().back().alerts.at(0).status, "new_incident");
}

TEST(Intake, A_signal_that_resolved_and_fires_again_is_a_new_incident) {
    CoreRun run;
    run.born();
    run.alert("caddy");
    run.resolve("caddy");
    EXPECT_EQ(run.alert("caddy").status, "new_incident");
    EXPECT_EQ(run.store.incidents.size(), 2U);
}

TEST(Routing, An_unknown_host_is_escalated_with_that_reason_and_never_guessed) {
    CoreRun run;
    run.born();
    auto stranger = CoreRun::signal("caddy", "ServiceDown", true);
    for (std::string const name : {"nexu", "nexus2", "", "NEXUS; drop table incidents"}) {
        stranger.labels["host"] = name;
        run.step(SignalsArrived{1, {stranger}});
        EXPECT_EQ(run.all<Accepted>().back().alerts.at(0).status, "escalated") << name;
        EXPECT_EQ(run.state(), State::escalated);
        EXPECT_FALSE(run.incident().host);
        EXPECT_FALSE(run.incident().reason.empty());
    }
    run.pass(1h);
    EXPECT_EQ(run.count<SendCommand>(), 0);
    EXPECT_EQ(run.told("escalated"), 4);
}

TEST(Recall, No_remedy_escalates_with_the_signals_name) {
    CoreRun run;
    run.born();
    run.alert("caddy", "NobodyKnowsThis");
    run.pass(3s);
    EXPECT_EQ(run.state(), State::escalated);
    EXPECT_NE(run.incident().reason.find("NobodyKnowsThis"), std::string::npos);
}

TEST(Recall, A_parameter_that_does_not_fit_its_type_refuses_the_plan) {
    CoreRun run;
    run.born();
    run.alert("caddy; rm -rf /");
    run.pass(3s);
    EXPECT_EQ(run.state(), State::escalated);
    EXPECT_EQ(run.count<SendCommand>(), 0);
}

TEST(Suppress, A_signal_that_only_proves_the_chain_starts_nothing) {
    CoreRun run;
    run.born();
    auto watchdog = CoreRun::signal("caddy", "ServiceDown", true);
    watchdog.severity = "none";
    run.step(SignalsArrived{1, {watchdog}});
    EXPECT_EQ(run.state(), State::suppressed);
    run.pass(1h);
    EXPECT_EQ(run.count<SendCommand>(), 0);
}

TEST(Guard, A_risky_remedy_is_not_sent_before_a_person_said_yes) {
    CoreRun run;
    run.born();
    run.alert("caddy", "HostStuck");
    run.pass(3s);
    EXPECT_EQ(run.state(), State::asking);
    EXPECT_EQ(run.count<SendCommand>(), 0);
}

TEST(Guard, A_host_that_only_observes_is_sent_nothing) {
    CoreRun run;
    run.step(HostBorn{host_id("nexus"), "s1", "b", "0.1", "observe", "p", "d1", {}, {}, 0, 0});
    run.alert("caddy");
    run.pass(3s);
    EXPECT_EQ(run.state(), State::escalated);
    EXPECT_NE(run.incident().reason.find("would have been restart_service"), std::string::npos)
        << run.incident().reason;
    EXPECT_EQ(run.count<SendCommand>(), 0);
}

TEST(Attempts, Three_that_fail_lead_to_exactly_one_escalation) {
    CoreRun run;
    act(run);
    for (int attempt = 1; attempt <= 3; ++attempt) {
        ASSERT_EQ(run.store.commands.size(), static_cast<std::size_t>(attempt));
        run.acknowledge(run.newest_command());
        run.result(run.newest_command(), CommandState::failed, ResultCode::check_failed);
        EXPECT_EQ(run.state(), attempt < 3 ? State::backing_off : State::escalated);
        run.pass(run.settings.backoff_first * (1 << (attempt - 1)) - 1s);
        EXPECT_NE(run.state(), State::acting) << "the back-off is kept";
        run.pass(1s);
    }
    run.pass(3h);
    EXPECT_EQ(run.store.commands.size(), 3U);
    EXPECT_EQ(run.told("escalated"), 1);
    EXPECT_EQ(run.told("attempt_failed"), 2);
    EXPECT_EQ(run.attempts().size(), 3U);
}

TEST(Attempts, The_second_remedy_is_tried_when_the_first_failed) {
    CoreRun run;
    act(run);
    run.result(run.newest_command(), CommandState::failed);
    run.pass(1min);
    ASSERT_EQ(run.store.commands.size(), 2U);
    auto const order = std::get<domain::RemedyOrder>(run.command().command.order);
    EXPECT_EQ(order.remedy, "start_service");
}

TEST(Attempts, They_are_counted_per_subject_over_incidents_and_restarts) {
    CoreRun run;
    act(run);
    for (int i = 0; i < 2; ++i) {
        run.result(run.newest_command(), CommandState::failed);
        run.resolve("caddy");
        EXPECT_EQ(run.state(), State::resolved);
        run.restart();
        run.alert("caddy");
        run.pass(3s);
        ASSERT_EQ(run.state(), State::acting);
    }
    run.result(run.newest_command(), CommandState::failed);
    EXPECT_EQ(run.state(), State::escalated);
    run.resolve("caddy");
    run.alert("caddy");
    run.pass(3s);
    EXPECT_EQ(run.state(), State::escalated) << "the fourth within two hours";
    run.resolve("caddy");
    run.pass(2h);
    run.alert("caddy");
    run.pass(3s);
    EXPECT_EQ(run.state(), State::acting) << "the window is over";
}

TEST(Attempts, An_escalated_incident_closes_when_its_signals_resolve) {
    CoreRun run;
    run.alert("caddy", "NobodyKnowsThis");
    run.pass(3s);
    ASSERT_EQ(run.state(), State::escalated);
    run.resolve("caddy", "NobodyKnowsThis");
    EXPECT_EQ(run.state(), State::resolved);
}

TEST(Attempts, An_escalation_nobody_answers_is_abandoned_and_not_kept_for_ever) {
    CoreRun run;
    run.alert("caddy", "NobodyKnowsThis");
    run.pass(run.settings.escalation_keeps + 1min);
    EXPECT_EQ(run.state(), State::abandoned);
}

TEST(Host, A_final_refusal_escalates_at_once_and_a_passing_one_is_tried_again) {
    struct Case {
        ResultCode code;
        State then;
    };
    for (auto const& [code, then] : {Case{ResultCode::not_allowed, State::escalated},
                                     Case{ResultCode::observe_only, State::escalated},
                                     Case{ResultCode::bad_arguments, State::escalated},
                                     Case{ResultCode::unsupported, State::escalated},
                                     Case{ResultCode::busy, State::backing_off},
                                     Case{ResultCode::rate_limited, State::backing_off},
                                     Case{ResultCode::frozen, State::backing_off},
                                     Case{ResultCode::unknown_remedy, State::backing_off}}) {
        CoreRun run;
        act(run);
        run.acknowledge(run.newest_command(), CommandState::rejected, code);
        EXPECT_EQ(run.state(), then) << to_string(code);
        EXPECT_EQ(run.attempts().at(0).outcome, Outcome::rejected);
        EXPECT_EQ(run.count<SendRemedies>(), code == ResultCode::unknown_remedy ? 1 : 0);
    }
}

TEST(Host, A_plan_waits_for_its_host_and_runs_when_it_comes) {
    CoreRun run;
    run.alert("caddy");
    run.pass(1min);
    EXPECT_EQ(run.state(), State::waiting);
    EXPECT_EQ(run.count<SendCommand>(), 0);
    run.born();
    EXPECT_EQ(run.state(), State::acting);
    EXPECT_EQ(run.count<SendCommand>(), 1);
}

TEST(Host, An_agent_whose_hand_has_not_answered_yet_is_waited_for) {
    CoreRun run;
    run.step(HostBorn{host_id("nexus"), "s1", "b", "0.1", "observe", "", "", {}, {}, 0, 0});
    run.alert("caddy");
    run.pass(3s);
    EXPECT_EQ(run.state(), State::waiting);
    run.born();
    EXPECT_EQ(run.state(), State::acting);
}

TEST(Host, A_policy_that_turned_to_observe_while_a_plan_waited_is_heeded) {
    CoreRun run;
    run.alert("caddy");
    run.pass(3s);
    ASSERT_EQ(run.state(), State::waiting);
    run.step(HostBorn{host_id("nexus"), "s1", "b", "0.1", "observe", "p", "d1", {}, {}, 0, 0});
    EXPECT_EQ(run.state(), State::escalated);
    EXPECT_EQ(run.count<SendCommand>(), 0);
}

TEST(Host, A_plan_whose_host_does_not_come_is_escalated) {
    CoreRun run;
    run.alert("caddy");
    run.pass(11min);
    EXPECT_EQ(run.state(), State::escalated);
    EXPECT_NE(run.incident().reason.find("nexus"), std::string::npos);
}

TEST(Host, One_fix_runs_at_a_time_and_the_next_follows_when_it_ended) {
    CoreRun run;
    run.born();
    run.alert("caddy");
    run.alert("nginx");
    run.pass(3s);
    ASSERT_EQ(run.count<SendCommand>(), 1);
    run.result(run.newest_command(), CommandState::succeeded);
    EXPECT_EQ(run.count<SendCommand>(), 2);
}

TEST(Host, The_fleet_has_a_limit_too) {
    CoreRun run;
    run.settings.concurrent_fleet = 1;
    run.configure();
    run.born("nexus");
    run.born("skynet");
    run.alert("caddy");
    auto there = CoreRun::signal("caddy", "ServiceDown", true);
    there.labels["host"] = "skynet";
    run.step(SignalsArrived{1, {there}});
    run.pass(3s);
    ASSERT_EQ(run.count<SendCommand>(), 1);
    run.result(run.newest_command(), CommandState::succeeded);
    EXPECT_EQ(run.count<SendCommand>(), 2);
}

TEST(Advisor, Is_asked_when_no_remedy_is_known_and_its_choice_passes_the_same_guard) {
    CoreRun run;
    run.settings.advisor_configured = true;
    run.configure();
    run.born();
    run.alert("caddy", "NobodyKnowsThis");
    run.pass(3s);
    ASSERT_EQ(run.state(), State::asking);
    ASSERT_EQ(run.count<AskAdvisor>(), 1);
    auto const id = run.incident().id;
    run.step(AdvisorAnswered{id, {"restart_service", "", {{"service", "caddy"}}}, "it is down"});
    EXPECT_EQ(run.state(), State::acting);
    EXPECT_EQ(run.incident().plan->origin, domain::PlanOrigin::claude);
}

TEST(Advisor, A_risky_choice_waits_for_a_second_key_and_ends_with_a_person) {
    CoreRun run;
    run.settings.advisor_configured = true;
    run.configure();
    run.born();
    run.alert("caddy", "NobodyKnowsThis");
    run.pass(3s);
    run.step(AdvisorAnswered{
        run.incident().id, {"reboot_host", "", {{"service", "caddy"}}}, "it hangs"});
    EXPECT_EQ(run.state(), State::asking);
    run.pass(run.settings.approval_within + 1min);
    EXPECT_EQ(run.state(), State::escalated);
    EXPECT_EQ(run.count<SendCommand>(), 0);
}

TEST(Advisor, A_wrong_choice_and_silence_end_with_a_person) {
    using Choice = domain::RemedyOrder;
    for (auto const& choice :
         {Choice{"format_disk", "", {}}, Choice{"restart_service", "", {{"unit", "x"}}},
          Choice{"restart_service", "", {{"service", "a;b"}}}}) {
        CoreRun run;
        run.settings.advisor_configured = true;
        run.configure();
        run.born();
        run.alert("caddy", "NobodyKnowsThis");
        run.pass(3s);
        run.step(AdvisorAnswered{run.incident().id, choice, ""});
        EXPECT_EQ(run.state(), State::escalated) << choice.remedy;
        EXPECT_EQ(run.count<SendCommand>(), 0);
    }
    CoreRun run;
    run.settings.advisor_configured = true;
    run.configure();
    run.alert("caddy", "NobodyKnowsThis");
    run.pass(2min);
    EXPECT_EQ(run.state(), State::escalated);
}

}  // namespace
}  // namespace coordinator
