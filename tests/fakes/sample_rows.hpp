// Rows with every field set to something that is not its default: what a codec forgets, shows.
#pragma once

#include "coordinator/core/tables.hpp"

namespace fakes {

inline domain::HostId host_id(std::string_view text = "nexus") {
    return domain::HostId::parse(text).value();
}

inline base::WallTime at(std::int64_t seconds) {
    return base::wall_from_unix_ms(1'790'000'000'000 + seconds * 1'000 + 7);
}

inline domain::Subject sample_subject() {
    return {host_id(), domain::SubjectKind::container, "ca/d\"dy"};
}

inline domain::Signal sample_signal(std::string fingerprint = "f1") {
    domain::Signal signal;
    signal.fingerprint = std::move(fingerprint);
    signal.source = domain::SignalSource::alertmanager;
    signal.firing = true;
    signal.name = "ContainerDown";
    signal.severity = "critical";
    signal.labels = {{"host", "nexus"}, {"'; DROP TABLE hosts;--", "ü\n"}};
    signal.annotations = {{"summary", "down"}};
    signal.subject = sample_subject();
    signal.starts_at = at(1);
    signal.ends_at = at(2);
    return signal;
}

inline domain::Plan sample_plan() {
    domain::Plan plan{{"restart_container", "abc", {{"container", "caddy"}}},
                      domain::Risk::risky,
                      domain::PlanOrigin::pattern,
                      host_id("pi"),
                      sample_subject(),
                      base::Duration{5'000}};
    return plan;
}

inline domain::Incident sample_incident(std::string id = "01J0000000000000000000000A") {
    domain::Incident incident;
    incident.id = std::move(id);
    incident.state = domain::IncidentState::acting;
    incident.title = "ContainerDown caddy on nexus";
    incident.severity = "critical";
    incident.root = "f1";
    incident.firing = {"f1", "f2"};
    incident.host = host_id();
    incident.subject = sample_subject();
    incident.plan = sample_plan();
    incident.attempts = 2;
    incident.opened_at = at(3);
    incident.changed_at = at(4);
    incident.deadline = at(5);
    incident.fixed_at = at(6);
    incident.confirmed_at = at(7);
    incident.known_to_metrics = false;
    incident.reason = "because";
    return incident;
}

inline domain::Attempt sample_attempt() {
    domain::Attempt attempt{"01J0000000000000000000000A",
                            2,
                            "01J0000000000000000000000C",
                            sample_plan(),
                            at(8),
                            at(9),
                            domain::Outcome::interrupted,
                            "detail"};
    return attempt;
}

inline domain::CommandResult sample_result() {
    domain::CommandResult result;
    result.id = "01J0000000000000000000000C";
    result.state = domain::CommandState::timed_out;
    result.code = domain::ResultCode::check_failed;
    result.detail = "no";
    result.steps = {{"container.restart", 3, "out\x1b", 99, base::Duration{12}}};
    result.started_at = at(10);
    result.finished_at = at(11);
    return result;
}

inline coordinator::CommandRow sample_command() {
    domain::Command command{"01J0000000000000000000000C",
                            host_id("pi"),
                            2,
                            5,
                            "session",
                            6,
                            at(12),
                            at(13),
                            "01J0000000000000000000000A",
                            2,
                            "coordinator",
                            "because",
                            domain::RemedyOrder{"restart_container", "abc", {{"a", "b"}}},
                            {base::Duration{9'000}, 77}};
    coordinator::CommandRow row{std::move(command),           true, domain::CommandState::running,
                                true, 4,    at(14), sample_result()};
    row.command.approval = "a.b.c";
    row.held = true;
    row.asked_until = at(21);
    row.approved_until = at(22);
    row.asked_why = "it is risky";
    return row;
}

inline coordinator::SignalRow sample_signal_row(std::string fingerprint = "f1") {
    coordinator::SignalRow row;
    row.signal = sample_signal(std::move(fingerprint));
    row.incident = "01J0000000000000000000000A";
    row.times = 3;
    row.first_seen = at(15);
    row.last_seen = at(16);
    return row;
}

inline coordinator::FreezeRow sample_freeze() {
    return {7, true, "hands off", "operator:admin", "a.b.c", at(18)};
}

inline coordinator::HostRow sample_host(std::string_view id = "nexus") {
    coordinator::HostRow row{host_id(id), {"nexus.local", "10.0.0.1:9100"},
                             2,           true,
                             "session",   9,
                             "boot",      "0.1",
                             "auto",      "p",
                             "r",         {"systemd"},
                             {"offer"},   44,
                             at(17),      5};
    row.head_seq = 7;
    row.head_hash = std::string(64, 'a');
    row.head_proof = "proof";
    return row;
}

}  // namespace fakes
