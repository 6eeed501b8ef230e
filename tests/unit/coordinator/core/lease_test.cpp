// Leases of hosts, and what hosts did under them while nobody was there.
#include <gtest/gtest.h>

#include "tests/unit/coordinator/core/core_run.hpp"

namespace coordinator {
namespace {

using namespace std::chrono_literals;
using domain::CommandState;
using domain::ResultCode;
using State = domain::IncidentState;

Ordered order(CoreRun& run, std::vector<std::string> remedies = {"restart_service"},
              int per_hour = 6, base::Duration lasts = 24h) {
    run.step(LeaseOrdered{4, "nexus", std::move(remedies), per_hour, lasts, "operator:x"});
    return run.all<Ordered>().back();
}

HostRecord fix(CommandState state, ResultCode code = ResultCode::ok,
               std::string id = "lease-00000001") {
    domain::LocalFix told{{}, std::get<domain::Signal>(CoreRun::probe(true).body).fingerprint,
                          {"restart_service", std::string(64, 'a'), {{"unit", "caddy.service"}}}};
    told.result.id = std::move(id);
    told.result.state = state;
    told.result.code = code;
    return {0, {}, told};
}

TEST(Lease, Is_kept_sent_and_renewed_while_the_host_is_in_touch) {
    CoreRun run;
    run.born();
    auto const answer = order(run);
    ASSERT_FALSE(answer.refused) << answer.refused->message;
    EXPECT_TRUE(run.last.durable);
    ASSERT_EQ(run.count<SendLease>(), 1);
    auto const first = run.all<SendLease>()[0].lease;
    EXPECT_EQ(answer.id, std::to_string(first.rev));
    EXPECT_EQ(first.expires_at, run.now.wall + 24h);
    run.pass(11h);
    run.step(HostBeat{host_id("nexus")});
    EXPECT_EQ(run.count<SendLease>(), 1);
    run.pass(2h);
    run.step(HostBeat{host_id("nexus")});
    ASSERT_EQ(run.count<SendLease>(), 2);
    EXPECT_GT(run.all<SendLease>()[1].lease.rev, first.rev);
    EXPECT_EQ(run.all<SendLease>()[1].lease.remedies, first.remedies);
}

TEST(Lease, Survives_a_restart_and_goes_again_to_a_host_that_began_anew) {
    CoreRun run;
    run.born();
    order(run);
    run.restart();
    run.born("nexus", "another session");
    EXPECT_EQ(run.count<SendLease>(), 2);
}

TEST(Lease, Is_revoked_by_one_without_remedies_that_is_never_renewed) {
    CoreRun run;
    run.born();
    order(run);
    EXPECT_FALSE(order(run, {}).refused);
    EXPECT_TRUE(run.all<SendLease>().back().lease.remedies.empty());
    run.pass(48h);
    run.step(HostBeat{host_id("nexus")});
    EXPECT_EQ(run.count<SendLease>(), 2);
}

TEST(Lease, Is_refused_for_what_no_host_should_do_alone) {
    CoreRun run;
    run.born();
    EXPECT_EQ(order(run, {"unheard_of"}).refused->code, base::Code::not_found);
    EXPECT_EQ(order(run, {"restart_service"}, 0).refused->code, base::Code::invalid);
    EXPECT_EQ(order(run, {"restart_service"}, 61).refused->code, base::Code::invalid);
    EXPECT_EQ(order(run, {"restart_service"}, 6, 59s).refused->code, base::Code::invalid);
    EXPECT_EQ(order(run, {"restart_service"}, 6, 32 * 24h).refused->code, base::Code::invalid);
    run.step(LeaseOrdered{4, "nobody", {"restart_service"}, 6, 24h, "x"});
    EXPECT_EQ(run.all<Ordered>().back().refused->code, base::Code::not_found);
    EXPECT_EQ(run.count<SendLease>(), 0);
}

TEST(LocalFix, Told_after_the_return_becomes_a_resolved_incident_and_nothing_is_ordered) {
    CoreRun run;
    run.born();
    run.journal(1, CoreRun::probe(true));
    run.journal(2, fix(CommandState::running));
    EXPECT_EQ(run.state(), State::acting);
    run.journal(3, fix(CommandState::succeeded));
    run.journal(4, CoreRun::probe(false));
    EXPECT_EQ(run.state(), State::resolved) << run.incident().reason;
    ASSERT_EQ(run.attempts().size(), 1U);
    EXPECT_EQ(run.attempts()[0].plan.origin, domain::PlanOrigin::lease);
    EXPECT_EQ(run.attempts()[0].outcome, domain::Outcome::resolved);
    run.pass(10min);
    EXPECT_EQ(run.count<SendCommand>(), 0);
}

TEST(LocalFix, Has_its_true_times_unless_they_cannot_be_true) {
    CoreRun run;
    run.born();
    auto ill = CoreRun::probe(true);
    std::get<domain::Signal>(ill.body).starts_at = run.now.wall - 3h;
    auto done = fix(CommandState::succeeded);
    auto& result = std::get<domain::LocalFix>(done.body).result;
    result.started_at = run.now.wall - 2h;
    result.finished_at = run.now.wall + 1h;  // a clock that runs ahead
    run.journal(1, ill);
    run.journal(2, done);
    EXPECT_EQ(run.incident().opened_at, run.now.wall - 3h);
    EXPECT_EQ(run.attempts()[0].started_at, run.now.wall - 2h);
    EXPECT_EQ(run.attempts()[0].ended_at, run.now.wall);

    CoreRun other;
    other.born();
    std::get<domain::Signal>(ill.body).starts_at = base::WallTime{};  // 1970: no clock at all
    other.journal(1, ill);
    EXPECT_EQ(other.incident().opened_at, other.now.wall);
}

TEST(LocalFix, While_it_runs_no_order_goes_out_for_the_same_thing) {
    CoreRun run;
    run.born();
    run.journal(1, CoreRun::probe(true));
    run.journal(2, fix(CommandState::running));
    run.born("nexus", "another session");
    run.restart();
    run.born("nexus", "a third");
    run.pass(5s);
    EXPECT_EQ(run.count<SendCommand>(), 0) << "the outbox must not send what the host gave itself";
}

TEST(LocalFix, That_failed_is_followed_by_the_coordinators_own_attempt) {
    CoreRun run;
    run.born();
    run.journal(1, CoreRun::probe(true));
    run.journal(2, fix(CommandState::running));
    run.journal(3, fix(CommandState::failed, ResultCode::check_failed));
    EXPECT_EQ(run.state(), State::backing_off) << run.incident().reason;
    run.pass(run.settings.backoff_first);
    EXPECT_EQ(run.state(), State::acting);
    EXPECT_EQ(run.attempts().size(), 2U) << "it counts as one of the attempts";
    EXPECT_EQ(run.attempts()[1].plan.origin, domain::PlanOrigin::catalogue);
}

TEST(LocalFix, Whose_end_never_comes_is_not_waited_for_for_ever) {
    CoreRun run;
    run.born();
    run.journal(1, CoreRun::probe(true));
    run.journal(2, fix(CommandState::running));
    run.pass(2h);
    EXPECT_NE(run.state(), State::acting);
}

TEST(LocalFix, Of_a_signal_nobody_knows_is_evidence_only) {
    CoreRun run;
    run.born();
    run.journal(1, fix(CommandState::succeeded));
    EXPECT_TRUE(run.store.incidents.empty());
    EXPECT_TRUE(run.store.commands.empty());
}

TEST(LocalFix, Told_twice_counts_once) {
    CoreRun run;
    run.born();
    run.journal(1, CoreRun::probe(true));
    run.journal(2, fix(CommandState::succeeded));  // its beginning was never told
    run.journal(3, fix(CommandState::succeeded));
    EXPECT_EQ(run.attempts().size(), 1U);
}

}  // namespace
}  // namespace coordinator
