// Private to the codecs: the fields of every struct the store keeps, named once for reading and
// writing. A name is a promise to all stores out there: add fields, never rename one.
#pragma once

#include "coordinator/adapters/row_archive.hpp"
#include "coordinator/core/effect.hpp"
#include "coordinator/core/tables.hpp"

namespace coordinator {

template <class A>
void fields(A& a, Of<A, domain::Subject>& x) {
    a("host", x.host);
    a("kind", x.kind);
    a("name", x.name);
}

template <class A>
void fields(A& a, Of<A, domain::Signal>& x) {
    a("fingerprint", x.fingerprint);
    a("source", x.source);
    a("firing", x.firing);
    a("name", x.name);
    a("severity", x.severity);
    a("labels", x.labels);
    a("annotations", x.annotations);
    a("subject", x.subject);
    a("starts_at", x.starts_at);
    a("ends_at", x.ends_at);
}

template <class A>
void fields(A& a, Of<A, domain::RemedyOrder>& x) {
    a("remedy", x.remedy);
    a("hash", x.hash);
    a("params", x.params);
}

template <class A>
void fields(A& a, Of<A, domain::LineOrder>& x) {
    a("line", x.line);
}

// Either a remedy or a line, told by the key that is there.
template <class A>
void order_field(A& a, Of<A, std::variant<domain::RemedyOrder, domain::LineOrder>>& x) {
    if constexpr (A::kWrites) {
        if (auto const* order = std::get_if<domain::RemedyOrder>(&x)) a("order", *order);
        if (auto const* order = std::get_if<domain::LineOrder>(&x)) a("line_order", *order);
    } else {
        if (a.has("line_order"))
            a("line_order", x.template emplace<domain::LineOrder>());
        else
            a("order", x.template emplace<domain::RemedyOrder>());
    }
}

template <class A>
void fields(A& a, Of<A, domain::Limits>& x) {
    a("timeout", x.timeout);
    a("output_bytes", x.output_bytes);
}

template <class A>
void fields(A& a, Of<A, domain::Command>& x) {
    a("id", x.id);
    a("host", x.host);
    a("incarnation", x.incarnation);
    a("epoch", x.epoch);
    a("session", x.session);
    a("counter", x.counter);
    a("issued_at", x.issued_at);
    a("expires_at", x.expires_at);
    a("incident", x.incident);
    a("attempt", x.attempt);
    a("actor", x.actor);
    a("reason", x.reason);
    order_field(a, x.order);
    a("limits", x.limits);
    a("approval", x.approval);
}

template <class A>
void fields(A& a, Of<A, domain::StepResult>& x) {
    a("verb", x.verb);
    a("exit_code", x.exit_code);
    a("output", x.output);
    a("output_total", x.output_total);
    a("took", x.took);
}

template <class A>
void fields(A& a, Of<A, domain::CommandResult>& x) {
    a("id", x.id);
    a("state", x.state);
    a("code", x.code);
    a("detail", x.detail);
    a("steps", x.steps);
    a("started_at", x.started_at);
    a("finished_at", x.finished_at);
}

template <class A>
void fields(A& a, Of<A, domain::Plan>& x) {
    a("order", x.remedy);
    a("risk", x.risk);
    a("origin", x.origin);
    a("host", x.host);
    a("subject", x.subject);
    a("timeout", x.timeout);
}

template <class A>
void fields(A& a, Of<A, domain::Attempt>& x) {
    a("incident", x.incident);
    a("number", x.number);
    a("command", x.command);
    a("plan", x.plan);
    a("started_at", x.started_at);
    a("ended_at", x.ended_at);
    a("outcome", x.outcome);
    a("detail", x.detail);
}

template <class A>
void fields(A& a, Of<A, domain::Incident>& x) {
    a("id", x.id);
    a("state", x.state);
    a("title", x.title);
    a("severity", x.severity);
    a("root", x.root);
    a("firing", x.firing);
    a("host", x.host);
    a("subject", x.subject);
    a("plan", x.plan);
    a("attempts", x.attempts);
    a("opened_at", x.opened_at);
    a("changed_at", x.changed_at);
    a("deadline", x.deadline);
    a("fixed_at", x.fixed_at);
    a("confirmed_at", x.confirmed_at);
    a("closed_at", x.closed_at);
    a("known_to_metrics", x.known_to_metrics);
    a("reason", x.reason);
}

template <class A>
void fields(A& a, Of<A, SignalRow>& x) {
    a("signal", x.signal);
    a("incident", x.incident);
    a("times", x.times);
    a("first_seen", x.first_seen);
    a("last_seen", x.last_seen);
}

template <class A>
void fields(A& a, Of<A, CommandRow>& x) {
    a("command", x.command);
    a("readonly", x.readonly);
    a("state", x.state);
    a("acknowledged", x.acknowledged);
    a("sends", x.sends);
    a("resend_at", x.resend_at);
    a("result", x.result);
    a("held", x.held);
    a("asked_until", x.asked_until);
    a("approved_until", x.approved_until);
    a("asked_why", x.asked_why);
}

template <class A>
void fields(A& a, Of<A, domain::Lease>& x) {
    a("host", x.host);
    a("rev", x.rev);
    a("incarnation", x.incarnation);
    a("remedies", x.remedies);
    a("per_hour", x.per_hour);
    a("lasts", x.lasts);
    a("expires_at", x.expires_at);
}

template <class A>
void fields(A& a, Of<A, HostRow>& x) {
    a("host", x.host);
    a("aliases", x.aliases);
    a("incarnation", x.incarnation);
    a("online", x.online);
    a("session", x.session);
    a("counter", x.counter);
    a("boot_id", x.boot_id);
    a("version", x.version);
    a("mode", x.mode);
    a("policy_digest", x.policy_digest);
    a("remedies_digest", x.remedies_digest);
    a("capabilities", x.capabilities);
    a("offers", x.offers);
    a("journal_through", x.journal_through);
    a("last_heard", x.last_heard);
    a("freeze_rev", x.freeze_rev);
    a("lease", x.lease);
    a("lease_held", x.lease_held);
    a("head_seq", x.head_seq);
    a("head_hash", x.head_hash);
    a("head_proof", x.head_proof);
}

template <class A>
void fields(A& a, Of<A, FreezeRow>& x) {
    a("rev", x.rev);
    a("frozen", x.frozen);
    a("reason", x.reason);
    a("actor", x.actor);
    a("jws", x.jws);
    a("at", x.at);
}

template <class A>
void fields(A& a, Of<A, Record>& x) {
    a("stage", x.stage);
    a("incident", x.incident);
    a("host", x.host);
    a("text", x.text);
    a("data", x.data);
}

}  // namespace coordinator
