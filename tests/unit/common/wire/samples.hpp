// One message of each kind with every field set, for round trips, refusals and the golden files.
// Changing a value here makes the golden files of past releases differ: add, do not change.
#pragma once

#include "common/wire/codec.hpp"
#include "common/wire/messages.hpp"

namespace samples {

inline constexpr auto kId = "01J9ZQ5Y3V8WXKJ4M6T7R8P9QA";
inline constexpr auto kIncident = "01J9ZQ5Y3V8WXKJ4M6T7R8P9QB";
inline std::string digest(char c) { return std::string(64, c); }
inline domain::HostId host() { return *domain::HostId::parse("nexus"); }
inline base::WallTime time(std::int64_t ms = 0) {
    return base::wall_from_unix_ms(1'790'000'000'123 + ms);
}

inline domain::Command command() {
    return {.id = kId,
            .host = host(),
            .incarnation = 2,
            .epoch = 7,
            .session = "3fb2c09e1a",
            .counter = 12,
            .issued_at = time(),
            .expires_at = time(60'000),
            .incident = kIncident,
            .attempt = 1,
            .actor = "coordinator",
            .reason = "ServiceDown caddy on nexus",
            .order = domain::RemedyOrder{"restart_service", digest('a'), {{"service", "caddy"}}},
            .limits = {std::chrono::milliseconds{90'500}, 16'384}};
}

inline domain::Command line_command() {
    auto command = samples::command();
    command.incident.clear();
    command.attempt = 0;
    command.actor = "operator:api";
    command.order = domain::LineOrder{"systemctl status \"caddy\""};
    return command;
}

inline wire::Approval approval() {
    return {.id = kId,
            .host = host(),
            .plan_hash = digest('d'),
            .expires_at = time(600'000),
            .approved = true,
            .actor = "operator:anna",
            .reason = "seen \u00e9"};
}

inline domain::CommandResult result() {
    return {.id = kId,
            .state = domain::CommandState::failed,
            .code = domain::ResultCode::check_failed,
            .detail = "caddy did not become active",
            .steps = {{.verb = "service.restart",
                       .exit_code = -9,
                       .output = "line 1\nd\xC3\xA9j\xC3\xA0 \"vu\"\t\x1B[0m",
                       .output_total = 70'000,
                       .took = std::chrono::milliseconds{1'234}}},
            .started_at = time(100),
            .finished_at = time(2'000)};
}

inline domain::Signal signal() {
    return {.fingerprint = "9f2d3a1c",
            .source = domain::SignalSource::probe,
            .firing = false,
            .name = "ServiceDown",
            .severity = "critical",
            .labels = {{"host", "nexus"}, {"service", "caddy"}},
            .annotations = {{"summary", "caddy is down"}},
            .subject = domain::Subject{host(), domain::SubjectKind::service, "caddy"},
            .starts_at = time(),
            .ends_at = time(30'000)};
}

inline domain::Remedy remedy() {
    domain::Step const step{"service.restart", {{"unit", "{service}"}}, std::chrono::seconds{30}};
    domain::Step const ask{"service.state",
                           {{"unit", "{service}"}, {"is", "active"}},
                           std::chrono::milliseconds{2'500}};
    return {.v = 1,
            .name = "restart_service",
            .title = "Restart a service",
            .risk = domain::Risk::reversible,
            .answers = {{"ServiceDown", {{"job", "node"}}}},
            .subject_kind = domain::SubjectKind::service,
            .subject_param = "service",
            .params = {{"service", domain::ParamType::unit, {"service", "name"}, std::nullopt},
                       {"grace", domain::ParamType::duration, {}, "5s"}},
            .preconditions = {ask},
            .steps = {step},
            .check = domain::Check{ask, std::chrono::seconds{30}, std::chrono::milliseconds{500}},
            .undo = {step},
            .timeout = std::chrono::minutes{5},
            .hash = digest('b')};
}

inline wire::Cancel cancel() {
    return {.id = kId,
            .host = host(),
            .epoch = 7,
            .session = "3fb2c09e1a",
            .counter = 13,
            .reason = "withdrawn"};
}

inline wire::Birth birth() {
    return {.host = host(),
            .session = "3fb2c09e1a",
            .boot_id = "0e1f7f3c-6d0d-4b36-9d6e-0e9c4d6f1c11",
            .version = "0.1.0",
            .wire_min = 1,
            .wire_max = 1,
            .arch = "x86_64",
            .capabilities = {"systemd", "docker"},
            .offers = {"restart-caddy"},
            .mode = "auto",
            .policy_digest = digest('c'),
            .remedies_digest = digest('d'),
            .journal_first = 3,
            .journal_last = 9,
            .metric_groups = {"cpu", "mem"}};
}

inline wire::Welcome welcome() {
    return {.host = host(),
            .session = "3fb2c09e1a",
            .time = time(),
            .epoch = 7,
            .incarnation = 2,
            .wire_version = 1,
            .remedies_digest = digest('d')};
}

inline wire::AgentHeartbeat agent_heartbeat() {
    return {.host = host(),
            .sequence = 5,
            .uptime_ms = 50'000,
            .cpu_percent = 0.25,
            .rss_bytes = 8'400'000,
            .written_bytes = 1'024,
            .queue_depth = 2,
            .mode = "ask"};
}

inline wire::CoordinatorHeartbeat coordinator_heartbeat() {
    return {.site = "home", .time = time(), .epoch = 7, .no_store = true};
}

inline domain::Lease lease() {
    return {.host = host(),
            .rev = 3,
            .incarnation = 1,
            .remedies = {"restart_service", "start_container"},
            .per_hour = 4,
            .lasts = std::chrono::hours{24 * 7},
            .expires_at = time()};
}

inline domain::LocalFix local_fix() {
    auto told = result();
    told.id = "lease-3fb2c09e1a-1";
    return {.result = told,
            .fingerprint = "00112233aabbccdd",
            .order = {"restart_service", digest('b'), {{"unit", "nginx.service"}}}};
}

inline wire::CoordinatorStatus coordinator_status() {
    return {.site = "home",
            .time = time(),
            .epoch = 7,
            .state = "degraded",
            .reasons = {"broker: connection lost"}};
}

inline wire::Ack ack() {
    return {.host = host(),
            .id = kId,
            .session = "3fb2c09e1a",
            .state = domain::CommandState::rejected,
            .code = domain::ResultCode::not_allowed,
            .detail = "the policy does not name it"};
}

inline wire::Telemetry telemetry() {
    return {.host = host(),
            .time = time(),
            .group = {"cpu", {{"used_percent", 12.5}, {"load1", 0.1}, {"count", 4}}}};
}

inline wire::JournalBatch batch() {
    return {.host = host(),
            .records = {{1, 3, time(), true, signal()},
                        {1, 4, time(1), false, result()},
                        {1, 9, time(2), true,
                         wire::NoteRecord{"refused_delivery", "a retained command"}}}};
}

inline wire::JournalAck journal_ack() { return {.host = host(), .through_seq = 9}; }

inline wire::RemediesDocument remedies() {
    auto plain = remedy();
    plain.name = "probe_service";
    plain.check.reset();
    plain.hash.clear();
    return {.rev = 4, .remedies = {remedy(), plain}};
}

inline wire::Reported reported() {
    return {.document = "remedies",
            .rev = 4,
            .digest = digest('d'),
            .applied = false,
            .reason = "older than what is here"};
}

inline wire::Freeze freeze() {
    return {.site = "home",
            .rev = 2,
            .frozen = true,
            .reason = "moving house",
            .actor = "operator:cli"};
}

}  // namespace samples
