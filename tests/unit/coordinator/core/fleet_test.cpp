#include <gtest/gtest.h>

#include "coordinator/core/intake/intake.hpp"
#include "tests/unit/coordinator/core/core_run.hpp"

namespace coordinator {
namespace {

using namespace std::chrono_literals;
using State = domain::IncidentState;

HostRecord probe(std::int64_t seq, bool firing = true, std::string const& about = "nexus") {
    domain::Signal signal;
    signal.source = domain::SignalSource::probe;
    signal.firing = firing;
    signal.name = "ServiceDown";
    signal.fingerprint = "f1";
    signal.subject = domain::Subject{host_id(about), domain::SubjectKind::service, "caddy"};
    return {seq, {}, signal};
}

std::int64_t acknowledged(CoreRun const& run) {
    return run.all<AcknowledgeJournal>().back().through_seq;
}

TEST(Fleet, A_birth_is_welcomed_with_its_session_and_told_of_other_remedies) {
    CoreRun run;
    run.born("nexus", "s7");
    auto const welcome = run.all<SendWelcome>().at(0);
    EXPECT_EQ(welcome.session, "s7");
    EXPECT_EQ(run.count<SendRemedies>(), 0);
    run.step(HostBorn{host_id("nexus"), "s8", "b", "0.1", "auto", "p", "old", {}, {}, 0, 0});
    EXPECT_EQ(run.count<SendRemedies>(), 1);
    run.step(DocumentReported{host_id("nexus"), "remedies", 3, "d1", true, ""});
    EXPECT_EQ(run.store.hosts.at(0).remedies_digest, "d1");
}

TEST(Fleet, Hosts_that_are_online_learn_the_new_epoch_after_a_restart) {
    CoreRun run;
    run.born();
    run.restart();
    EXPECT_EQ(run.count<SendWelcome>(), 2);
}

TEST(Fleet, A_birth_of_an_unknown_host_changes_nothing) {
    CoreRun run;
    run.step(HostBorn{host_id("stranger"), "s", "b", "0.1", "auto", "p", "d1", {}, {}, 0, 0});
    EXPECT_EQ(run.count<SendWelcome>(), 0);
    EXPECT_EQ(run.store.hosts.size(), 2U);
}

TEST(Fleet, A_lost_host_is_told_once_and_its_return_too) {
    CoreRun run;
    run.born();
    run.offline();
    run.pass(30s);
    EXPECT_EQ(run.told("host_lost"), 0) << "a will alone is a hint";
    run.pass(10min);
    EXPECT_EQ(run.told("host_lost"), 1);
    run.born();
    EXPECT_EQ(run.told("host_back"), 1);
}

TEST(Fleet, A_host_that_comes_back_soon_is_not_worth_a_word) {
    CoreRun run;
    run.born();
    run.offline();
    run.pass(30s);
    run.born();
    run.pass(10min);
    EXPECT_EQ(run.told("host_lost") + run.told("host_back"), 0);
}

TEST(Journal, A_failed_probe_heals_its_host_without_any_alert) {
    CoreRun run;
    run.born();
    run.step(JournalArrived{host_id("nexus"), {probe(1)}});
    EXPECT_TRUE(run.last.durable);
    EXPECT_EQ(acknowledged(run), 1);
    run.pass(3s);
    EXPECT_EQ(run.count<SendCommand>(), 1);
}

TEST(Journal, An_alert_about_what_a_probe_saw_joins_its_incident) {
    CoreRun run;
    run.born();
    run.step(JournalArrived{host_id("nexus"), {probe(1)}});
    EXPECT_EQ(run.alert("caddy").status, "merged");
}

TEST(Journal, A_record_that_comes_twice_is_taken_once_and_acknowledged_twice) {
    CoreRun run;
    run.born();
    run.step(JournalArrived{host_id("nexus"), {probe(1), probe(2, false)}});
    ASSERT_EQ(run.state(), State::cancelled);
    run.step(JournalArrived{host_id("nexus"), {probe(1), probe(2, false)}});
    EXPECT_EQ(run.store.incidents.size(), 1U);
    EXPECT_EQ(run.count<AcknowledgeJournal>(), 2);
    EXPECT_EQ(acknowledged(run), 2);
}

TEST(Journal, A_batch_behind_a_gap_waits_for_the_one_before_it) {
    CoreRun run;
    run.step(HostBorn{host_id("nexus"), "s", "b", "0.1", "auto", "p", "d1", {}, {}, 1, 2});
    run.step(JournalArrived{host_id("nexus"), {probe(2, false)}});
    EXPECT_EQ(acknowledged(run), 0);
    run.step(JournalArrived{host_id("nexus"), {probe(1)}});
    EXPECT_EQ(acknowledged(run), 1);
    EXPECT_EQ(run.state(), State::gathering);
    run.step(JournalArrived{host_id("nexus"), {probe(2, false)}});
    EXPECT_EQ(run.state(), State::cancelled);
}

TEST(Journal, A_gap_that_never_closes_does_not_hold_a_host_up_for_ever) {
    CoreRun run;
    run.step(HostBorn{host_id("nexus"), "s", "b", "0.1", "auto", "p", "d1", {}, {}, 1, 9});
    for (int i = 0; i < 6; ++i) run.step(JournalArrived{host_id("nexus"), {probe(5)}});
    EXPECT_EQ(acknowledged(run), 5);
    EXPECT_EQ(run.store.incidents.size(), 1U);
}

TEST(Journal, What_a_host_does_not_hold_any_more_is_not_waited_for) {
    CoreRun run;
    run.step(HostBorn{host_id("nexus"), "s", "b", "0.1", "auto", "p", "d1", {}, {}, 58, 60});
    run.step(JournalArrived{host_id("nexus"), {probe(58)}});
    EXPECT_EQ(acknowledged(run), 58);
    EXPECT_EQ(run.store.incidents.size(), 1U);
}

TEST(Journal, An_old_birth_that_the_broker_kept_sets_nothing_back) {
    CoreRun run;
    run.step(HostBorn{host_id("nexus"), "s", "b", "0.1", "auto", "p", "d1", {}, {}, 0, 0});
    run.step(JournalArrived{host_id("nexus"), {probe(1), probe(2, false)}});
    run.step(HostBorn{host_id("nexus"), "s", "b", "0.1", "auto", "p", "d1", {}, {}, 0, 0});
    run.step(JournalArrived{host_id("nexus"), {probe(1)}});
    EXPECT_EQ(run.store.incidents.size(), 1U);
    EXPECT_EQ(acknowledged(run), 2);
}

TEST(Journal, A_host_speaks_for_itself_only) {
    CoreRun run;
    run.born();
    run.born("skynet");
    run.step(JournalArrived{host_id("nexus"), {probe(1, true, "skynet")}});
    EXPECT_TRUE(run.store.incidents.empty());
    EXPECT_EQ(acknowledged(run), 1);
    // Nor does it resolve by name what others reported.
    run.alert("caddy");
    auto const theirs = run.store.signals.at(0).signal.fingerprint;
    auto forged = probe(2, false);
    std::get<domain::Signal>(forged.body).fingerprint = theirs;
    run.step(JournalArrived{host_id("nexus"), {forged}});
    EXPECT_EQ(run.state(), State::gathering);
}

TEST(Fingerprint, Is_of_name_and_labels_and_no_two_share_one_by_joining) {
    auto one = CoreRun::signal("caddy", "ServiceDown", true);
    auto same = one;
    same.annotations = {{"summary", "other words"}};
    same.severity = "critical";
    EXPECT_EQ(fingerprint_of(one), fingerprint_of(same));
    domain::Signal left;
    left.name = "a";
    left.labels = {{"b", "c"}};
    domain::Signal right;
    right.name = "ab";
    right.labels = {{"", "c"}};
    EXPECT_NE(fingerprint_of(left), fingerprint_of(right));
    EXPECT_EQ(fingerprint_of(one).size(), 16U);
}

TEST(Determinism, The_same_start_and_events_give_the_same_effects) {
    auto const play = [] {
        CoreRun run;
        run.born();
        run.alert("caddy");
        run.pass(3s);
        run.result(run.newest_command(), domain::CommandState::failed);
        run.pass(1min);
        return std::pair{run.all<SaveIncident>(), run.all<SendCommand>()};
    };
    EXPECT_EQ(play(), play());
}

TEST(Fleet, A_hosts_head_is_kept_and_one_that_went_back_or_changed_is_told) {
    CoreRun run;
    run.born();
    run.step(HostHead{host_id("nexus"), 7, "aa", "p7"});
    run.step(HostHead{host_id("nexus"), 9, "bb", "p9"});
    EXPECT_EQ(run.store.hosts.at(0).head_seq, 9);
    EXPECT_EQ(run.store.hosts.at(0).head_proof, "p9");
    EXPECT_EQ(run.told("journal_changed"), 0);
    run.step(HostHead{host_id("nexus"), 9, "cc", "p9b"});
    EXPECT_EQ(run.told("journal_changed"), 1);
    run.step(HostHead{host_id("nexus"), 3, "dd", "p3"});
    EXPECT_EQ(run.told("journal_changed"), 2);
    run.restart();
    run.step(HostHead{host_id("nexus"), 2, "ee", "p2"});
    EXPECT_EQ(run.told("journal_changed"), 3) << "a restart does not forget it";
}

}  // namespace
}  // namespace coordinator
