// The coordinator is killed with SIGKILL in every state that is not final, and goes on.
#include <gtest/gtest.h>
#include <signal.h>

#include "tests/system/places.hpp"

namespace system_test {
namespace {

using namespace farm;

// How an incident is brought into a state and held there long enough to be hit, and what must have
// become of it in the end.
struct Case {
    char const* state;
    char const* settings;  // of [core]
    void (*arrange)(Farm&);
    void (*afterwards)(Farm&);  // what lets it go on
    char const* end;
};

void nothing(Farm&) {}
void hopeless(Farm& farm) { write_text(farm.patient_folder() + "/hopeless", ""); }
void cured(Farm& farm) { run({"rm", "-f", farm.patient_folder() + "/hopeless"}); }
void slow(Farm& farm) { write_text(farm.patient_folder() + "/slow", "3"); }
void host_away(Farm& farm) {
    farm.agent.stop();
    eventually([&] {
        return farm.get("/api/v1/hosts").body.find("\"online\":false") != std::string::npos;
    });
}
void host_back(Farm& farm) {
    farm.agent = Process({std::string(TOMTE_BIN_DIR) + "/tomte-agent", "--config",
                          farm.config("agent")},
                         farm.folder() + "/agent.log");
}

class KilledIn : public testing::TestWithParam<Case> {};

TEST_P(KilledIn, The_coordinator_goes_on_from_its_journal) {
    auto const& param = GetParam();
    Farm farm{here()};
    farm.append("coordinator", std::string("[core]\n") + param.settings);
    farm.start();
    farm.start_patient();
    farm.break_patient();
    param.arrange(farm);
    ASSERT_EQ(farm.webhook(Farm::payload(patient_down())).status / 100, 2) << farm.logs();
    auto const ids = farm.incident_ids();
    ASSERT_EQ(ids.size(), 1u);
    ASSERT_TRUE(farm.incident_reaches(ids[0], param.state))
        << farm.incident_state(ids[0]) << farm.logs();

    farm.coordinator.kill(SIGKILL);
    param.afterwards(farm);
    farm.start_coordinator();
    EXPECT_TRUE(farm.incident_reaches(ids[0], param.end, Milliseconds{90'000}))
        << farm.get("/api/v1/incidents/" + ids[0]).body << farm.logs();
    EXPECT_EQ(farm.incident_ids().size(), 1u);
    if (std::string(param.end) == "resolved") {
        EXPECT_TRUE(farm.patient_runs());
        EXPECT_EQ(farm.effects("start"), 2) << "once by us, once by the hand: never twice";
    }
}

INSTANTIATE_TEST_SUITE_P(
    EveryState, KilledIn,
    testing::Values(
        Case{"gathering", "gather = \"3s\"\n", nothing, nothing, "resolved"},
        Case{"waiting", "gather = \"100ms\"\n", host_away, host_back, "resolved"},
        Case{"acting", "gather = \"100ms\"\n", slow, nothing, "resolved"},
        Case{"backing_off", "gather = \"100ms\"\nbackoff_first = \"3s\"\n", hopeless, cured,
             "resolved"},
        Case{"escalated", "gather = \"100ms\"\nbackoff_first = \"100ms\"\nattempts_max = 1\n",
             hopeless, nothing, "escalated"}),
    [](auto const& test) { return std::string(test.param.state); });

TEST(Recovery, An_agent_killed_while_its_hand_works_reports_the_result_afterwards) {
    Farm farm{here()};
    farm.append("coordinator", "[core]\ngather = \"100ms\"\n");
    farm.start();
    farm.start_patient();
    farm.break_patient();
    slow(farm);
    ASSERT_EQ(farm.webhook(Farm::payload(patient_down())).status / 100, 2);
    auto const id = farm.incident_ids().at(0);
    ASSERT_TRUE(eventually([&] { return farm.effects("start") == 2; })) << farm.logs();
    farm.agent.kill(SIGKILL);
    host_back(farm);
    EXPECT_TRUE(farm.incident_reaches(id, "resolved", Milliseconds{60'000}))
        << farm.get("/api/v1/incidents/" + id).body << farm.logs();
    EXPECT_EQ(farm.effects("start"), 2);
}

TEST(Recovery, A_broker_that_was_away_delays_and_loses_nothing) {
    Farm farm{here()};
    farm.start();
    farm.start_patient();
    farm.break_patient();
    farm.broker.kill(SIGKILL);
    ASSERT_EQ(farm.webhook(Farm::payload(patient_down())).status / 100, 2);
    auto const id = farm.incident_ids().at(0);
    farm.start_broker();
    EXPECT_TRUE(farm.incident_reaches(id, "resolved", Milliseconds{90'000}))
        << farm.get("/api/v1/incidents/" + id).body << farm.logs();
    EXPECT_EQ(farm.effects("start"), 2);
}

}  // namespace
}  // namespace system_test
