#include "coordinator/adapters/event_codec.hpp"

#include <array>
#include <utility>

#include "coordinator/adapters/row_fields.hpp"

namespace coordinator {

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"  // only the host has no default
template <>
JournalArrived blank() {
    return {.host = blank<domain::HostId>()};
}
template <>
HostBorn blank() {
    return {.host = blank<domain::HostId>()};
}
template <>
HostAvailability blank() {
    return {.host = blank<domain::HostId>()};
}
template <>
HostBeat blank() {
    return {.host = blank<domain::HostId>()};
}
template <>
CommandAcknowledged blank() {
    return {.host = blank<domain::HostId>()};
}
template <>
HostHead blank() {
    return {.host = blank<domain::HostId>()};
}
template <>
DocumentReported blank() {
    return {.host = blank<domain::HostId>()};
}
template <>
HostEnrolled blank() {
    return {.host = blank<domain::HostId>()};
}
template <>
HostRevoked blank() {
    return {.host = blank<domain::HostId>()};
}
#pragma GCC diagnostic pop

namespace {

constexpr base::json::Limits kEventLimits{.bytes_max = 16 * 1024 * 1024, .depth_max = 16};

// In the order of the variant.
constexpr std::array<std::string_view, std::variant_size_v<Event>> kKinds{
    "started",           "signals_arrived",      "journal_arrived",   "host_born",
    "host_availability", "host_beat",            "command_acknowledged", "document_reported",
    "command_ordered",   "metrics_answered",     "advisor_answered",  "advisor_failed",
    "timer_fired",       "freeze_ordered",       "lease_ordered",     "host_enrolled",
    "host_revoked",      "host_head",         "approval_arrived"};

}  // namespace

template <class A>
void fields(A& a, Of<A, Started>& x) {
    a("epoch", x.epoch);
}

template <class A>
void fields(A& a, Of<A, SignalsArrived>& x) {
    a("ticket", x.ticket);
    a("signals", x.signals);
}

template <class A>
void fields(A& a, Of<A, HostNote>& x) {
    a("kind", x.kind);
    a("text", x.text);
}

template <class A>
void fields(A& a, Of<A, domain::LocalFix>& x) {
    a("result", x.result);
    a("fingerprint", x.fingerprint);
    a("order", x.order);
}

// The body's type is told by the key that is there.
template <class A>
void fields(A& a, Of<A, HostRecord>& x) {
    a("seq", x.seq);
    a("time", x.time);
    if constexpr (A::kWrites) {
        if (auto const* signal = std::get_if<domain::Signal>(&x.body)) a("signal", *signal);
        if (auto const* result = std::get_if<domain::CommandResult>(&x.body)) a("result", *result);
        if (auto const* note = std::get_if<HostNote>(&x.body)) a("note", *note);
        if (auto const* fix = std::get_if<domain::LocalFix>(&x.body)) a("local_fix", *fix);
    } else {
        if (a.has("signal"))
            a("signal", x.body.template emplace<domain::Signal>());
        else if (a.has("result"))
            a("result", x.body.template emplace<domain::CommandResult>());
        else if (a.has("local_fix"))
            a("local_fix", x.body.template emplace<domain::LocalFix>());
        else
            a("note", x.body.template emplace<HostNote>());
    }
}

template <class A>
void fields(A& a, Of<A, JournalArrived>& x) {
    a("host", x.host);
    a("records", x.records);
}

template <class A>
void fields(A& a, Of<A, HostBorn>& x) {
    a("host", x.host);
    a("session", x.session);
    a("boot_id", x.boot_id);
    a("version", x.version);
    a("mode", x.mode);
    a("policy_digest", x.policy_digest);
    a("remedies_digest", x.remedies_digest);
    a("capabilities", x.capabilities);
    a("offers", x.offers);
    a("journal_first", x.journal_first);
    a("journal_last", x.journal_last);
}

template <class A>
void fields(A& a, Of<A, HostAvailability>& x) {
    a("host", x.host);
    a("online", x.online);
}

template <class A>
void fields(A& a, Of<A, HostBeat>& x) {
    a("host", x.host);
}

template <class A>
void fields(A& a, Of<A, CommandAcknowledged>& x) {
    a("host", x.host);
    a("id", x.id);
    a("state", x.state);
    a("code", x.code);
    a("detail", x.detail);
}

template <class A>
void fields(A& a, Of<A, DocumentReported>& x) {
    a("host", x.host);
    a("document", x.document);
    a("rev", x.rev);
    a("digest", x.digest);
    a("applied", x.applied);
    a("reason", x.reason);
}

template <class A>
void fields(A& a, Of<A, HostHead>& x) {
    a("host", x.host);
    a("seq", x.seq);
    a("hash", x.hash);
    a("proof", x.proof);
}

template <class A>
void fields(A& a, Of<A, CommandOrdered>& x) {
    a("ticket", x.ticket);
    a("host", x.host);
    order_field(a, x.order);
    a("readonly", x.readonly);
    a("actor", x.actor);
    a("reason", x.reason);
    a("timeout", x.timeout);
    a("risky", x.risky);
}

template <class A>
void fields(A& a, Of<A, MetricsAnswered>& x) {
    a("incident", x.incident);
    a("answer", x.answer);
}

template <class A>
void fields(A& a, Of<A, AdvisorAnswered>& x) {
    a("incident", x.incident);
    a("choice", x.choice);
    a("reasoning", x.reasoning);
}

template <class A>
void fields(A& a, Of<A, AdvisorFailed>& x) {
    a("incident", x.incident);
    a("reason", x.reason);
}

template <class A>
void fields(A&, Of<A, TimerFired>&) {}

template <class A>
void fields(A& a, Of<A, ApprovalArrived>& x) {
    a("ticket", x.ticket);
    a("id", x.id);
    a("host", x.host);
    a("plan_hash", x.plan_hash);
    a("expires_at", x.expires_at);
    a("approved", x.approved);
    a("actor", x.actor);
    a("reason", x.reason);
    a("key_id", x.key_id);
    a("jws", x.jws);
}

template <class A>
void fields(A& a, Of<A, FreezeOrdered>& x) {
    a("ticket", x.ticket);
    a("rev", x.rev);
    a("frozen", x.frozen);
    a("reason", x.reason);
    a("actor", x.actor);
    a("jws", x.jws);
}

template <class A>
void fields(A& a, Of<A, LeaseOrdered>& x) {
    a("ticket", x.ticket);
    a("host", x.host);
    a("remedies", x.remedies);
    a("per_hour", x.per_hour);
    a("lasts", x.lasts);
    a("actor", x.actor);
}

template <class A>
void fields(A& a, Of<A, HostEnrolled>& x) {
    a("host", x.host);
    a("incarnation", x.incarnation);
    a("aliases", x.aliases);
}

template <class A>
void fields(A& a, Of<A, HostRevoked>& x) {
    a("host", x.host);
}

namespace {

template <std::size_t I>
base::Result<Event> decode_as(base::json::Value root) {
    RowReader archive{root};
    auto event = blank<std::variant_alternative_t<I, Event>>();
    fields(archive, event);
    if (!archive.good())
        return base::fail(base::Code::corrupt, std::string{kKinds[I]} + " with a wrong '" +
                                                   archive.wrong() + "'");
    return Event{std::move(event)};
}

using Decoder = base::Result<Event> (*)(base::json::Value);

template <std::size_t... I>
constexpr std::array<Decoder, sizeof...(I)> decoders(std::index_sequence<I...>) {
    return {&decode_as<I>...};
}

}  // namespace

std::string_view event_kind(Event const& event) { return kKinds[event.index()]; }

std::string encode_event(Event const& event) {
    base::json::Writer writer;
    RowWriter archive{writer};
    writer.begin_object().member("v", kEventVersion);
    std::visit([&](auto const& which) { fields(archive, which); }, event);
    writer.end_object();
    return writer.take();
}

base::Result<Event> decode_event(std::string_view kind, std::string_view body) {
    static constexpr auto kDecoders = decoders(std::make_index_sequence<kKinds.size()>{});
    auto const document = base::json::Document::parse(body, kEventLimits);
    if (!document) return base::fail(base::Code::corrupt, document.error().message);
    auto const version = document->root()["v"].integer();
    if (!version || *version < 1 || *version > kEventVersion)
        return base::fail(base::Code::corrupt, "an event of a version this program does not know");
    for (std::size_t i = 0; i < kKinds.size(); ++i)
        if (kKinds[i] == kind) return kDecoders[i](document->root());
    return base::fail(base::Code::corrupt, "an event of unknown kind '" + std::string{kind} + "'");
}

}  // namespace coordinator
