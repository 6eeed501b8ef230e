// tomte freeze and thaw on real parts: nothing is healed in between, and it survives everybody.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/system/places.hpp"

namespace system_test {
using namespace farm;
namespace {

std::string approver_key(Farm const& farm) {
    return farm.folder() + "/fleet/operator/approver.key";
}

TEST(Freeze, Holds_over_restarts_until_an_approver_thaws_and_then_the_waiting_fix_runs) {
    Farm farm{here()};
    farm.start();
    farm.start_patient();
    auto const frozen = farm.tomte({"freeze", "work on the roof"});
    ASSERT_EQ(frozen.exit_code, 0) << frozen.output << farm.logs();
    farm.break_patient();
    ASSERT_EQ(farm.webhook(Farm::payload(patient_down())).status / 100, 2);
    auto const ids = farm.incident_ids();
    ASSERT_EQ(ids.size(), 1u);
    ASSERT_TRUE(farm.incident_reaches(ids[0], "waiting")) << farm.logs();

    // Everybody begins anew, the broker without its memory.
    farm.agent.stop();
    farm.hand_fix.stop();
    farm.hand_read.stop();
    farm.coordinator.stop();
    farm.broker.stop();
    std::filesystem::remove_all(farm.folder() + "/fleet/broker/data");
    std::filesystem::create_directory(farm.folder() + "/fleet/broker/data");
    farm.start();
    EXPECT_NE(farm.get("/api/v1/freeze").body.find("work on the roof"), std::string::npos);
    EXPECT_EQ(farm.incident_state(ids[0]), "waiting");
    EXPECT_FALSE(farm.patient_runs());

    auto const refused = farm.tomte({"thaw"});
    EXPECT_NE(refused.exit_code, 0) << "nobody signed it";
    auto const foreign = farm.tomte(
        {"thaw", "--approver-key", farm.folder() + "/fleet/coordinator/command.key"});
    EXPECT_NE(foreign.exit_code, 0) << "the coordinator's own key may not";
    EXPECT_FALSE(farm.patient_runs());

    auto const thawed = farm.tomte({"thaw", "done", "--approver-key", approver_key(farm)});
    ASSERT_EQ(thawed.exit_code, 0) << thawed.output << farm.logs();
    ASSERT_TRUE(farm.incident_reaches(ids[0], "resolved")) << farm.logs();
    EXPECT_TRUE(farm.patient_runs());
}

}  // namespace
}  // namespace system_test
