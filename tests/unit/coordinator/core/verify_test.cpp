#include <gtest/gtest.h>

#include "tests/unit/coordinator/core/core_run.hpp"

namespace coordinator {
namespace {

using namespace std::chrono_literals;
using domain::CommandState;
using domain::Outcome;
using domain::ResultCode;
using State = domain::IncidentState;

// A fleet with a metrics source that answered `before` at the verdict; the command succeeded.
void fix(CoreRun& run, std::optional<MetricsAnswer> before) {
    run.settings.metrics_configured = true;
    run.configure();
    run.born();
    run.alert("caddy");
    EXPECT_EQ(run.count<AskMetrics>(), 1);
    if (before) run.metrics(*before);
    run.pass(3s);
    run.result(run.newest_command(), CommandState::succeeded);
}

TEST(Verify, An_alert_the_source_held_is_confirmed_when_it_lets_go) {
    CoreRun run;
    fix(run, MetricsAnswer::firing);
    EXPECT_EQ(run.state(), State::confirming);
    EXPECT_TRUE(run.incident().fixed_at);
    run.metrics(MetricsAnswer::firing);
    EXPECT_EQ(run.state(), State::confirming);
    auto const asked = run.count<AskMetrics>();
    run.pass(run.settings.confirm_every);
    EXPECT_EQ(run.count<AskMetrics>(), asked + 1);
    run.metrics(MetricsAnswer::clear);
    EXPECT_EQ(run.state(), State::resolved);
    EXPECT_TRUE(run.incident().confirmed_at);
    EXPECT_EQ(run.attempts().at(0).outcome, Outcome::resolved);
}

TEST(Verify, The_silence_of_a_source_that_never_knew_the_alert_confirms_nothing) {
    for (auto const before : {MetricsAnswer::unknown, MetricsAnswer::clear}) {
        CoreRun run;
        fix(run, before);
        EXPECT_EQ(run.state(), State::resolved);
        EXPECT_EQ(run.incident().known_to_metrics, false);
        EXPECT_FALSE(run.incident().confirmed_at);
    }
}

TEST(Verify, A_source_that_is_away_makes_the_outcome_unknown) {
    CoreRun run;
    fix(run, MetricsAnswer::firing);
    run.metrics(MetricsAnswer::away);
    run.pass(run.settings.confirm_within + 1s);
    EXPECT_EQ(run.state(), State::resolved);
    EXPECT_FALSE(run.incident().confirmed_at);
    EXPECT_EQ(run.attempts().at(0).outcome, Outcome::unknown);
}

TEST(Verify, A_source_that_forgot_the_alerts_rule_does_not_confirm) {
    CoreRun run;
    fix(run, MetricsAnswer::firing);
    run.metrics(MetricsAnswer::unknown);
    EXPECT_EQ(run.state(), State::confirming);
    run.pass(run.settings.confirm_within + 1s);
    EXPECT_FALSE(run.incident().confirmed_at);
    EXPECT_EQ(run.attempts().at(0).outcome, Outcome::unknown);
}

TEST(Verify, A_source_away_at_the_verdict_and_clear_later_does_not_confirm) {
    for (auto const before : {std::optional<MetricsAnswer>{}, {MetricsAnswer::away}}) {
        CoreRun run;
        fix(run, before);
        ASSERT_EQ(run.state(), State::confirming);
        run.metrics(MetricsAnswer::clear);
        EXPECT_EQ(run.state(), State::resolved);
        EXPECT_FALSE(run.incident().confirmed_at);
    }
}

TEST(Verify, An_alert_that_is_not_let_go_makes_the_attempt_fail_and_in_the_end_escalates) {
    CoreRun run;
    fix(run, MetricsAnswer::firing);
    for (int attempt = 1; attempt <= 3; ++attempt) {
        ASSERT_EQ(run.state(), State::confirming);
        run.metrics(MetricsAnswer::firing);
        run.pass(run.settings.confirm_within - 1s);
        run.metrics(MetricsAnswer::firing);
        run.pass(2s);
        EXPECT_EQ(run.attempts().back().outcome, Outcome::failed);
        EXPECT_FALSE(run.incident().fixed_at);
        if (attempt == 3) break;
        ASSERT_EQ(run.state(), State::backing_off);
        run.pass(run.settings.backoff_first * (1 << attempt));
        run.result(run.newest_command(), CommandState::succeeded);
    }
    EXPECT_EQ(run.state(), State::escalated);
    EXPECT_EQ(run.told("escalated"), 1);
    EXPECT_EQ(run.store.commands.size(), 3U);
}

TEST(Verify, Alertmanagers_own_resolve_does_not_replace_the_sources_word) {
    CoreRun run;
    fix(run, MetricsAnswer::firing);
    auto const asked = run.count<AskMetrics>();
    run.resolve("caddy");
    EXPECT_EQ(run.state(), State::confirming);
    EXPECT_EQ(run.count<AskMetrics>(), asked + 1) << "it is asked at once";
}

TEST(Verify, An_interrupted_command_is_unknown_and_never_run_again_by_itself) {
    CoreRun run;
    run.born();
    run.alert("caddy");
    run.pass(3s);
    run.acknowledge(run.newest_command(), CommandState::running);
    run.result(run.newest_command(), CommandState::interrupted, ResultCode::interrupted);
    EXPECT_EQ(run.attempts().at(0).outcome, Outcome::unknown);
    EXPECT_EQ(run.state(), State::confirming);
    run.pass(1h);
    EXPECT_EQ(run.state(), State::escalated);
    EXPECT_EQ(run.count<SendCommand>(), 1);
    EXPECT_EQ(run.told("escalated"), 1);
}

TEST(Verify, An_interrupted_command_whose_signal_resolves_closes_the_incident) {
    CoreRun run;
    run.born();
    run.alert("caddy");
    run.pass(3s);
    run.result(run.newest_command(), CommandState::interrupted, ResultCode::interrupted);
    run.resolve("caddy");
    EXPECT_EQ(run.state(), State::resolved);
    EXPECT_EQ(run.attempts().at(0).outcome, Outcome::unknown);
}

// A host's own signal; the command succeeded.
void fix_probe(CoreRun& run) {
    run.settings.metrics_configured = true;
    run.configure();
    run.born();
    run.journal(1, CoreRun::probe(true));
    run.pass(3s);
    ASSERT_EQ(run.count<SendCommand>(), 1);
    run.result(run.newest_command(), CommandState::succeeded);
    EXPECT_EQ(run.count<AskMetrics>(), 0);
    EXPECT_EQ(run.state(), State::confirming);
}

TEST(Verify, What_a_probe_saw_is_well_when_the_probe_says_so) {
    CoreRun run;
    fix_probe(run);
    run.journal(3, CoreRun::probe(false));
    EXPECT_EQ(run.state(), State::resolved);
    EXPECT_EQ(run.attempts().at(0).outcome, Outcome::resolved);
}

TEST(Verify, A_check_that_passes_while_the_probe_goes_on_failing_is_a_failed_attempt) {
    CoreRun run;
    fix_probe(run);
    run.pass(run.settings.confirm_within);
    EXPECT_EQ(run.state(), State::backing_off);
    EXPECT_EQ(run.attempts().at(0).outcome, Outcome::failed);
}

TEST(Verify, An_alert_is_not_closed_while_a_probe_of_the_same_thing_fails) {
    CoreRun run;
    run.born();
    run.alert("caddy");
    run.journal(1, CoreRun::probe(true));
    run.pass(3s);
    run.result(run.newest_command(), CommandState::succeeded);
    EXPECT_EQ(run.state(), State::confirming);
    run.journal(3, CoreRun::probe(false));
    EXPECT_EQ(run.state(), State::resolved);
}

TEST(Verify, A_probe_that_spoke_late_and_goes_on_failing_is_not_forgotten) {
    for (bool const killed : {false, true}) {
        CoreRun run;
        run.born();
        run.alert("caddy");
        auto late = CoreRun::probe(true);
        std::get<domain::Signal>(late.body).starts_at = run.now.wall;
        run.pass(3s);
        run.result(run.newest_command(), CommandState::succeeded);
        ASSERT_EQ(run.state(), State::resolved);
        run.journal(2, late);
        EXPECT_EQ(run.store.incidents.size(), 1U) << "it may be over already";
        if (killed) run.restart();
        run.pass(1min);
        EXPECT_EQ(run.store.incidents.size(), 2U);
    }
}

TEST(Verify, An_alert_that_goes_on_after_each_fix_is_escalated_in_the_end) {
    CoreRun run;
    run.born();
    auto alert = CoreRun::signal("caddy", "ServiceDown", true);
    alert.starts_at = run.now.wall;
    for (int i = 0; i < 3; ++i) {
        run.step(SignalsArrived{1, {alert}});
        run.pass(3s);
        run.result(run.newest_command(), CommandState::succeeded);
        ASSERT_EQ(run.state(), State::resolved);
        run.pass(30min);
    }
    run.step(SignalsArrived{1, {alert}});
    run.pass(3s);
    EXPECT_EQ(run.state(), State::escalated);
    EXPECT_EQ(run.store.commands.size(), 3U);
}

}  // namespace
}  // namespace coordinator
