#include "coordinator/adapters/http/api_json.hpp"

#include "common/domain/subject.hpp"

namespace coordinator::http {
namespace {

using base::json::Writer;

void time_member(Writer& out, std::string_view name, std::optional<base::WallTime> time) {
    out.key(name);
    if (time)
        out.value(base::to_rfc3339(*time));
    else
        out.null();
}

void map_member(Writer& out, std::string_view name, std::map<std::string, std::string> const& map) {
    out.key(name).begin_object();
    for (auto const& [key, value] : map) out.member(key, value);
    out.end_object();
}

void list_member(Writer& out, std::string_view name, std::vector<std::string> const& list) {
    out.key(name).begin_array();
    for (auto const& word : list) out.value(word);
    out.end_array();
}

void write_plan(Writer& out, domain::Plan const& plan) {
    out.begin_object()
        .member("remedy", plan.remedy.remedy)
        .member("hash", plan.remedy.hash)
        .member("risk", domain::to_string(plan.risk))
        .member("origin", domain::to_string(plan.origin))
        .member("host", plan.host.text())
        .member("subject", domain::to_text(plan.subject));
    map_member(out, "params", plan.remedy.params);
    out.end_object();
}

void write_attempt(Writer& out, domain::Attempt const& attempt) {
    out.begin_object().member("number", attempt.number).member("command", attempt.command);
    out.key("plan");
    write_plan(out, attempt.plan);
    time_member(out, "started_at", attempt.started_at);
    time_member(out, "ended_at", attempt.ended_at);
    out.key("outcome");
    if (attempt.outcome)
        out.value(domain::to_string(*attempt.outcome));
    else
        out.null();
    out.member("detail", attempt.detail).end_object();
}

void write_signal(Writer& out, SignalRow const& row) {
    auto const& signal = row.signal;
    out.begin_object()
        .member("fingerprint", signal.fingerprint)
        .member("source", domain::to_string(signal.source))
        .member("name", signal.name)
        .member("severity", signal.severity)
        .member("firing", signal.firing)
        .member("times", row.times);
    time_member(out, "starts_at", signal.starts_at);
    time_member(out, "ends_at", signal.ends_at);
    time_member(out, "first_seen", row.first_seen);
    time_member(out, "last_seen", row.last_seen);
    map_member(out, "labels", signal.labels);
    map_member(out, "annotations", signal.annotations);
    out.end_object();
}

void write_timeline_row(Writer& out, TimelineRow const& row) {
    out.begin_object().member("seq", row.seq);
    time_member(out, "time", row.time);
    out.member("stage", row.stage).member("host", row.host).member("text", row.text);
    map_member(out, "data", row.data);
    out.end_object();
}

void write_order(Writer& out, domain::Command const& command) {
    if (auto const* line = std::get_if<domain::LineOrder>(&command.order)) {
        out.member("line", line->line);
        return;
    }
    auto const& remedy = std::get<domain::RemedyOrder>(command.order);
    out.member("remedy", remedy.remedy).member("remedy_hash", remedy.hash);
    map_member(out, "params", remedy.params);
}

void write_incident_members(Writer& out, domain::Incident const& incident) {
    bool const ended =
        domain::is_final(incident.state) || incident.state == domain::IncidentState::escalated;
    out.member("id", incident.id)
        .member("state", domain::to_string(incident.state))
        .member("title", incident.title)
        .member("severity", incident.severity)
        .member("root", incident.root);
    out.key("host");
    incident.host ? out.value(incident.host->text()) : out.null();
    out.key("subject");
    incident.subject ? out.value(domain::to_text(*incident.subject)) : out.null();
    out.key("outcome");
    ended ? out.value(domain::to_string(incident.state)) : out.null();
    out.member("attempts", incident.attempts).member("reason", incident.reason);
    time_member(out, "opened_at", incident.opened_at);
    time_member(out, "changed_at", incident.changed_at);
    time_member(out, "deadline", incident.deadline);
    time_member(out, "fixed_at", incident.fixed_at);
    time_member(out, "confirmed_at", incident.confirmed_at);
    time_member(out, "closed_at", incident.closed_at);
    out.key("known_to_metrics");
    incident.known_to_metrics ? out.value(*incident.known_to_metrics) : out.null();
    list_member(out, "firing", incident.firing);
    out.key("plan");
    if (incident.plan)
        write_plan(out, *incident.plan);
    else
        out.null();
}

template <class T, class F>
void items(Writer& out, std::string_view name, std::vector<T> const& list, F const& write_item) {
    out.key(name).begin_array();
    for (auto const& item : list) write_item(out, item);
    out.end_array();
}

}  // namespace

void write(Writer& out, domain::Incident const& incident) {
    out.begin_object();
    write_incident_members(out, incident);
    out.end_object();
}

void write(Writer& out, HostRow const& host) {
    out.begin_object()
        .member("id", host.host.text())
        .member("online", host.online)
        .member("mode", host.mode)
        .member("version", host.version)
        .member("boot_id", host.boot_id)
        .member("incarnation", host.incarnation)
        .member("policy_digest", host.policy_digest)
        .member("remedies_digest", host.remedies_digest)
        .member("journal_through", host.journal_through)
        .member("freeze_rev", host.freeze_rev);
    time_member(out, "last_seen", host.last_heard);
    if (host.lease) {
        auto const& lease = *host.lease;
        out.key("lease").begin_object().member("rev", std::to_string(lease.rev));
        out.member("held", host.lease_held == lease.rev).member("per_hour", lease.per_hour);
        out.member("for_s", std::int64_t{lease.lasts.count() / 1000});
        out.member("expires_at", base::to_rfc3339(lease.expires_at));
        list_member(out, "remedies", lease.remedies);
        out.end_object();
    }
    list_member(out, "aliases", host.aliases);
    list_member(out, "capabilities", host.capabilities);
    list_member(out, "offers", host.offers);
    out.end_object();
}

void write(Writer& out, domain::CommandResult const& result) {
    out.begin_object()
        .member("id", result.id)
        .member("state", domain::to_string(result.state))
        .member("code", domain::to_string(result.code))
        .member("detail", result.detail);
    time_member(out, "started_at", result.started_at);
    time_member(out, "finished_at", result.finished_at);
    items(out, "steps", result.steps, [](Writer& w, domain::StepResult const& step) {
        w.begin_object()
            .member("verb", step.verb)
            .member("exit_code", step.exit_code)
            .member("took_ms", std::int64_t{step.took.count()})
            .member("output", step.output)
            .member("output_total", step.output_total)
            .end_object();
    });
    out.end_object();
}

void write(Writer& out, CommandRow const& row) {
    auto const& command = row.command;
    out.begin_object()
        .member("id", command.id)
        .member("host", command.host.text())
        .member("incident", command.incident)
        .member("attempt", command.attempt)
        .member("actor", command.actor)
        .member("reason", command.reason);
    write_order(out, command);
    out.member("readonly", row.readonly)
        .member("state", domain::to_string(row.state))
        .member("acknowledged", row.acknowledged)
        .member("sends", row.sends);
    if (row.asked_until) time_member(out, "asked_until", row.asked_until);
    time_member(out, "issued_at", command.issued_at);
    time_member(out, "expires_at", command.expires_at);
    out.key("result");
    if (row.result)
        write(out, *row.result);
    else
        out.null();
    out.end_object();
}

std::string incidents_json(std::vector<domain::Incident> const& incidents) {
    Writer out;
    out.begin_object().member("v", 1);
    items(out, "items", incidents, [](Writer& w, auto const& incident) { write(w, incident); });
    out.end_object();
    return out.take();
}

std::string incident_json(IncidentDetail const& detail) {
    Writer out;
    out.begin_object().member("v", 1).key("incident");
    write(out, detail.incident);
    items(out, "attempts", detail.attempts, write_attempt);
    items(out, "commands", detail.commands, [](Writer& w, auto const& row) { write(w, row); });
    items(out, "signals", detail.signals, write_signal);
    items(out, "timeline", detail.timeline, write_timeline_row);
    out.end_object();
    return out.take();
}

std::string hosts_json(std::vector<HostRow> const& hosts) {
    Writer out;
    out.begin_object().member("v", 1);
    items(out, "items", hosts, [](Writer& w, auto const& host) { write(w, host); });
    out.end_object();
    return out.take();
}

std::string telemetry_json(std::string_view host, std::vector<TelemetrySeries> const& series,
                           bool with_points) {
    Writer out;
    out.begin_object().member("v", 1).member("host", host);
    items(out, "items", series, [&](Writer& w, TelemetrySeries const& one) {
        w.begin_object().member("group", one.group).member("metric", one.metric);
        time_member(w, "time", one.last.time);
        w.member("value", one.last.value);
        if (with_points) {
            // Pairs of milliseconds since 1970 and value: a day of them is a long list.
            w.key("points").begin_array();
            for (auto const& point : one.points)
                w.begin_array().value(base::unix_ms(point.time)).value(point.value).end_array();
            w.end_array();
        }
        w.end_object();
    });
    out.end_object();
    return out.take();
}

std::string health_json(StatusReport const& status) {
    Writer out;
    out.begin_object().member("v", 1).member("status", status.state);
    list_member(out, "reasons", status.reasons);
    out.member("version", status.version);
    time_member(out, "timestamp", status.time);
    time_member(out, "started_at", status.started_at);
    out.member("epoch", status.epoch)
        .member("database_connected", status.database_connected)
        .member("broker_connected", status.broker_connected)
        .member("maintenance_mode", status.maintenance_mode);
    out.key("queue_stats")
        .begin_object()
        .member("depth", status.queue_depth)
        .member("limit", status.queue_limit)
        .end_object();
    out.key("hosts")
        .begin_object()
        .member("known", status.hosts_known)
        .member("online", status.hosts_online)
        .end_object();
    out.member("incidents_open", status.incidents_open)
        .member("journal_seq", status.journal_seq)
        .end_object();
    return out.take();
}

}  // namespace coordinator::http
