// What people and networks get wrong: each gets a clear answer, and nothing is lost.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/system/places.hpp"

namespace system_test {
namespace {

using namespace farm;

std::string const kCoordinator = std::string(TOMTE_BIN_DIR) + "/tomte-coordinator";

bool mentions(std::string const& text, std::string const& what) {
    return text.find(what) != std::string::npos;
}

TEST(BadInput, A_coordinator_whose_port_is_taken_says_which_and_ends) {
    Farm farm{here()};
    farm.start_broker();
    farm.start_coordinator();
    auto const copy = farm.folder() + "/second";
    std::filesystem::copy(farm.folder() + "/fleet", copy,
                          std::filesystem::copy_options::recursive);
    auto const ran = run({kCoordinator, "--config", copy + "/coordinator/coordinator.toml"});
    EXPECT_GT(ran.exit_code, 0) << ran.output;
    EXPECT_TRUE(mentions(ran.output, std::to_string(farm.http_port()))) << ran.output;
}

TEST(BadInput, A_coordinator_without_its_broker_runs_degraded_and_says_so) {
    Farm farm{here()};
    farm.start_coordinator();
    auto const health = http("GET", farm.url() + "/health", "");
    EXPECT_TRUE(mentions(health.body, "degraded")) << health.body;
    EXPECT_TRUE(mentions(health.body, "broker")) << health.body;
    EXPECT_EQ(farm.webhook(Farm::payload(patient_down())).status / 100, 2);
    farm.start_broker();
    farm.start_host();
    farm.start_patient();
    farm.break_patient();
    auto const ids = farm.incident_ids();
    ASSERT_EQ(ids.size(), 1u);
    EXPECT_TRUE(farm.incident_reaches(ids[0], "resolved", Milliseconds{90'000})) << farm.logs();
}

TEST(BadInput, An_unknown_setting_is_refused_with_its_line_and_the_nearest_name) {
    Farm farm{here()};
    farm.append("coordinator", "[htpp]\nlisten = \"127.0.0.1:1\"\n");
    auto const ran = run({kCoordinator, "--config", farm.config("coordinator")});
    EXPECT_EQ(ran.exit_code, 78) << ran.output;
    EXPECT_TRUE(mentions(ran.output, "coordinator.toml:")) << ran.output;
    EXPECT_TRUE(mentions(ran.output, "http")) << ran.output;
}

TEST(BadInput, A_corrupt_store_is_set_aside_or_refused_but_never_taken_as_fresh) {
    Farm farm{here()};
    farm.start_broker();
    farm.start_coordinator();
    ASSERT_EQ(farm.webhook(Farm::payload(patient_down())).status / 100, 2);
    farm.coordinator.stop();
    std::string store;
    for (auto const& entry :
         std::filesystem::recursive_directory_iterator(farm.folder() + "/fleet/coordinator"))
        if (entry.path().extension() == ".db") store = entry.path();
    ASSERT_FALSE(store.empty());
    auto text = read_text(store);
    for (std::size_t i = 0; i < text.size(); i += 7) text[i] = 'x';
    write_text(store, text);
    auto const ran =
        run({kCoordinator, "--config", farm.config("coordinator")}, {}, Milliseconds{20'000});
    EXPECT_GT(ran.exit_code, 0) << ran.output;
    EXPECT_TRUE(mentions(ran.output, store)) << ran.output;
}

TEST(BadInput, Webhook_bodies_that_are_wrong_get_a_problem_and_lose_nothing) {
    Farm farm{here()};
    farm.start_broker();
    farm.start_coordinator();
    auto const big = std::string(1'000'000, 'd');
    struct {
        std::string body;
        long status;
    } const cases[] = {
        {"{", 400},
        {"[]", 422},
        {"{\"version\":\"4\",\"alerts\":{}}", 422},
        {"{\"version\":\"4\",\"alerts\":[{\"status\":1}]}", 422},
        {"{\"version\":\"4\",\"alerts\":[],\"x\":\"" + big + "\"}", 413},
        {std::string(100, '[') + std::string(100, ']'), 400},
    };
    for (auto const& one : cases) {
        auto const answer = farm.webhook(one.body);
        EXPECT_EQ(answer.status, one.status) << one.body.substr(0, 80) << answer.body;
        EXPECT_TRUE(mentions(answer.body, "\"title\"")) << answer.body;
    }
    auto labels = patient_down();
    labels[2].second = "'; DROP TABLE incidents; --";
    EXPECT_EQ(farm.webhook(Farm::payload(labels)).status / 100, 2);
    EXPECT_EQ(farm.incident_ids().size(), 1u);
    EXPECT_EQ(http("POST", farm.url() + "/webhook/alertmanager", "", "{}").status, 401);
    EXPECT_EQ(http("POST", farm.url() + "/webhook/alertmanager", "a:b", "{}").status, 401);
    EXPECT_EQ(http("GET", farm.url() + "/api/v1/incidents", "Bearer wrong").status, 401);
}

TEST(BadInput, A_locked_database_is_named_and_waited_for_or_refused) {
    Farm farm{here()};
    farm.start_broker();
    farm.start_coordinator();
    std::string store;
    for (auto const& entry :
         std::filesystem::recursive_directory_iterator(farm.folder() + "/fleet/coordinator"))
        if (entry.path().extension() == ".db") store = entry.path();
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(store.c_str(), &other), SQLITE_OK);
    sqlite3_busy_timeout(other, 10'000);  // the coordinator may be writing just now
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    auto const refused = farm.webhook(Farm::payload(patient_down()));
    EXPECT_TRUE(refused.status == 503 || refused.status / 100 == 2) << refused.status;
    sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_close(other);
    EXPECT_TRUE(eventually(
        [&] { return farm.webhook(Farm::payload(patient_down())).status / 100 == 2; }));
    EXPECT_EQ(farm.incident_ids().size(), 1u);
}

}  // namespace
}  // namespace system_test
