// Two keys on real parts: what is risky runs when an approver said so, and only then.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/system/places.hpp"

namespace system_test {
using namespace farm;
namespace {

// The shipped restart_service, told to be risky.
class RiskyFarm : public Farm {
  public:
    RiskyFarm() : Farm(here()) {
        auto const source = std::string(TOMTE_SOURCE_DIR) +
                            "/coordinator/catalog/remedies/30_restart_service.toml";
        auto text = read_text(source);
        auto const at = text.find("\"reversible\"");
        text.replace(at, 12, "\"risky\"");
        std::filesystem::create_directories(folder() + "/remedies");
        write_text(folder() + "/remedies/30_restart_service.toml", text);
        replace("coordinator", "[catalog]\n",
                "[catalog]\nremedies = \"" + folder() + "/remedies\"\n");
        replace("policy", "remedies = [\"*\"]", "remedies = [\"restart_service\"]");
    }
    std::string ask() {
        start_patient();
        break_patient();
        EXPECT_EQ(webhook(payload(patient_down())).status / 100, 2);
        auto const ids = incident_ids();
        EXPECT_EQ(ids.size(), 1u);
        if (ids.empty()) return "";
        EXPECT_TRUE(incident_reaches(ids[0], "asking")) << logs();
        return ids[0];
    }
    std::string waiting() {
        auto const answer = get("/api/v1/approvals").body;
        auto const document = base::json::Document::parse(answer, {.bytes_max = 1 << 20});
        if (!document || document->root()["items"].size() == 0) return "";
        for (auto const& item : document->root()["items"].children())
            return std::string{item["id"].string().value_or("")};
        return "";
    }
    std::string approver() { return folder() + "/fleet/operator/approver.key"; }
};

TEST(Approval, A_risky_fix_waits_until_an_approver_signs_it_and_then_heals) {
    RiskyFarm farm;
    farm.start();
    auto const incident = farm.ask();
    auto const id = farm.waiting();
    ASSERT_FALSE(id.empty()) << farm.logs();
    EXPECT_NE(farm.tomte({"approvals"}).output.find("restart_service"), std::string::npos);
    EXPECT_FALSE(farm.patient_runs());

    auto const foreign = farm.tomte({"approve", id, "--yes", "--approver-key",
                                     farm.folder() + "/fleet/coordinator/command.key"});
    EXPECT_NE(foreign.exit_code, 0) << "the coordinator's own key opens nothing";
    auto const unasked = farm.tomte({"approve", id, "--approver-key", farm.approver()});
    EXPECT_NE(unasked.exit_code, 0) << "a script must say --yes";
    EXPECT_FALSE(farm.patient_runs());

    farm.coordinator.stop();
    farm.start_coordinator();
    auto const approved = farm.tomte({"approve", id, "--yes", "--approver-key", farm.approver()});
    ASSERT_EQ(approved.exit_code, 0) << approved.output;
    ASSERT_TRUE(farm.incident_reaches(incident, "resolved"))
        << farm.get("/api/v1/incidents/" + incident).body << farm.logs();
    EXPECT_TRUE(farm.patient_runs());
    EXPECT_EQ(farm.effects("start"), 2);
}

TEST(Approval, A_denial_escalates_and_leaves_the_host_alone) {
    RiskyFarm farm;
    farm.start();
    auto const incident = farm.ask();
    auto const denied = farm.tomte({"deny", farm.waiting(), "--reason", "not now",
                                    "--approver-key", farm.approver()});
    ASSERT_EQ(denied.exit_code, 0) << denied.output;
    ASSERT_TRUE(farm.incident_reaches(incident, "escalated")) << farm.logs();
    EXPECT_NE(farm.get("/api/v1/incidents/" + incident).body.find("not now"), std::string::npos);
    EXPECT_FALSE(farm.patient_runs());
    EXPECT_EQ(farm.effects("start"), 1);
}

// A browser's key: non-extractable, WebCrypto, raw r and s.
TEST(Approval, A_signature_made_with_WebCrypto_counts_where_the_hosts_policy_says_so) {
    RiskyFarm farm;
    auto const script = std::string(TOMTE_SOURCE_DIR) + "/tests/system/web_approver.js";
    auto const web_key = farm.folder() + "/web.pub";
    for (auto const* program : {"coordinator", "hand"})
        farm.replace(program, "[trust]\n",
                     "[trust]\nweb_approver_keys = \"" + web_key + "\"\n");
    farm.replace("policy", "mode = \"auto\"\n", "mode = \"auto\"\napproval = \"web\"\n");
    Process browser({"node", script, farm.url(), farm.secret("admin_token"), web_key},
                    farm.folder() + "/browser.log",
                    {{"PATH", "/usr/local/bin:/usr/bin:/bin"}});
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(web_key); },
                           Milliseconds{20'000}))
        << read_text(farm.folder() + "/browser.log");
    farm.start();
    auto const incident = farm.ask();
    EXPECT_TRUE(farm.incident_reaches(incident, "resolved", Milliseconds{60'000}))
        << read_text(farm.folder() + "/browser.log") << farm.logs();
    EXPECT_TRUE(farm.patient_runs());
    browser.stop();
}

}  // namespace
}  // namespace system_test
