#include "agent/core/anchors.hpp"

#include "tests/unit/agent/core/core_fixture.hpp"

namespace agent::test {
namespace {

using namespace std::chrono_literals;

CoordinatorBeat beat(std::int64_t seq, char digit = 'a', std::int64_t epoch = 3) {
    return {{"home", kCoordinatorNow, epoch, false, wire::JournalHead{seq, std::string(64, digit)}},
            "jws-" + std::to_string(seq)};
}

template <class E>
std::vector<E> all(Core const& core) {
    std::vector<E> found;
    for (auto const& effect : core.all)
        if (auto const* one = std::get_if<E>(&effect)) found.push_back(*one);
    return found;
}

std::vector<std::string> notes(Core const& core) {
    std::vector<std::string> kinds;
    for (auto const& append : all<Append>(core))
        if (auto const* note = std::get_if<wire::NoteRecord>(&append.record.body))
            kinds.push_back(note->kind);
    return kinds;
}

TEST(Anchors, The_journals_head_is_told_within_a_minute_of_a_change_and_every_six_hours) {
    Core core;
    core.ready();
    core.pass(61s);
    EXPECT_EQ(all<AnnounceHead>(core).size(), 1U) << "after the start";
    EXPECT_TRUE(core.durable) << "a head that is told must be on the disk";
    core.forget();
    core.pass(5h);
    EXPECT_TRUE(all<AnnounceHead>(core).empty());
    core.step(DeliveryRefused{"cmd", ResultCode::bad_signature, "x"});
    core.pass(59s);
    EXPECT_TRUE(all<AnnounceHead>(core).empty());
    core.pass(2s);
    EXPECT_EQ(all<AnnounceHead>(core).size(), 1U);
    core.forget();
    core.pass(6h + 1s);
    EXPECT_EQ(all<AnnounceHead>(core).size(), 1U);
}

TEST(Anchors, A_host_that_is_cut_off_tells_its_head_when_it_is_back) {
    Core core;
    core.ready();
    core.pass(61s);
    core.step(LinkDown{"gone"});
    core.step(DeliveryRefused{"cmd", ResultCode::bad_signature, "x"});
    core.forget();
    core.pass(10min);
    EXPECT_TRUE(all<AnnounceHead>(core).empty());
    core.step(LinkUp{});
    EXPECT_EQ(all<AnnounceHead>(core).size(), 1U);
}

TEST(Anchors, The_coordinators_head_is_kept_with_its_proof_but_not_with_every_beat) {
    Core core;
    core.ready();
    core.step(beat(5));
    auto const kept = all<KeepAnchor>(core);
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].head.of, "site/home");
    EXPECT_EQ(kept[0].head.head.seq, 5);
    EXPECT_EQ(kept[0].proof, "jws-5");
    for (int i = 6; i < 60; ++i) {
        core.pass(8s);
        core.step(beat(i));
    }
    EXPECT_EQ(all<KeepAnchor>(core).size(), 1U);
    core.pass(10min);
    core.step(beat(60));
    EXPECT_EQ(all<KeepAnchor>(core).size(), 2U);
    EXPECT_TRUE(notes(core).empty());
}

TEST(Anchors, A_coordinator_whose_journal_went_back_or_changed_is_noted) {
    Core core;
    core.ready();
    core.step(beat(5));
    core.step(beat(4));
    EXPECT_EQ(notes(core), std::vector<std::string>{"coordinator_journal_went_back"});
    EXPECT_EQ(all<KeepAnchor>(core).size(), 2U) << "the proof of it is kept at once";
    core.step(beat(4, 'b'));
    EXPECT_EQ(notes(core).back(), "coordinator_journal_changed");
    EXPECT_EQ(notes(core).size(), 2U);
}

TEST(Anchors, What_was_kept_before_a_restart_is_compared_too) {
    Core core;
    Started started{std::string(kSession), "boot-1", 0, 0, {}};
    started.anchor = wire::JournalHead{9, "h"};
    core.step(started);
    core.step(LinkUp{});
    core.step(beat(8));
    EXPECT_EQ(notes(core), std::vector<std::string>{"coordinator_journal_went_back"});
}

}  // namespace
}  // namespace agent::test
