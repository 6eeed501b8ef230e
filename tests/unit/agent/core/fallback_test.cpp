// What a host does about its own signals while nobody is there to tell it.
#include "agent/core/fallback.hpp"

#include "tests/unit/agent/core/core_fixture.hpp"

namespace agent::test {
namespace {

using namespace std::chrono_literals;

domain::Remedy remedy(std::string name = "restart_service", std::string signal = "ServiceDown") {
    domain::Remedy made;
    made.name = std::move(name);
    made.hash = std::string(64, 'a');
    made.answers = {{std::move(signal), {}}};
    made.params = {{"unit", domain::ParamType::unit, {"service"}, std::nullopt}};
    made.check = domain::Check{};
    made.timeout = 20s;
    return made;
}

domain::Lease lease(std::vector<std::string> remedies = {"restart_service"}, std::int64_t rev = 1) {
    return {.host = host_id(),
            .rev = rev,
            .incarnation = 1,
            .remedies = std::move(remedies),
            .per_hour = 6,
            .lasts = 24h,
            .expires_at = kCoordinatorNow + 24h};
}

struct Alone : Core {
    Alone() {
        start();
        step(LinkUp{});
        welcome();
        give({remedy()});
        hold(lease());
        forget();
    }
    void give(std::vector<domain::Remedy> remedies) {
        DocumentArrived document{"remedies", "remedies-" + std::to_string(++documents)};
        document.remedies = std::move(remedies);
        step(document);
    }
    void hold(domain::Lease const& held) {
        DocumentArrived document{"lease", "lease-" + std::to_string(++documents)};
        document.lease = held;
        step(document);
    }
    void beat(bool no_store = false) {
        step(CoordinatorBeat{{"home", kCoordinatorNow + 1s, 3, no_store}});
    }
    void probe(bool healthy, std::string const& service = "patient") {
        step(ProbeAnswered{domain::Subject{host_id(), domain::SubjectKind::service, service},
                           "ServiceDown", healthy, ""});
    }
    void falls_ill(std::string const& service = "patient") {
        probe(false, service);
        probe(false, service);
    }
    std::vector<wire::HandLease> asked() const { return to_hand<wire::HandLease>(); }
    void answer(CommandState state, ResultCode code = ResultCode::ok) {
        domain::CommandResult result;
        result.id = asked().back().id;
        result.state = state;
        result.code = code;
        step(HandReplied{Lane::fix, wire::HandReport{result}});
    }
    std::vector<std::string> stories() const {
        std::vector<std::string> texts;
        for (auto const& note : journalled<wire::NoteRecord>())
            if (note.kind == "not_healed_alone") texts.push_back(note.text);
        return texts;
    }

    int documents = 0;
};

TEST(Fallback, Waits_for_three_missed_heartbeats_and_then_heals_at_once) {
    Alone core;
    core.beat();
    core.falls_ill();
    core.pass(23s);
    EXPECT_TRUE(core.asked().empty()) << "the coordinator may still order it";
    core.pass(1s);
    ASSERT_EQ(core.asked().size(), 1u);
    EXPECT_EQ(core.asked()[0].remedy, "restart_service");
    EXPECT_EQ(core.asked()[0].params, (domain::Params{{"unit", "patient.service"}}));
    EXPECT_TRUE(core.durable) << "its id is on the disk before the hand hears of it";
    EXPECT_EQ(core.effects<SaveFix>().size(), 1u);
}

TEST(Fallback, Once_alone_it_asks_in_the_step_in_which_the_probe_fires) {
    Alone core;
    core.pass(30s);
    core.falls_ill();
    EXPECT_EQ(core.asked().size(), 1u);
}

TEST(Fallback, A_coordinator_without_a_store_is_as_good_as_away) {
    Alone core;
    core.beat(true);
    core.falls_ill();
    EXPECT_EQ(core.asked().size(), 1u);
}

TEST(Fallback, Is_silent_while_the_coordinator_lives) {
    Alone core;
    core.falls_ill();
    for (int i = 0; i < 20; ++i) {
        core.pass(8s);
        core.beat();
    }
    EXPECT_TRUE(core.asked().empty());
}

TEST(Fallback, A_heartbeat_of_an_older_coordinator_or_another_site_does_not_count) {
    Alone core;
    core.falls_ill();
    for (int i = 0; i < 4; ++i) {
        core.pass(8s);
        core.step(CoordinatorBeat{{"home", kCoordinatorNow, 2, false}});
        core.step(CoordinatorBeat{{"cottage", kCoordinatorNow, 3, false}});
    }
    EXPECT_EQ(core.asked().size(), 1u);
}

TEST(Fallback, Without_a_lease_or_with_a_revoked_one_it_does_nothing) {
    Alone core;
    core.hold(lease({}, 2));
    core.hold(lease({"restart_service"}, 1));  // an old one, played again
    core.pass(30s);
    core.falls_ill();
    EXPECT_TRUE(core.asked().empty());
}

TEST(Fallback, Tells_the_journal_when_a_fix_begins_and_how_it_ended) {
    Alone core;
    core.step(LinkDown{"gone"});
    core.pass(30s);
    core.falls_ill();
    core.answer(CommandState::running);
    core.answer(CommandState::succeeded);
    auto const told = core.journalled<domain::LocalFix>();
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(told[0].result.state, CommandState::running);
    EXPECT_EQ(told[1].result.state, CommandState::succeeded);
    EXPECT_EQ(told[1].order.hash, std::string(64, 'a'));
    EXPECT_EQ(told[1].fingerprint, core.journalled<domain::Signal>().back().fingerprint);
    EXPECT_TRUE(domain::is_final(core.effects<SaveFix>().back().fix.result.state));
}

TEST(Fallback, Gives_up_after_three_attempts_with_growing_pauses_and_says_so_once) {
    Alone core;
    core.pass(30s);
    core.falls_ill();
    core.answer(CommandState::failed, ResultCode::check_failed);
    core.pass(29s);
    EXPECT_EQ(core.asked().size(), 1u);
    core.pass(1s);
    ASSERT_EQ(core.asked().size(), 2u);
    core.answer(CommandState::failed, ResultCode::check_failed);
    core.pass(59s);
    EXPECT_EQ(core.asked().size(), 2u);
    core.pass(1s);
    ASSERT_EQ(core.asked().size(), 3u);
    core.answer(CommandState::failed, ResultCode::check_failed);
    core.pass(30min);
    EXPECT_EQ(core.asked().size(), 3u);
    ASSERT_EQ(core.stories().size(), 1u);
    EXPECT_NE(core.stories()[0].find("3 attempts"), std::string::npos);
    core.pass(2h);
    EXPECT_GT(core.asked().size(), 3u) << "it never gives up for ever";
}

TEST(Fallback, Tries_the_second_remedy_when_the_first_failed) {
    Alone core;
    core.give({remedy(), remedy("start_service")});
    core.hold(lease({"restart_service", "start_service"}, 2));
    core.pass(30s);
    core.falls_ill();
    core.answer(CommandState::failed);
    core.pass(30s);
    ASSERT_EQ(core.asked().size(), 2u);
    EXPECT_EQ(core.asked()[1].remedy, "start_service");
}

TEST(Fallback, What_no_leased_remedy_answers_stays_as_a_story_for_a_person) {
    Alone core;
    core.give({remedy("restart_service", "ContainerDown"), remedy("start_service")});
    core.pass(30s);
    core.falls_ill();
    core.pass(5min);
    EXPECT_TRUE(core.asked().empty());
    ASSERT_EQ(core.stories().size(), 1u);
    EXPECT_NE(core.stories()[0].find("nexus/service/patient"), std::string::npos)
        << core.stories()[0];
}

TEST(Fallback, Heals_one_thing_at_a_time) {
    Alone core;
    core.pass(30s);
    core.falls_ill("patient");
    core.falls_ill("other");
    ASSERT_EQ(core.asked().size(), 1u);
    core.answer(CommandState::succeeded);
    ASSERT_EQ(core.asked().size(), 2u);
    EXPECT_NE(core.asked()[0].id, core.asked()[1].id);
}

TEST(Fallback, After_a_restart_it_asks_the_hand_what_became_of_the_fix) {
    Alone first;
    first.pass(30s);
    first.falls_ill();
    auto const saved = first.effects<SaveFix>().back().fix;

    Core core;
    DocumentArrived held{"lease", "lease-1"};
    held.lease = lease();
    Started started{std::string(kSession), "boot-1", 0, 0, {}};
    started.documents = {held};
    started.fix = saved;
    core.step(started);
    auto const asked = core.to_hand<wire::HandQuery>();
    ASSERT_EQ(asked.size(), 1u);
    EXPECT_EQ(asked[0].id, saved.result.id);
    EXPECT_TRUE(core.effects<SaveDocument>().empty()) << "they are on the disk already";
    core.step(HandReplied{Lane::fix, wire::HandUnknown{saved.result.id}});
    auto const told = core.journalled<domain::LocalFix>();
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].result.state, CommandState::interrupted);
}

TEST(Fallback, A_hand_that_never_answers_is_not_waited_for_for_ever) {
    Alone core;
    core.pass(30s);
    core.falls_ill();
    core.pass(20s + 60s);
    auto const told = core.journalled<domain::LocalFix>();
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].result.state, CommandState::interrupted);
}

TEST(Fallback, Keeps_a_document_on_the_disk_once) {
    Alone core;
    DocumentArrived document{"lease", "the same"};
    document.lease = lease();
    core.step(document);
    core.step(document);
    EXPECT_EQ(core.effects<SaveDocument>().size(), 1u);
}

}  // namespace
}  // namespace agent::test
