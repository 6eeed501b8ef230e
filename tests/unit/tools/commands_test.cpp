// The operator's commands against a client whose answers the test chooses.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <sstream>

#include "tools/tomte/actions.hpp"
#include "tools/tomte/queries.hpp"
#include "tools/tomte/story.hpp"

namespace tomte {
namespace {

class FakeClient : public Client {
  public:
    std::string const& url() const override { return url_; }
    base::Result<Answer> ask(Question const& question) override {
        asked.push_back(question);
        auto& queue = answers[question.path];
        if (queue.empty()) return base::fail(base::Code::unavailable, "not reachable");
        auto answer = queue.front();
        if (queue.size() > 1) queue.pop_front();  // the last one is given again and again
        return answer;
    }
    void answer(std::string const& path, std::string body, int status = 200) {
        answers[path].push_back({status, std::move(body)});
    }

    std::map<std::string, std::deque<Answer>> answers;
    std::vector<Question> asked;

  private:
    std::string url_ = "http://fake";
};

class CommandsTest : public testing::Test {
  protected:
    FakeClient client_;
    std::ostringstream out_, err_;
    Screen screen_{out_, err_};
};

constexpr char kHealthy[] =
    R"({"v":1,"status":"healthy","reasons":[],"version":"1.2",)"
    R"("started_at":"2026-11-25T10:00:00.000Z",)"
    R"("database_connected":true,"broker_connected":false,"hosts":{"known":2,"online":1},)"
    R"("incidents_open":3,"queue_stats":{"depth":0,"limit":100},"journal_seq":9,"epoch":4})";

TEST_F(CommandsTest, Status_shows_the_parts_and_what_is_not_connected) {
    client_.answer("/health", kHealthy);

    EXPECT_EQ(show_status(client_, screen_), 0);

    EXPECT_NE(out_.str().find("2 known, 1 online"), std::string::npos) << out_.str();
    EXPECT_NE(out_.str().find("not connected"), std::string::npos);
}

TEST_F(CommandsTest, Status_fails_when_the_coordinator_is_unhealthy_or_away) {
    client_.answer("/health", R"({"v":1,"status":"unhealthy","reasons":["no_store: full"]})", 503);
    EXPECT_EQ(show_status(client_, screen_), 1);
    EXPECT_NE(out_.str().find("no_store: full"), std::string::npos);

    FakeClient nobody;
    EXPECT_EQ(show_status(nobody, screen_), 1);
    EXPECT_NE(err_.str().find("not reachable"), std::string::npos);
}

TEST_F(CommandsTest, Json_is_the_answer_as_it_came) {
    client_.answer("/health", kHealthy);
    screen_.json = true;

    show_status(client_, screen_);

    EXPECT_EQ(out_.str(), std::string{kHealthy} + "\n");
}

TEST_F(CommandsTest, Missing_credentials_are_explained) {
    client_.answer("/api/v1/hosts", R"({"detail":"no or wrong credentials"})", 401);

    EXPECT_EQ(show_hosts(client_, screen_), 1);

    EXPECT_NE(err_.str().find("--secrets"), std::string::npos) << err_.str();
}

TEST_F(CommandsTest, Something_else_on_the_port_is_told_apart_from_a_coordinator) {
    client_.answer("/health", "<html>hello</html>");
    client_.answer("/api/v1/hosts", "<html>hello</html>");

    EXPECT_EQ(show_status(client_, screen_), 1);
    EXPECT_EQ(show_hosts(client_, screen_), 1);

    EXPECT_NE(err_.str().find("is no coordinator"), std::string::npos);
}

TEST_F(CommandsTest, Tables_line_up_and_cannot_steer_the_terminal) {
    client_.answer("/api/v1/incidents?limit=50&state=open",
                   R"({"v":1,"items":[{"id":"01A","state":"acting","host":"nexus","attempts":1,)"
                   R"("opened_at":"2026-11-25T10:00:00.123Z","title":"evil\u001b[2Jtitle"}]})");

    EXPECT_EQ(show_incidents(client_, screen_, "open", 50), 0);

    EXPECT_EQ(out_.str().find('\x1b'), std::string::npos);
    EXPECT_NE(out_.str().find("evil?[2Jtitle"), std::string::npos) << out_.str();
    auto const head_end = out_.str().find('\n');
    EXPECT_EQ(out_.str().find("STATE"), out_.str().find("acting") - head_end - 1);
}

TEST_F(CommandsTest, Last_is_the_newest_incident) {
    client_.answer("/api/v1/incidents?limit=1", R"({"v":1,"items":[{"id":"01NEW"}]})");
    client_.answer("/api/v1/incidents/01NEW",
                   R"({"v":1,"incident":{"id":"01NEW","state":"resolved","title":"t"},)"
                   R"("timeline":[{"seq":1,"time":"2026-11-25T10:00:00.123Z","stage":"signal",)"
                   R"("host":"nexus","text":"ServiceDown fires","data":{}}]})");

    EXPECT_EQ(show_incident(client_, screen_, "last"), 0);

    EXPECT_NE(out_.str().find("10:00:00.123  signal     nexus: ServiceDown fires"),
              std::string::npos)
        << out_.str();
}

TEST_F(CommandsTest, Run_sends_a_line_and_its_exit_status_is_the_commands) {
    std::string const path = "/api/v1/hosts/nexus/commands";
    client_.answer(path, R"({"v":1,"id":"01C","result":{"id":"01C","state":"succeeded",)"
                         R"("code":"ok","detail":"","steps":[{"verb":"run","exit_code":0,)"
                         R"("took_ms":3,"output":"one\ntwo\u001b\n"}]}})");
    client_.answer(path, R"({"v":1,"id":"01C","result":{"id":"01C","state":"rejected",)"
                         R"("code":"not_allowed","detail":"policy says no","steps":[]}})");
    RunOptions options;
    options.host = "nexus";
    options.words = {"df", "-h"};

    EXPECT_EQ(run(client_, screen_, options), 0);
    EXPECT_EQ(client_.asked.back().body, R"({"line":"df -h","timeout_s":60,"wait_s":60})");
    EXPECT_NE(out_.str().find("  one\n  two?\n"), std::string::npos) << out_.str();
    EXPECT_EQ(run(client_, screen_, options), 1);
    EXPECT_NE(out_.str().find("rejected (not_allowed): policy says no"), std::string::npos);
}

TEST_F(CommandsTest, Run_sends_a_remedy_and_refuses_half_a_parameter) {
    client_.answer("/api/v1/hosts/nexus/commands", R"({"v":1,"id":"01C"})", 202);
    RunOptions options;
    options.host = "nexus";
    options.remedy = "restart_service";
    options.params = {"unit=a=b"};
    options.wait_s = 0;

    EXPECT_EQ(run(client_, screen_, options), 0);
    EXPECT_EQ(client_.asked.front().body,
              R"({"remedy":"restart_service","params":{"unit":"a=b"},"timeout_s":60,"wait_s":0})");
    options.params = {"unit"};
    EXPECT_EQ(run(client_, screen_, options), 1);
    options.words = {"true"};
    EXPECT_EQ(run(client_, screen_, options), 1);
    EXPECT_EQ(client_.asked.size(), 2u) << "the second asks whether it waits for an approver";
}

TEST_F(CommandsTest, A_command_that_did_not_end_in_time_is_no_success) {
    client_.answer("/api/v1/hosts/nexus/commands", R"({"v":1,"id":"01C"})", 202);
    RunOptions options;
    options.host = "nexus";
    options.words = {"true"};

    EXPECT_EQ(run(client_, screen_, options), 1);

    EXPECT_NE(out_.str().find("has not ended yet"), std::string::npos);
}

TEST_F(CommandsTest, Test_alert_sends_what_Alertmanager_would) {
    client_.answer("/webhook", R"({"v":1,"results":[{"fingerprint":"f","incident":"01I",)"
                               R"("result":"new_incident"}]})",
                   202);
    AlertOptions options;
    options.host = "nexus";
    options.service = "patient";
    options.labels = {"zone=attic"};

    EXPECT_EQ(test_alert(client_, screen_, options, base::WallTime{}), 0);

    EXPECT_EQ(client_.asked.back().body,
              R"({"version":"4","receiver":"tomte","status":"firing","alerts":[{"status":"firing",)"
              R"("labels":{"alertname":"ServiceDown","host":"nexus","service":"patient",)"
              R"("severity":"warning","zone":"attic"},)"
              R"("annotations":{"summary":"sent by tomte test-alert"},)"
              R"("startsAt":"1970-01-01T00:00:00.000Z","endsAt":"0001-01-01T00:00:00Z"}]})");
    EXPECT_NE(out_.str().find("new_incident  incident 01I"), std::string::npos);
}

std::string story(std::string const& state, std::string const& rows) {
    return R"({"v":1,"incident":{"id":"01I","state":")" + state + R"("},"timeline":[)" + rows +
           "]}";
}
constexpr char kFirst[] = R"({"seq":1,"time":"","stage":"signal","host":"","text":"one"})";
WatchOptions only_one() {
    WatchOptions options;
    options.incident = "01I";
    return options;
}
constexpr char kSecond[] = R"({"seq":2,"time":"","stage":"outcome","host":"","text":"two"})";

TEST_F(CommandsTest, Watch_prints_every_row_once_and_ends_with_its_incident) {
    std::string const path = "/api/v1/incidents/01I";
    client_.answer(path, story("acting", kFirst));
    client_.answer(path, story("resolved", std::string{kFirst} + "," + kSecond));
    Watch watching{client_, screen_, only_one()};

    EXPECT_FALSE(watching.look());
    EXPECT_TRUE(watching.look());

    EXPECT_EQ(watching.status(), 0);
    EXPECT_EQ(out_.str(), "-  signal     one\n-  outcome    two\n");
}

TEST_F(CommandsTest, Watch_prints_each_of_several_facts_of_one_journal_row) {
    std::string const path = "/api/v1/incidents/01I";
    std::string const other = R"({"seq":1,"time":"","stage":"plan","host":"","text":"more"})";
    client_.answer(path, story("acting", std::string{kFirst} + "," + other));
    client_.answer(path, story("resolved", std::string{kFirst} + "," + other));
    Watch watching{client_, screen_, only_one()};

    EXPECT_FALSE(watching.look());
    EXPECT_TRUE(watching.look());

    EXPECT_EQ(out_.str(), "-  signal     one\n-  plan       more\n");
}

TEST_F(CommandsTest, Watch_fails_when_its_incident_was_handed_over) {
    client_.answer("/api/v1/incidents/01I", story("escalated", kFirst));
    Watch watching{client_, screen_, only_one()};

    EXPECT_TRUE(watching.look());

    EXPECT_EQ(watching.status(), 1);
}

TEST_F(CommandsTest, Watch_leaves_out_what_had_ended_before_and_waits_for_a_coordinator_away) {
    std::string const list = "/api/v1/incidents?limit=50";
    std::string const old =
        R"({"id":"01OLD","state":"resolved","changed_at":"2026-11-25T09:59:59Z"})";
    client_.answer(list, R"({"items":[)" + old + "]}");
    client_.answer(list, R"({"items":[{"id":"01I","state":"resolved",)"
                         R"("changed_at":"2026-11-25T10:00:01Z"},)" +
                             old + "]}");
    client_.answer("/api/v1/incidents/01I", story("resolved", kFirst));
    WatchOptions options;
    options.since = base::parse_rfc3339("2026-11-25T10:00:00Z").value();
    Watch watching{client_, screen_, options};

    watching.look();
    watching.look();
    client_.answers.clear();
    watching.look();
    watching.look();
    client_.answer(list, R"({"items":[]})");
    watching.look();

    EXPECT_EQ(out_.str(), "-  signal     one\n");
    EXPECT_EQ(err_.str(), "tomte: not reachable\ntomte: the coordinator answers again\n");
}

TEST(Client, Says_where_it_looked_for_a_coordinator_that_is_not_there) {
    // Port 1 of loopback: nobody listens there, and nobody may without being root.
    auto const client = make_curl_client("http://127.0.0.1:1/", "");

    auto const answer = client->ask({.path = "/health"});

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, base::Code::unavailable);
    EXPECT_NE(answer.error().message.find("http://127.0.0.1:1: "), std::string::npos);
    EXPECT_NE(answer.error().message.find("is it running?"), std::string::npos);
}

TEST(Client, Escapes_what_a_path_cannot_hold) {
    EXPECT_EQ(path_segment("a/b?c d"), "a%2Fb%3Fc%20d");
}

TEST(Colours, Are_for_terminals_only) {
    std::ostringstream out;
    EXPECT_EQ(painted({out, out}, Paint::bad, "x"), "x");
    EXPECT_EQ(painted({out, out, false, true}, Paint::bad, "x"), "\x1b[31mx\x1b[0m");
}

}  // namespace
}  // namespace tomte
