// The main job on real parts: an alert comes in, the right host heals itself, the proof comes back.
#include <gtest/gtest.h>

#include <thread>

#include "tests/system/places.hpp"

namespace system_test {
using namespace farm;
namespace {

TEST(MainJob, An_alert_comes_in_the_right_host_heals_itself_and_the_proof_comes_back) {
    Farm farm{here()};
    farm.start();
    farm.start_patient();
    farm.break_patient();

    auto const answer = farm.webhook(Farm::payload(patient_down()));
    ASSERT_EQ(answer.status / 100, 2) << answer.body << farm.logs();
    auto const ids = farm.incident_ids();
    ASSERT_EQ(ids.size(), 1u) << farm.logs();
    ASSERT_TRUE(farm.incident_reaches(ids[0], "resolved"))
        << farm.get("/api/v1/incidents/" + ids[0]).body << "\n" << farm.logs();

    EXPECT_TRUE(farm.patient_runs());
    EXPECT_EQ(farm.effects("start"), 2) << "once by us, once by the hand";
    auto const story = farm.get("/api/v1/incidents/" + ids[0]).body;
    EXPECT_NE(story.find("\"fixed_at\":\"2"), std::string::npos) << story;
}

TEST(MainJob, Twenty_concurrent_copies_of_one_alert_make_one_incident_and_one_fix) {
    Farm farm{here()};
    farm.start();
    farm.start_patient();
    farm.break_patient();

    auto const body = Farm::payload(patient_down());
    std::vector<std::thread> senders;
    std::vector<long> statuses(20);
    for (std::size_t i = 0; i < statuses.size(); ++i)
        senders.emplace_back([&, i] { statuses[i] = farm.webhook(body).status; });
    for (auto& sender : senders) sender.join();
    for (long const status : statuses) EXPECT_EQ(status / 100, 2);

    auto const ids = farm.incident_ids();
    ASSERT_EQ(ids.size(), 1u);
    ASSERT_TRUE(farm.incident_reaches(ids[0], "resolved")) << farm.logs();
    EXPECT_EQ(farm.effects("start"), 2);
    EXPECT_EQ(farm.incident_ids().size(), 1u);
}

TEST(MainJob, A_host_heals_without_any_alert_because_its_own_probe_failed) {
    Farm farm{here()};
    farm.append("agent", "[probe]\npidfiles = [\"service/patient=" + farm.patient_folder() +
                             "/pid\"]\n");
    farm.append("agent", "[watch]\nprobe_interval = \"500ms\"\n");
    farm.start();
    farm.start_patient();
    farm.break_patient();
    ASSERT_TRUE(eventually([&] { return farm.patient_runs(); }, Milliseconds{60'000}))
        << farm.get("/api/v1/incidents").body << farm.logs();
    ASSERT_FALSE(farm.incident_ids().empty());
    EXPECT_TRUE(farm.incident_reaches(farm.incident_ids()[0], "resolved")) << farm.logs();
}

TEST(MainJob, An_alert_about_an_unknown_host_is_escalated_and_touches_nothing) {
    Farm farm{here()};
    farm.start();
    auto labels = patient_down();
    labels[1].second = "nexus2";  // no substring of a known host counts
    ASSERT_EQ(farm.webhook(Farm::payload(labels)).status / 100, 2);
    auto const ids = farm.incident_ids();
    ASSERT_EQ(ids.size(), 1u);
    ASSERT_TRUE(farm.incident_reaches(ids[0], "escalated")) << farm.logs();
    EXPECT_NE(farm.get("/api/v1/incidents/" + ids[0]).body.find("nexus2"), std::string::npos);
    EXPECT_EQ(farm.effects("start"), 0);
}

TEST(MainJob, A_hopeless_patient_is_tried_three_times_and_escalated_once) {
    Farm farm{here()};
    farm.append("coordinator", "[core]\nbackoff_first = \"200ms\"\n");
    farm.start();
    write_text(farm.patient_folder() + "/hopeless", "");
    ASSERT_EQ(farm.webhook(Farm::payload(patient_down())).status / 100, 2);
    auto const ids = farm.incident_ids();
    ASSERT_EQ(ids.size(), 1u);
    ASSERT_TRUE(farm.incident_reaches(ids[0], "escalated", Milliseconds{90'000}))
        << farm.get("/api/v1/incidents/" + ids[0]).body << farm.logs();
    auto const story = farm.get("/api/v1/incidents/" + ids[0]).body;
    auto const document =
        base::json::Document::parse(story, {.bytes_max = 1 << 22, .depth_max = 16});
    ASSERT_TRUE(document.has_value());
    EXPECT_EQ(document->root()["attempts"].size(), 3u) << story;
}

TEST(MainJob, A_command_line_runs_on_the_host_and_its_output_comes_back) {
    Farm farm{here()};
    farm.start();
    auto const answer =
        farm.post("/api/v1/hosts/nexus/commands", R"({"line":"uptime","wait_s":10})");
    EXPECT_EQ(answer.status, 200) << answer.body << farm.logs();
    EXPECT_NE(answer.body.find("load average"), std::string::npos) << answer.body;
    auto const refused =
        farm.post("/api/v1/hosts/nexus/commands", R"({"line":"rm -rf /","wait_s":10})");
    EXPECT_EQ(refused.body.find("\"succeeded\""), std::string::npos) << refused.body;
}

TEST(MainJob, The_operators_command_line_shows_it_all) {
    Farm farm{here()};
    farm.start();
    for (auto const& words : std::vector<std::vector<std::string>>{
             {"status"}, {"hosts"}, {"incidents"}, {"status", "--json"}, {"hosts", "--json"},
             {"incidents", "--json"}, {"run", "nexus", "true"}}) {
        auto const ran = farm.tomte(words);
        EXPECT_EQ(ran.exit_code, 0) << words[0] << ": " << ran.output;
    }
    EXPECT_NE(farm.tomte({"hosts"}).output.find("nexus"), std::string::npos);
}

}  // namespace
}  // namespace system_test
