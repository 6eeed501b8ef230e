// No hand-made payload here: Prometheus measures, its rule fires, Alertmanager calls the webhook,
// the host heals, and Prometheus itself says that the alert is gone.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include "tests/system/places.hpp"

namespace system_test {
namespace {

using namespace farm;

// node_exporter as a scripted service: a real metric (its own `up`) to break.
std::string exporter_script(std::string const& folder, int port) {
    return fmt::format(R"sh(#!/bin/sh
# exporter start|stop|status
runs() {{ [ -s {0}/pid ] && kill -0 "$(cat {0}/pid)" 2>/dev/null; }}
case $1 in
  start)
    runs && exit 0
    prometheus-node-exporter --web.listen-address=127.0.0.1:{1} --collector.disable-defaults \
      </dev/null >{0}/log 2>&1 &
    echo $! >{0}/pid ;;
  stop) runs && kill "$(cat {0}/pid)"; rm -f {0}/pid ;;
  status) runs || exit 3 ;;
esac
)sh",
                       folder, port);
}

std::string prometheus_config(int exporter, int alertmanager, std::string const& rules) {
    return fmt::format(R"(
global: {{scrape_interval: 500ms, scrape_timeout: 400ms, evaluation_interval: 500ms}}
rule_files: ["{2}"]
scrape_configs:
  - job_name: exporter
    static_configs: [{{targets: ["127.0.0.1:{0}"]}}]
alerting:
  alertmanagers:
    - static_configs: [{{targets: ["127.0.0.1:{1}"]}}]
)",
                       exporter, alertmanager, rules);
}

constexpr char const* kRules = R"(
groups:
  - name: patients
    rules:
      - alert: ServiceDown
        expr: up{job="exporter"} == 0
        for: 1s
        labels: {host: nexus, service: exporter, severity: critical}
        annotations: {summary: "the exporter does not answer"}
)";

std::string alertmanager_config(std::string const& url, std::string const& password) {
    return fmt::format(R"(
route: {{receiver: tomte, group_wait: 1s, group_interval: 1s, repeat_interval: 1h}}
receivers:
  - name: tomte
    webhook_configs:
      - url: {}/webhook/alertmanager
        send_resolved: true
        http_config: {{basic_auth: {{username: alertmanager, password: "{}"}}}}
)",
                       url, password);
}

// A farm whose coordinator asks a real Prometheus, and is called by a real Alertmanager.
class Prometheus : public testing::Test {
  protected:
    void SetUp() override {
        std::string const folder = farm.folder();
        int const exporter_port = free_port(), alertmanager_port = free_port();
        write_text(script, exporter_script(farm.patient_folder(), exporter_port));
        ::chmod(script.c_str(), 0755);
        farm.replace("policy", "\"service/patient\"", "\"service/patient\", \"service/exporter\"");
        farm.append("policy", fmt::format("[scripts.exporter]\nstart = [\"{0}\", \"start\"]\n"
                                          "stop = [\"{0}\", \"stop\"]\n"
                                          "status = [\"{0}\", \"status\"]\n",
                                          script));
        farm.append("coordinator",
                    fmt::format("[metrics]\nprometheus_url = \"http://127.0.0.1:{}\"\n",
                                prometheus_port));
        farm.start();
        ASSERT_EQ(run({script, "start"}).exit_code, 0);
        write_text(folder + "/rules.yml", kRules);
        write_text(folder + "/prometheus.yml",
                   prometheus_config(exporter_port, alertmanager_port, folder + "/rules.yml"));
        write_text(folder + "/alertmanager.yml",
                   alertmanager_config(farm.url(), farm.secret("alertmanager_password")));
        alertmanager =
            Process({"prometheus-alertmanager", "--config.file=" + folder + "/alertmanager.yml",
                     "--storage.path=" + folder + "/alertmanager", "--cluster.listen-address=",
                     fmt::format("--web.listen-address=127.0.0.1:{}", alertmanager_port)},
                    folder + "/alertmanager.log");
        prometheus = Process({"prometheus", "--config.file=" + folder + "/prometheus.yml",
                              "--storage.tsdb.path=" + folder + "/prometheus",
                              fmt::format("--web.listen-address=127.0.0.1:{}", prometheus_port)},
                             folder + "/prometheus.log");
        ASSERT_TRUE(eventually([&] { return sees_exporter(); })) << prometheus.log();
    }

    void TearDown() override { run({script, "stop"}); }

    bool sees_exporter() {
        auto const query = fmt::format(
            "http://127.0.0.1:{}/api/v1/query?query=up%7Bjob%3D%22exporter%22%7D",
            prometheus_port);
        return http("GET", query, "").body.find("\"1\"]") != std::string::npos;
    }

    // Kills the exporter and waits for the incident that Alertmanager's webhook opens.
    std::string break_exporter() {
        auto const pid = std::atoi(read_text(farm.patient_folder() + "/pid").c_str());
        EXPECT_EQ(::kill(pid, SIGKILL), 0);
        EXPECT_TRUE(eventually([&] { return !farm.incident_ids().empty(); },
                               Milliseconds{40'000}))
            << prometheus.log() << alertmanager.log() << farm.logs();
        auto const ids = farm.incident_ids();
        return ids.empty() ? std::string{} : ids[0];
    }

    void expect_confirmed(std::string const& id) {
        EXPECT_TRUE(farm.incident_reaches(id, "resolved", Milliseconds{60'000}))
            << farm.get("/api/v1/incidents/" + id).body << farm.logs();
        EXPECT_EQ(run({script, "status"}).exit_code, 0);
        auto const story = farm.get("/api/v1/incidents/" + id).body;
        EXPECT_NE(story.find("\"fixed_at\":\"2"), std::string::npos) << story;
        EXPECT_NE(story.find("\"confirmed_at\":\"2"), std::string::npos) << story;
        EXPECT_EQ(farm.incident_ids().size(), 1u);
    }

    Farm farm{here()};
    std::string const script = farm.folder() + "/exporter";
    int const prometheus_port = free_port();
    Process alertmanager, prometheus;
};

TEST_F(Prometheus, Its_alert_leads_to_the_fix_and_its_silence_confirms_it) {
    auto const id = break_exporter();
    ASSERT_FALSE(id.empty());
    expect_confirmed(id);
}

TEST_F(Prometheus, A_coordinator_killed_while_it_waits_for_the_silence_still_hears_it) {
    auto const id = break_exporter();
    ASSERT_FALSE(id.empty());
    ASSERT_TRUE(farm.incident_reaches(id, "confirming")) << farm.incident_state(id);
    farm.coordinator.kill(SIGKILL);
    farm.start_coordinator();
    expect_confirmed(id);
}

}  // namespace
}  // namespace system_test
