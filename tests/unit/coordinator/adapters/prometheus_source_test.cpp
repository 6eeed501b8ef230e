#include <gtest/gtest.h>

#include <mutex>

#include "coordinator/adapters/prometheus_source.hpp"
#include "tests/fakes/eventually.hpp"
#include "tests/fakes/http_answerer.hpp"

namespace {

using coordinator::MetricsAnswer;

domain::Signal signal(std::string name, domain::Labels labels) {
    domain::Signal signal;
    signal.name = std::move(name);
    signal.labels = std::move(labels);
    return signal;
}

std::string rules(std::string const& alerts, std::string const& health = "ok") {
    return R"({"status":"success","data":{"groups":[{"name":"g","file":"f","rules":[)"
           R"({"name":"ServiceDown","query":"up == 0","health":")" +
           health + R"(","type":"alerting","alerts":[)" + alerts + R"(]}]}]}})";
}

std::string alert(std::string const& state, std::string const& service) {
    return R"({"labels":{"alertname":"ServiceDown","service":")" + service +
           R"("},"annotations":{},"state":")" + state + R"(","activeAt":"","value":"1e+00"})";
}

auto const kSignal = signal("ServiceDown", {{"alertname", "ServiceDown"},
                                            {"service", "patient"},
                                            {"monitor", "an external label"}});

TEST(PrometheusRules, Tell_whether_the_alert_is_held) {
    struct Row {
        char const* why;
        std::string body;
        MetricsAnswer answer;
    };
    for (auto const& row : std::vector<Row>{
             {"it fires", rules(alert("firing", "patient")), MetricsAnswer::firing},
             {"it is about to fire again", rules(alert("pending", "patient")),
              MetricsAnswer::firing},
             {"another service's alert", rules(alert("firing", "other")), MetricsAnswer::clear},
             {"one of several", rules(alert("firing", "other") + "," + alert("firing", "patient")),
              MetricsAnswer::firing},
             {"none", rules(""), MetricsAnswer::clear},
             {"the rule cannot be evaluated", rules("", "err"), MetricsAnswer::away}}) {
        auto answer = coordinator::judge_rules(row.body, kSignal);
        ASSERT_TRUE(answer) << row.why;
        EXPECT_EQ(*answer, row.answer) << row.why;
    }
}

TEST(PrometheusRules, Say_nothing_about_an_alert_they_do_not_know) {
    auto answer = coordinator::judge_rules(rules(""), signal("HomeMade", {}));
    ASSERT_TRUE(answer);
    EXPECT_EQ(*answer, MetricsAnswer::unknown);
}

TEST(PrometheusRules, Are_refused_when_they_are_something_else) {
    for (auto body : {"", "{}", "[]", "<html>", R"({"status":"error"})",
                      R"({"status":"success","data":{}})", R"({"status":"success","data":[1]})"})
        EXPECT_FALSE(coordinator::judge_rules(body, kSignal)) << body;
}

class Answers {
  public:
    std::function<void(coordinator::Event)> post() {
        return [this](coordinator::Event event) {
            std::lock_guard lock(mutex_);
            all_.push_back(std::get<coordinator::MetricsAnswered>(event));
        };
    }
    std::vector<coordinator::MetricsAnswered> all() {
        std::lock_guard lock(mutex_);
        return all_;
    }

  private:
    std::mutex mutex_;
    std::vector<coordinator::MetricsAnswered> all_;
};

TEST(PrometheusSource, Asks_and_answers_every_question) {
    fakes::HttpAnswerer server({{200, rules(alert("firing", "patient"))}});
    Answers answers;
    coordinator::PrometheusSource source({server.url() + "/"}, answers.post());
    source.ask("one", kSignal);
    source.ask("two", signal("HomeMade", {}));
    ASSERT_TRUE(fakes::eventually([&] { return answers.all().size() == 2; }));
    EXPECT_EQ(answers.all()[0], (coordinator::MetricsAnswered{"one", MetricsAnswer::firing}));
    EXPECT_EQ(answers.all()[1], (coordinator::MetricsAnswered{"two", MetricsAnswer::unknown}));
    EXPECT_TRUE(server.requests()[0].starts_with("GET /api/v1/rules?type=alert HTTP/1.1\r\n"));
}

TEST(PrometheusSource, Is_away_when_it_refuses_talks_nonsense_or_is_not_there) {
    std::string gone;
    {
        fakes::HttpAnswerer server({{503, rules("")}, {200, "no JSON"}});
        gone = server.url();
        Answers answers;
        coordinator::PrometheusSource source({server.url()}, answers.post());
        for (std::size_t i = 0; i < 2; ++i) {
            source.ask("i", kSignal);
            ASSERT_TRUE(fakes::eventually([&] { return answers.all().size() == i + 1; }));
            EXPECT_EQ(answers.all()[i].answer, MetricsAnswer::away);
        }
    }
    Answers answers;
    coordinator::PrometheusSource source({gone}, answers.post());
    source.ask("i", kSignal);
    ASSERT_TRUE(fakes::eventually([&] { return answers.all().size() == 1; }));
    EXPECT_EQ(answers.all()[0].answer, MetricsAnswer::away);
}

TEST(PrometheusSource, Is_away_rather_than_growing_without_bound) {
    Answers answers;
    coordinator::PrometheusSource source({.url = "http://127.0.0.1:1", .queue_max = 0},
                                         answers.post());
    source.ask("i", kSignal);
    EXPECT_EQ(answers.all(), (std::vector{coordinator::MetricsAnswered{"i", MetricsAnswer::away}}));
}

}  // namespace
