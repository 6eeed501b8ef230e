// The HTTP side through a real socket, with a fake Api behind it.
#include "coordinator/adapters/http/http_service.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "common/base/json.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/secret_hash.hpp"
#include "tests/fakes/eventually.hpp"
#include "tests/fakes/fake_api.hpp"
#include "tests/fakes/http_client.hpp"
#include "tests/fakes/sample_rows.hpp"

namespace coordinator {
namespace {

namespace fs = std::filesystem;

constexpr char kOneAlert[] = R"({"version":"4","status":"firing","alerts":[
  {"status":"firing","labels":{"alertname":"ServiceDown","host":"nexus"},
   "annotations":{"summary":"down"},"startsAt":"2026-11-25T10:00:00Z",
   "endsAt":"0001-01-01T00:00:00Z","fingerprint":"00000000deadbeef"}]})";

class HttpServiceTest : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("tomte-http-" + trust::random_token());
        fs::create_directories(folder_);
        std::ofstream{folder_ / "tokens.toml"}
            << "[[token]]\nname=\"alertmanager\"\nkind=\"basic\"\nuser=\"alertmanager\"\n"
            << "scope=[\"webhook\"]\nhash=\"" << trust::hash_secret("secret") << "\"\n"
            << "[[token]]\nname=\"people\"\nkind=\"bearer\"\n"
            << "scope=[\"read\",\"act\",\"approve\",\"webhook\"]\nhash=\""
            << trust::hash_secret("people")
            << "\"\n"
            << "[[token]]\nname=\"scrape\"\nkind=\"bearer\"\nscope=[\"scrape\"]\nhash=\""
            << trust::hash_secret("scrape") << "\"\n";
        api_.report.state = "healthy";
    }
    void TearDown() override {
        if (service_) service_->stop();
        service_.reset();
        fs::remove_all(folder_);
    }

    void start() {
        auto service = HttpService::start(
            {"127.0.0.1:0", (folder_ / "tokens.toml").string(), "1.2.3"}, api_);
        ASSERT_TRUE(service) << service.error().message;
        service_ = std::move(*service);
    }
    std::string url(std::string const& path) const {
        return "http://127.0.0.1:" + std::to_string(service_->port()) + path;
    }
    fakes::HttpAnswer get(std::string const& path, std::string const& token = "people") const {
        return fakes::ask({.url = url(path), .user = {}, .token = token, .method = {}});
    }
    fakes::HttpAnswer post(std::string const& path, std::string const& body,
                           std::string const& token = "people") const {
        return fakes::ask(
            {.url = url(path), .user = {}, .token = token, .method = {}, .body = &body});
    }
    fakes::HttpAnswer alert(std::string const& body,
                            std::string const& user = "alertmanager:secret") const {
        return fakes::ask({.url = url("/webhook/alertmanager"),
                           .user = user,
                           .token = {},
                           .method = {},
                           .body = &body});
    }

    fs::path folder_;
    fakes::FakeApi api_;
    std::unique_ptr<HttpService> service_;
};

TEST_F(HttpServiceTest, Takes_an_alert_by_password_and_by_token) {
    start();

    EXPECT_EQ(alert(kOneAlert).status, 202);
    EXPECT_EQ(post("/webhook", kOneAlert).status, 202);

    ASSERT_EQ(api_.received().size(), 2u);
    EXPECT_EQ(api_.received()[0].fingerprint, "00000000deadbeef");
    EXPECT_EQ(api_.received()[0].name, "ServiceDown");
}

TEST_F(HttpServiceTest, Refuses_no_and_wrong_credentials_with_401_and_says_how_to_ask) {
    start();
    std::string const body = kOneAlert;

    for (auto const* user : {"", "alertmanager:wrong", "somebody:secret", "alertmanager:"}) {
        auto const answer = alert(body, user);
        EXPECT_EQ(answer.status, 401) << user;
        EXPECT_NE(answer.headers.find("WWW-Authenticate: Basic"), std::string::npos);
        EXPECT_NE(answer.headers.find("application/problem+json"), std::string::npos);
    }
    EXPECT_EQ(post("/webhook", body, "wrong").status, 401);
    EXPECT_EQ(get("/api/v1/hosts", "").status, 401);
    EXPECT_TRUE(api_.received().empty());
}

TEST_F(HttpServiceTest, Refuses_a_known_token_without_the_scope_with_403) {
    start();

    EXPECT_EQ(get("/api/v1/hosts", "scrape").status, 403);
    EXPECT_EQ(post("/api/v1/hosts/nexus/commands", R"({"line":"true"})", "scrape").status, 403);
    EXPECT_EQ(post("/webhook", kOneAlert, "scrape").status, 403);
    EXPECT_EQ(get("/metrics", "scrape").status, 200);
    EXPECT_TRUE(api_.orders().empty());
}

TEST_F(HttpServiceTest, Shows_what_waits_for_an_approver_and_takes_the_answer) {
    coordinator::ApprovalWanted wanted{fakes::sample_command(), "hash", std::nullopt};
    wanted.row.command.id = "01J0000000000000000000000C";
    api_.wanted = {wanted};
    start();
    auto const list = get("/api/v1/approvals").body;
    EXPECT_NE(list.find(R"("plan_hash":"hash")"), std::string::npos) << list;
    EXPECT_NE(list.find(R"("params":{"a":"b"})"), std::string::npos) << list;
    auto const path = std::string{"/api/v1/approvals/01J0000000000000000000000C"};
    EXPECT_EQ(get(path).status, 200);
    EXPECT_EQ(get("/api/v1/approvals/01J0000000000000000000000D").status, 404);
    EXPECT_EQ(get(path, "scrape").status, 403);

    EXPECT_EQ(post(path, R"({"jws":"a.b.c"})", "scrape").status, 403);
    EXPECT_EQ(post(path, R"({"approved":true})").status, 400) << "a word is no signature";
    EXPECT_EQ(post(path, R"({"jws":"a.b.c","approved":true})").status, 400);
    EXPECT_TRUE(api_.approved().empty());
    EXPECT_EQ(post(path, R"({"jws":"a.b.c"})").status, 200);
    ASSERT_EQ(api_.approved().size(), 1u);
    EXPECT_EQ(api_.approved()[0].second, "a.b.c");
}

TEST_F(HttpServiceTest, Takes_a_freeze_by_word_or_by_signature_from_those_who_may_act) {
    start();
    EXPECT_EQ(post("/api/v1/freeze", R"({"reason":"why"})", "scrape").status, 403);
    EXPECT_EQ(post("/api/v1/freeze", R"({"reason":""})").status, 400);
    EXPECT_EQ(post("/api/v1/freeze", R"({"reason":"why","jws":"a.b.c"})").status, 400);
    EXPECT_EQ(post("/api/v1/freeze", R"({"reason":"why","rev":"3"})").status, 400);
    EXPECT_TRUE(api_.freezes().empty());

    auto const answer = post("/api/v1/freeze", R"({"reason":"why"})");
    EXPECT_EQ(answer.status, 200);
    EXPECT_NE(answer.body.find(R"("rev":"7")"), std::string::npos) << answer.body;
    EXPECT_EQ(post("/api/v1/freeze", R"({"jws":"a.b.c"})").status, 200);
    ASSERT_EQ(api_.freezes().size(), 2u);
    EXPECT_EQ(api_.freezes()[0].actor, "operator:people");
    EXPECT_EQ(api_.freezes()[1].jws, "a.b.c");

    api_.freeze_row = {9, true, "why", "me", "a.b.c", {}};
    auto const now = get("/api/v1/freeze").body;
    EXPECT_NE(now.find(R"("frozen":true)"), std::string::npos) << now;
    EXPECT_NE(now.find(R"("rev":"9")"), std::string::npos) << now;
}

TEST_F(HttpServiceTest, Reads_a_big_body_and_answers_413) {
    start();
    std::string const body = R"({"alerts":[{"annotations":{"description":")" +
                             std::string(1024 * 1024, 'x') + R"("}}]})";

    auto const answer = alert(body);

    EXPECT_EQ(answer.status, 413);
    EXPECT_NE(answer.body.find("1048"), std::string::npos) << answer.body;
    EXPECT_TRUE(api_.received().empty());
}

TEST_F(HttpServiceTest, Answers_413_above_four_mebibytes_and_hangs_up_above_eight) {
    start();
    std::string const body(5 * 1024 * 1024, ' ');
    std::string const huge(9 * 1024 * 1024, ' ');

    EXPECT_EQ(alert(body).status, 413);
    EXPECT_EQ(alert(huge).status, 0);

    EXPECT_EQ(get("/health").status, 200);
}

TEST_F(HttpServiceTest, Tells_malformed_JSON_from_wrong_types) {
    start();

    for (auto const* body : {"", "{", "{\"alerts\":[]} x", "[1,2", "\xff\xfe", "{\"a\":1,\"a\":2}"})
        EXPECT_EQ(alert(body).status, 400) << body;
    for (auto const* body :
         {"[]", "{}", "{\"alerts\":7}", "{\"version\":\"3\",\"alerts\":[]}",
          "{\"alerts\":[7]}", "{\"alerts\":[{\"status\":\"firing\",\"labels\":{\"alertname\":7}}]}",
          "{\"alerts\":[{\"status\":true,\"labels\":{\"alertname\":\"x\"}}]}"}) {
        auto const answer = alert(body);
        EXPECT_EQ(answer.status, 422) << body;
        EXPECT_TRUE(base::json::Document::parse(answer.body)) << answer.body;
    }
    EXPECT_TRUE(api_.received().empty());
}

TEST_F(HttpServiceTest, Answers_only_after_the_commit) {
    api_.hold = true;
    start();
    std::atomic<long> status{-1};

    std::jthread const asking{[&] { status = alert(kOneAlert).status; }};
    ASSERT_TRUE(fakes::eventually([&] { return api_.held_count() == 1; }));
    EXPECT_EQ(status, -1);
    api_.release();
    ASSERT_TRUE(fakes::eventually([&] { return status != -1; }));

    EXPECT_EQ(status, 202);
}

TEST_F(HttpServiceTest, Asks_to_come_again_when_the_coordinator_is_busy) {
    api_.refuse = base::Error{base::Code::busy, "the mailbox is full"};
    start();

    auto const answer = alert(kOneAlert);

    EXPECT_EQ(answer.status, 503);
    EXPECT_NE(answer.headers.find("Retry-After: "), std::string::npos);
    EXPECT_NE(answer.body.find("the mailbox is full"), std::string::npos);
}

TEST_F(HttpServiceTest, Gives_one_result_per_alert_in_order_and_loses_no_good_one) {
    start();
    std::string const body = R"({"version":"4","alerts":[
      {"status":"firing","labels":{"alertname":"A"},"fingerprint":"aa"},
      {"status":"maybe","labels":{"alertname":"B"},"fingerprint":"bb"},
      {"status":"resolved","labels":{"alertname":"C"},"fingerprint":"cc"}]})";

    auto const answer = alert(body);

    ASSERT_EQ(answer.status, 202);
    auto const parsed = base::json::Document::parse(answer.body);
    ASSERT_TRUE(parsed);
    auto const results = parsed->root()["results"].children();
    ASSERT_EQ(results.size(), 3u);
    EXPECT_EQ(results[0]["result"].string(), "new_incident");
    EXPECT_EQ(results[0]["incident"].string(), "incident-of-aa");
    EXPECT_EQ(results[1]["result"].string(), "refused");
    EXPECT_EQ(results[1]["fingerprint"].string(), "bb");
    EXPECT_EQ(results[2]["result"].string(), "resolved");
    EXPECT_EQ(api_.received().size(), 2u);
}

TEST_F(HttpServiceTest, Answers_twenty_copies_at_once) {
    start();
    std::atomic<int> accepted{0};
    {
        std::vector<std::jthread> askers;
        for (int i = 0; i < 20; ++i)
            askers.emplace_back([&] { accepted += alert(kOneAlert).status == 202 ? 1 : 0; });
    }

    EXPECT_EQ(accepted, 20);
    EXPECT_EQ(api_.received().size(), 20u);
}

TEST_F(HttpServiceTest, Says_what_is_not_there_and_which_method_is_meant) {
    start();

    EXPECT_EQ(get("/nothing").status, 404);
    EXPECT_EQ(get("/api/v1/incidents/").status, 404);
    auto const wrong_method = get("/webhook/alertmanager");
    EXPECT_EQ(wrong_method.status, 405);
    EXPECT_NE(wrong_method.headers.find("Allow: POST"), std::string::npos);
}

TEST_F(HttpServiceTest, Shows_health_to_everybody_with_a_status_that_matches) {
    start();
    EXPECT_EQ(get("/health", "").status, 200);
    EXPECT_NE(get("/version", "").body.find("1.2.3"), std::string::npos);
    service_->stop();

    api_.report.state = "unhealthy";
    api_.report.reasons = {"no_store: disk full"};
    start();
    auto const answer = get("/health", "");
    EXPECT_EQ(answer.status, 503);
    EXPECT_NE(answer.body.find("no_store: disk full"), std::string::npos);
}

TEST_F(HttpServiceTest, Lists_incidents_by_state_and_refuses_a_state_that_does_not_exist) {
    domain::Incident open;
    open.id = "01OPEN";
    open.state = domain::IncidentState::acting;
    domain::Incident closed;
    closed.id = "01CLOSED";
    closed.state = domain::IncidentState::resolved;
    api_.rows.incident_rows.assign(600, closed);
    api_.rows.incident_rows.push_back(open);
    start();

    EXPECT_EQ(get("/api/v1/incidents?state=nonsense").status, 400);
    EXPECT_EQ(get("/api/v1/incidents?limit=0").status, 400);
    EXPECT_EQ(get("/api/v1/incidents?limit=5x").status, 400);
    auto const only_open = get("/api/v1/incidents?state=open");
    EXPECT_NE(only_open.body.find("01OPEN"), std::string::npos);
    EXPECT_EQ(only_open.body.find("01CLOSED"), std::string::npos);
    EXPECT_EQ(get("/api/v1/incidents/01NOT").status, 404);
}

TEST_F(HttpServiceTest, Orders_a_command_and_gives_its_id_or_its_result) {
    start();
    auto const pending = post("/api/v1/hosts/nexus/commands", R"({"line":"true","wait_s":1})");
    EXPECT_EQ(pending.status, 202);
    EXPECT_NE(pending.headers.find("Location: /api/v1/commands/01J"), std::string::npos);
    service_->stop();

    api_.finished.emplace();
    api_.finished->state = domain::CommandState::succeeded;
    start();
    auto const finished = post("/api/v1/hosts/nexus/commands", R"({"line":"true","wait_s":1})");
    EXPECT_EQ(finished.status, 200);
    EXPECT_NE(finished.body.find("\"succeeded\""), std::string::npos);
    ASSERT_EQ(api_.orders().size(), 2u);
    EXPECT_EQ(api_.orders()[0].host, "nexus");
    EXPECT_EQ(api_.orders()[0].actor, "operator:people");
}

TEST_F(HttpServiceTest, Answers_503_to_those_who_wait_while_it_stops) {
    api_.hold = true;
    start();
    std::atomic<long> status{-1};
    std::jthread const asking{[&] { status = alert(kOneAlert).status; }};
    ASSERT_TRUE(fakes::eventually([&] { return api_.held_count() == 1; }));

    service_->stop();
    ASSERT_TRUE(fakes::eventually([&] { return status != -1; }));

    EXPECT_TRUE(status == 503 || status == 0) << status;
    api_.release();  // an answer after the stop is nobody's and harms nobody
}

TEST_F(HttpServiceTest, Says_that_its_port_is_taken) {
    start();

    auto const second = HttpService::start({"127.0.0.1:" + std::to_string(service_->port()),
                                            (folder_ / "tokens.toml").string(), "1"},
                                           api_);

    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, base::Code::unavailable);
    EXPECT_NE(second.error().message.find("cannot listen on 127.0.0.1:"), std::string::npos);
}

TEST_F(HttpServiceTest, Refuses_an_address_it_does_not_understand) {
    for (auto const* listen : {"8400", "localhost:8400", "127.0.0.1:99999", "127.0.0.1:x", ""}) {
        auto const service =
            HttpService::start({listen, (folder_ / "tokens.toml").string(), "1"}, api_);
        ASSERT_FALSE(service) << listen;
        EXPECT_EQ(service.error().code, base::Code::invalid) << listen;
    }
}

}  // namespace
}  // namespace coordinator
