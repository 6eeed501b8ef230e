// Hosts that heal themselves while cut off, on real processes and a real broker.
#include <gtest/gtest.h>
#include <signal.h>

#include "tests/system/places.hpp"

namespace system_test {
using namespace farm;
namespace {

// A farm whose agent probes the patient and holds a lease to restart it.
class CutOff {
  public:
    CutOff() : farm{here()} {
        farm.append("agent", "[probe]\npidfiles = [\"service/patient=" + farm.patient_folder() +
                                 "/pid\"]\n");
        farm.append("agent", "[watch]\nprobe_interval = \"500ms\"\n");
        farm.start();
        farm.start_patient();
    }
    void lease() {
        auto const ran = farm.tomte({"lease", "nexus", "grant", "--remedy", "restart_service",
                                     "--remedy", "start_service", "--for", "1h", "--wait", "20"});
        ASSERT_EQ(ran.exit_code, 0) << ran.output << farm.logs();
    }
    bool healed(Milliseconds within) {
        return eventually([&] { return farm.patient_runs(); }, within);
    }
    // Everything of the centre, without a goodbye.
    void lose_the_centre() {
        farm.coordinator.kill(SIGKILL);
        farm.broker.kill(SIGKILL);
    }
    void find_the_centre_again() {
        farm.start_broker();
        farm.start_coordinator();
    }

    Farm farm;
};

TEST(Fallback, A_host_without_broker_and_coordinator_heals_itself_and_tells_it_afterwards) {
    CutOff host;
    host.lease();
    host.lose_the_centre();
    host.farm.break_patient();
    ASSERT_TRUE(host.healed(Milliseconds{60'000})) << host.farm.logs();
    EXPECT_EQ(host.farm.effects("start"), 2) << "once by us, once by the host alone";

    host.find_the_centre_again();
    ASSERT_TRUE(eventually([&] { return !host.farm.incident_ids().empty(); },
                           Milliseconds{60'000}))
        << host.farm.logs();
    auto const id = host.farm.incident_ids()[0];
    ASSERT_TRUE(host.farm.incident_reaches(id, "resolved"))
        << host.farm.get("/api/v1/incidents/" + id).body << host.farm.logs();
    auto const story = host.farm.get("/api/v1/incidents/" + id).body;
    EXPECT_NE(story.find("\"origin\":\"lease\""), std::string::npos) << story;
    EXPECT_NE(story.find("under its lease"), std::string::npos) << story;
    EXPECT_EQ(host.farm.effects("start"), 2) << "nothing was done twice after the return";
}

TEST(Fallback, After_a_signed_goodbye_the_host_does_not_wait_for_missed_heartbeats) {
    CutOff host;
    host.lease();
    host.farm.coordinator.stop();
    host.farm.break_patient();
    EXPECT_TRUE(host.healed(Milliseconds{15'000})) << host.farm.logs();
}

TEST(Fallback, Agent_and_hand_that_were_restarted_while_cut_off_still_heal) {
    CutOff host;
    host.lease();
    host.lose_the_centre();
    host.farm.agent.kill(SIGKILL);
    host.farm.hand_fix.kill(SIGKILL);
    host.farm.hand_read.kill(SIGKILL);
    host.farm.start_host();
    host.farm.break_patient();
    EXPECT_TRUE(host.healed(Milliseconds{60'000})) << host.farm.logs();
    EXPECT_EQ(host.farm.effects("start"), 2);
}

TEST(Fallback, Without_a_lease_a_host_that_is_cut_off_only_watches) {
    CutOff host;
    auto const ran = host.farm.tomte({"lease", "nexus", "show"});
    EXPECT_NE(ran.output.find("holds no lease"), std::string::npos) << ran.output;
    host.lease();
    ASSERT_EQ(host.farm.tomte({"lease", "nexus", "revoke", "--wait", "20"}).exit_code, 0);
    host.farm.coordinator.stop();
    host.farm.break_patient();
    // The time in which the tests above see it healed.
    EXPECT_FALSE(host.healed(Milliseconds{10'000}));
    EXPECT_EQ(host.farm.effects("start"), 1);
}

}  // namespace
}  // namespace system_test
