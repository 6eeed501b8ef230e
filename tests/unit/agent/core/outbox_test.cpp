#include "agent/core/outbox.hpp"

#include "tests/unit/agent/core/core_fixture.hpp"

namespace agent::test {
namespace {

using namespace std::chrono_literals;

// One record that is sent at once.
void ill(Core& core, std::string const& name) {
    ProbeAnswered answer{{host_id(), domain::SubjectKind::service, name}, "ServiceDown", false, ""};
    for (int i = 0; i < 2; ++i) core.step(answer);
}

TEST(Outbox, Keeps_a_signal_durably_and_sends_it_at_once) {
    Core core;
    core.ready();
    ill(core, "patient");
    EXPECT_TRUE(core.durable);
    ASSERT_EQ(core.effects<Append>().size(), 1U);
    EXPECT_EQ(core.effects<Append>()[0].record.seq, 1);
    EXPECT_EQ(core.effects<SendBatch>(), (std::vector<SendBatch>{{1, 1}}));
}

TEST(Outbox, Keeps_a_signal_while_the_link_is_down_and_sends_it_when_it_is_up) {
    Core core;
    core.start();
    ill(core, "patient");
    EXPECT_TRUE(core.durable);
    EXPECT_TRUE(core.effects<SendBatch>().empty());
    core.step(LinkUp{});
    EXPECT_EQ(core.effects<SendBatch>(), (std::vector<SendBatch>{{1, 1}}));
}

TEST(Outbox, Sends_after_a_restart_whatever_an_earlier_process_left) {
    Core core;
    core.start({}, 5, 9);
    core.step(LinkUp{});
    EXPECT_EQ(core.effects<SendBatch>(), (std::vector<SendBatch>{{5, 9}}));
    core.forget();
    ill(core, "patient");
    EXPECT_EQ(core.effects<Append>()[0].record.seq, 10);
}

TEST(Outbox, Never_uses_a_number_twice_when_everything_was_acknowledged) {
    Core core;
    core.start({}, 0, 41);
    ill(core, "patient");
    EXPECT_EQ(core.effects<Append>()[0].record.seq, 42);
}

TEST(Outbox, Forgets_only_what_the_coordinator_acknowledged) {
    Core core;
    core.ready();
    ill(core, "a");
    ill(core, "b");
    EXPECT_TRUE(core.effects<ForgetJournal>().empty());
    core.step(JournalAcknowledged{1});
    EXPECT_EQ(core.effects<ForgetJournal>(), (std::vector<ForgetJournal>{{1}}));
    core.step(JournalAcknowledged{1});  // replayed
    EXPECT_EQ(core.effects<ForgetJournal>().size(), 1U);
    core.forget();
    core.step(LinkDown{"gone"});
    core.step(LinkUp{});
    EXPECT_EQ(core.effects<SendBatch>(), (std::vector<SendBatch>{{2, 2}}));
}

TEST(Outbox, Sends_everything_again_when_a_coordinator_says_that_it_is_new) {
    Core core;
    core.start();
    core.step(LinkUp{});
    ill(core, "patient");  // sent while nobody listened
    core.forget();
    core.welcome(3);
    EXPECT_EQ(core.effects<SendBatch>(), (std::vector<SendBatch>{{1, 1}}));
    core.forget();
    core.welcome(3);  // the same one again: nothing was missed
    EXPECT_TRUE(core.effects<SendBatch>().empty());
}

TEST(Outbox, Sends_again_what_is_not_acknowledged_ever_more_slowly) {
    Core core;
    core.ready();
    ill(core, "patient");
    core.forget();
    core.pass(10s);
    EXPECT_EQ(core.effects<SendBatch>().size(), 1U);
    core.pass(19s);
    EXPECT_EQ(core.effects<SendBatch>().size(), 1U);
    core.pass(1s);
    EXPECT_EQ(core.effects<SendBatch>().size(), 2U);
    core.forget();
    core.pass(std::chrono::hours(2));
    auto const sends = core.effects<SendBatch>().size();
    EXPECT_GE(sends, 20U);
    EXPECT_LE(sends, 30U) << "a silent coordinator is not flooded";
    core.step(JournalAcknowledged{1});
    core.forget();
    core.pass(1h);
    EXPECT_TRUE(core.effects<SendBatch>().empty());
}

TEST(Outbox, Has_at_most_a_window_of_batches_on_their_way) {
    auto settings = Core::default_settings();
    settings.journal_window = 2;
    Core core(settings);
    core.ready();
    for (auto const* name : {"a", "b", "c", "d", "e"}) ill(core, name);
    EXPECT_EQ(core.effects<SendBatch>(), (std::vector<SendBatch>{{1, 1}, {2, 2}}));
    core.step(JournalAcknowledged{2});
    EXPECT_EQ(core.effects<SendBatch>().back(), (SendBatch{3, 5}));
}

TEST(Outbox, Goes_on_behind_what_fitted_into_a_batch) {
    Core core;
    core.answer_batches = false;
    core.start({}, 1, 10);
    core.step(LinkUp{});
    core.step(BatchSent{4, true});
    EXPECT_EQ(core.effects<SendBatch>(), (std::vector<SendBatch>{{1, 10}, {5, 10}}));
}

TEST(Outbox, Tries_again_after_a_second_when_the_link_refuses_a_batch) {
    Core core;
    core.answer_batches = false;
    core.start({}, 1, 1);
    core.step(LinkUp{});
    core.step(BatchSent{1, false});
    EXPECT_EQ(core.effects<SendBatch>().size(), 1U);
    core.pass(999ms);
    EXPECT_EQ(core.effects<SendBatch>().size(), 1U);
    core.pass(1ms);
    EXPECT_EQ(core.effects<SendBatch>().size(), 2U);
}

TEST(Outbox, Lets_a_note_wait_for_company) {
    Core core;
    core.ready();
    core.step(DeliveryRefused{"cmd", ResultCode::bad_signature, "x"});
    EXPECT_FALSE(core.durable);
    EXPECT_TRUE(core.effects<SendBatch>().empty());
    core.pass(kNoteDelay);
    EXPECT_EQ(core.effects<SendBatch>(), (std::vector<SendBatch>{{1, 1}}));
}

TEST(Outbox, Says_again_what_is_ill_when_the_spool_was_lost_behind_the_coordinators_back) {
    Core core;
    core.ready();
    ill(core, "patient");
    core.forget();
    core.step(JournalAcknowledged{500});  // of the life before
    ASSERT_EQ(core.effects<Append>().size(), 1U);
    EXPECT_EQ(core.effects<Append>()[0].record.seq, 501);
    EXPECT_TRUE(core.journalled<domain::Signal>()[0].firing);
}

TEST(Outbox, Stamps_records_with_the_coordinators_time_when_the_clock_was_never_set) {
    Core core;
    core.start();
    ill(core, "a");
    EXPECT_FALSE(core.effects<Append>()[0].record.synced);
    core.step(LinkUp{});
    core.welcome();
    core.forget();
    ill(core, "b");
    auto const record = core.effects<Append>()[0].record;
    EXPECT_TRUE(record.synced);
    EXPECT_EQ(record.time, kCoordinatorNow);
}

}  // namespace
}  // namespace agent::test
