#include "agent/core/presence.hpp"

#include "tests/unit/agent/core/core_fixture.hpp"

namespace agent::test {
namespace {

using namespace std::chrono_literals;

wire::HandHello hello(std::string mode) {
    return {.lane = "fix",
            .mode = std::move(mode),
            .policy_digest = "policy",
            .policy_error = {},
            .remedies_digest = "old",
            .offers = {"restart_patient"},
            .managers = {"script"}};
}

TEST(Presence, Says_that_it_is_there_and_what_it_is_when_the_link_is_up) {
    Core core;
    core.start({}, 3, 7);
    EXPECT_TRUE(core.effects<Publish>().empty());
    core.step(LinkUp{});
    EXPECT_EQ(core.published<PublishAvail>(), (std::vector<PublishAvail>{{true}}));
    auto const births = core.published<wire::Birth>();
    ASSERT_EQ(births.size(), 1U);
    EXPECT_EQ(births[0].session, kSession);
    EXPECT_EQ(births[0].boot_id, "boot-1");
    EXPECT_EQ(births[0].journal_first, 3);
    EXPECT_EQ(births[0].journal_last, 7);
    EXPECT_EQ(births[0].mode, "observe") << "until the hand says more";
}

TEST(Presence, Says_its_birth_anew_when_the_hand_tells_what_the_host_allows) {
    Core core;
    core.ready();
    core.step(HandReplied{Lane::fix, hello("auto")});
    ASSERT_EQ(core.published<wire::Birth>().size(), 1U);
    auto const birth = core.published<wire::Birth>()[0];
    EXPECT_EQ(birth.mode, "auto");
    EXPECT_EQ(birth.offers, (std::vector<std::string>{"restart_patient"}));
    EXPECT_EQ(birth.capabilities, (std::vector<std::string>{"script"}));
    core.forget();
    core.step(HandReplied{Lane::fix, hello("auto")});
    EXPECT_TRUE(core.published<wire::Birth>().empty()) << "nothing is new";
    auto read_lane = hello("observe");
    core.step(HandReplied{Lane::read, read_lane});
    EXPECT_TRUE(core.published<wire::Birth>().empty()) << "the read lane changes nothing";
}

TEST(Presence, Notes_a_rejected_policy_once) {
    Core core;
    core.ready();
    auto broken = hello("observe");
    broken.policy_error = "policy.toml:3: unknown key 'mdoe'";
    core.step(HandReplied{Lane::fix, broken});
    core.step(HandReplied{Lane::fix, broken});
    ASSERT_EQ(core.journalled<wire::NoteRecord>().size(), 1U);
    EXPECT_EQ(core.journalled<wire::NoteRecord>()[0].kind, "policy_rejected");
}

TEST(Presence, Repeats_its_birth_until_it_is_welcomed_and_never_after) {
    Core core;
    core.start();
    core.step(LinkUp{});
    core.pass(1h);
    auto const births = core.published<wire::Birth>().size();
    EXPECT_GE(births, 10U);
    EXPECT_LE(births, 20U);
    core.welcome();
    core.forget();
    core.pass(1h);
    EXPECT_TRUE(core.published<wire::Birth>().empty());
}

TEST(Presence, Asks_for_a_lost_welcome_soon_after_a_heartbeat) {
    Core core;
    core.start();
    core.step(LinkUp{});
    core.pass(1h);
    core.forget();
    core.step(CoordinatorBeat{{.site = "home", .time = kCoordinatorNow, .epoch = 3}});
    core.pass(15s);
    EXPECT_EQ(core.published<wire::Birth>().size(), 1U);
}

TEST(Presence, Asks_for_the_welcome_of_a_coordinator_that_has_restarted) {
    Core core;
    core.ready();
    core.step(CoordinatorBeat{{.site = "home", .time = kCoordinatorNow, .epoch = 3}});
    core.pass(1min);
    EXPECT_TRUE(core.published<wire::Birth>().empty());
    core.step(CoordinatorBeat{{.site = "another", .time = kCoordinatorNow, .epoch = 4}});
    core.pass(1min);
    EXPECT_TRUE(core.published<wire::Birth>().empty()) << "another site's is not ours";
    core.step(CoordinatorBeat{{.site = "home", .time = kCoordinatorNow, .epoch = 4}});
    core.pass(3s);
    EXPECT_EQ(core.published<wire::Birth>().size(), 1U);
}

TEST(Presence, Measures_in_its_interval_whether_anybody_listens_or_not) {
    Core core;
    core.start();
    EXPECT_EQ(core.effects<TakeReadings>().size(), 1U);
    EXPECT_EQ(core.effects<AskProbes>().size(), 1U);
    core.pass(60s);
    EXPECT_EQ(core.effects<TakeReadings>().size(), 7U);
    EXPECT_EQ(core.effects<AskProbes>().size(), 7U);
    EXPECT_TRUE(core.effects<Publish>().empty());
}

TEST(Presence, Sends_readings_by_group_with_a_heartbeat_that_tells_its_own_cost) {
    Core core;
    core.ready();
    core.pass(5s);
    core.step(ReadingsTaken{{{"cpu", {{"load1", 0.5}}},
                             {"sys", {{"agent_rss_bytes", 4096}, {"agent_cpu_percent", 0.25}}}}});
    auto const groups = core.published<wire::Telemetry>();
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(groups[0].group.group, "cpu");
    EXPECT_EQ(groups[0].time, kCoordinatorNow + 5s);
    auto const beats = core.published<wire::AgentHeartbeat>();
    ASSERT_EQ(beats.size(), 1U);
    EXPECT_EQ(beats[0].rss_bytes, 4096);
    EXPECT_EQ(beats[0].cpu_percent, 0.25);
    EXPECT_EQ(beats[0].uptime_ms, 5'000);
    EXPECT_EQ(beats[0].sequence, 1);
}

TEST(Presence, Says_goodbye_when_it_is_stopped) {
    Core core;
    core.ready();
    core.step(Stopping{});
    EXPECT_EQ(core.published<PublishAvail>(), (std::vector<PublishAvail>{{false}}));
}

TEST(Lanes, Tells_a_hand_that_comes_back_everything_it_must_know) {
    Core core;
    core.ready();
    core.step(DocumentArrived{"remedies", "remedies-jws"});
    core.step(FreezeArrived{"freeze-jws"});
    for (auto const lane : kLanes) {
        EXPECT_EQ(core.to_hand<wire::HandDocument>(lane).size(), 1U);
        EXPECT_EQ(core.to_hand<wire::HandFreeze>(lane).size(), 1U);
    }
    core.step(HandGone{Lane::fix, "closed"});
    core.forget();
    core.pass(1s);
    EXPECT_EQ(core.to_hand<wire::HandAsk>().size(), 1U);
    ASSERT_EQ(core.to_hand<wire::HandWelcome>().size(), 1U);
    EXPECT_EQ(core.to_hand<wire::HandWelcome>()[0].jws, "welcome-jws");
    ASSERT_EQ(core.to_hand<wire::HandDocument>().size(), 1U);
    EXPECT_EQ(core.to_hand<wire::HandDocument>()[0].jws, "remedies-jws");
    EXPECT_EQ(core.to_hand<wire::HandFreeze>().size(), 1U);
    EXPECT_TRUE(core.to_hand<wire::HandAsk>(Lane::read).empty()) << "it was not gone";
}

TEST(Lanes, Introduces_itself_before_an_order_to_a_hand_that_had_gone_to_sleep) {
    Core core;
    core.ready();
    core.step(HandReplied{Lane::fix, hello("auto")});
    core.pass(60s);
    core.step(HandGone{Lane::fix, "closed the connection"});
    core.forget();
    core.pass(5min);
    EXPECT_TRUE(core.effects<ToHand>().empty()) << "an idle hand is let sleep";
    auto delivery = Core::delivery(1);
    delivery.command.expires_at += 1h;
    core.step(delivery);
    auto const sent = core.effects<ToHand>();
    ASSERT_EQ(sent.size(), 3U);
    EXPECT_TRUE(std::holds_alternative<wire::HandWelcome>(sent[1].request));
    EXPECT_TRUE(std::holds_alternative<wire::HandOrder>(sent[2].request));
}

TEST(Lanes, Tries_an_absent_hand_ever_more_slowly) {
    Core core;
    core.start();
    core.forget();
    int tries = 0;
    auto const end = core.now.boot + 1h;
    core.step(HandGone{Lane::fix, "no such file"});
    while (core.now.boot < end) {
        core.pass(1s);
        if (core.to_hand<wire::HandAsk>().empty()) continue;
        ++tries;
        core.forget();
        // One answer for each packet that was lost.
        for (int i = 0; i < 3; ++i) core.step(HandGone{Lane::fix, "no such file"});
    }
    EXPECT_GE(tries, 55);
    EXPECT_LE(tries, 70);
}

TEST(Lanes, Reports_how_the_fix_lane_took_a_document_and_lets_the_birth_follow) {
    Core core;
    core.ready();
    core.step(HandReplied{Lane::fix, hello("auto")});
    core.forget();
    wire::HandTaken taken{.what = "remedies", .applied = true, .rev = 2, .digest = "new",
                          .reason = {}};
    core.step(HandReplied{Lane::read, taken});
    EXPECT_TRUE(core.published<wire::Reported>().empty());
    core.step(HandReplied{Lane::fix, taken});
    ASSERT_EQ(core.published<wire::Reported>().size(), 1U);
    EXPECT_EQ(core.published<wire::Reported>()[0].digest, "new");
    ASSERT_EQ(core.published<wire::Birth>().size(), 1U);
    EXPECT_EQ(core.published<wire::Birth>()[0].remedies_digest, "new");
}

}  // namespace
}  // namespace agent::test
