#include "coordinator/adapters/prometheus_metrics.hpp"

#include <gtest/gtest.h>

namespace coordinator {
namespace {

domain::HostId const kNexus = domain::HostId::parse("nexus").value();

SignalsArrived arrived(std::string const& name, std::string const& severity = "critical") {
    SignalsArrived event;
    event.signals.emplace_back();
    event.signals.back().name = name;
    event.signals.back().severity = severity;
    event.signals.back().source = domain::SignalSource::alertmanager;
    return event;
}

bool has(std::string const& text, std::string const& line) {
    return text.find("\n" + line + "\n") != std::string::npos;
}

domain::Attempt attempt(std::optional<domain::Outcome> outcome) {
    domain::Attempt one{
        "incident", 1, "command",
        domain::Plan{{"restart_service", "", {}},
                     domain::Risk::reversible,
                     domain::PlanOrigin::catalogue,
                     kNexus,
                     {kNexus, domain::SubjectKind::service, "caddy"}},
        base::WallTime{}, std::nullopt, outcome, ""};
    if (outcome) one.ended_at = base::WallTime{base::Duration{7000}};
    return one;
}

TEST(Metrics, Counts_received_alerts_and_what_became_of_them) {
    PrometheusMetrics metrics{"1.2.3"};
    Effects effects;
    effects.list.push_back(Accepted{1, {{"f", "new_incident", "i", ""}}});

    metrics.committed(arrived("ContainerDown"), effects);
    metrics.committed(arrived("ContainerDown"), {});

    auto const text = metrics.text({});
    EXPECT_TRUE(has(text, R"(tomte_alerts_received_total{alert="ContainerDown",)"
                          R"(severity="critical",source="alertmanager"} 2)"))
        << text;
    EXPECT_TRUE(has(text, R"(tomte_alert_results_total{result="new_incident"} 1)"));
    EXPECT_TRUE(has(text, R"(tomte_events_total{type="signals_arrived"} 2)"));
    EXPECT_TRUE(has(text, R"(tomte_build_info{version="1.2.3"} 1)"));
}

// A sender that makes up names must not fill our memory or the scraper's.
TEST(Metrics, Bounds_labels_that_come_from_outside) {
    PrometheusMetrics metrics{"1"};
    for (int i = 0; i < 1000; ++i)
        metrics.committed(arrived("made up " + std::to_string(i), "sev" + std::to_string(i)), {});

    auto const text = metrics.text({});
    std::size_t series = 0;
    for (auto at = text.find("tomte_alerts_received_total{"); at != std::string::npos;
         at = text.find("tomte_alerts_received_total{", at + 1))
        ++series;
    EXPECT_EQ(series, 201u);
    EXPECT_TRUE(has(text, R"(tomte_alerts_received_total{alert="other",)"
                          R"(severity="other",source="alertmanager"} 800)"));
}

TEST(Metrics, Counts_an_incident_once_per_state_however_often_it_is_saved) {
    PrometheusMetrics metrics{"1"};
    Effects effects;
    domain::Incident incident;
    incident.id = "i";
    incident.state = domain::IncidentState::acting;
    effects.list = {SaveIncident{incident}, SaveIncident{incident}};
    incident.state = domain::IncidentState::resolved;
    effects.list.push_back(SaveIncident{incident});
    effects.list.push_back(SaveIncident{incident});  // a late resolve of its alert

    metrics.committed(TimerFired{}, effects);

    auto const text = metrics.text({});
    EXPECT_TRUE(has(text, R"(tomte_incident_states_total{state="acting"} 1)")) << text;
    EXPECT_TRUE(has(text, R"(tomte_incident_states_total{state="resolved"} 1)"));
}

TEST(Metrics, Brings_the_number_of_running_attempts_back_to_zero) {
    PrometheusMetrics metrics{"1"};
    Effects started, ended;
    started.list.push_back(SaveAttempt{attempt(std::nullopt)});
    ended.list.push_back(SaveAttempt{attempt(domain::Outcome::resolved)});

    metrics.committed(TimerFired{}, started);
    EXPECT_TRUE(has(metrics.text({}), "tomte_attempts_active 1"));
    metrics.committed(TimerFired{}, ended);

    auto const text = metrics.text({});
    EXPECT_TRUE(has(text, "tomte_attempts_active 0"));
    EXPECT_TRUE(has(
        text, R"(tomte_attempts_total{outcome="resolved",remedy="restart_service"} 1)"))
        << text;
    EXPECT_NE(text.find(R"(tomte_attempt_duration_seconds_sum{remedy="restart_service"} 7)"),
              std::string::npos);
}

TEST(Metrics, Shows_the_present_state_of_the_coordinator) {
    PrometheusMetrics metrics{"1"};
    StatusReport status;
    status.state = "degraded";
    status.database_connected = true;
    status.queue_depth = 7;

    auto const text = metrics.text(status);

    EXPECT_TRUE(has(text, R"(tomte_health{state="degraded"} 1)")) << text;
    EXPECT_TRUE(has(text, R"(tomte_health{state="healthy"} 0)"));
    EXPECT_TRUE(has(text, "tomte_database_connected 1"));
    EXPECT_TRUE(has(text, "tomte_broker_connected 0"));
    EXPECT_TRUE(has(text, "tomte_queue_depth 7"));
    EXPECT_TRUE(has(text, "tomte_journal_commit_failures_total 0"));
}

}  // namespace
}  // namespace coordinator
