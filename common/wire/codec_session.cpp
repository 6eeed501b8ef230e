// Who is there and since when: births, welcomes, heartbeats, telemetry, freezes.
#include <algorithm>

#include "common/wire/codec.hpp"
#include "common/wire/codec_parts.hpp"

namespace wire {
namespace {

using base::json::Writer;

constexpr std::size_t kListMax = 64;
constexpr std::size_t kWordMax = 64;
constexpr std::size_t kReasonsMax = 64;
constexpr std::size_t kReasonMax = 1024;
constexpr std::size_t kReadingsMax = 2048;
constexpr std::size_t kMetricMax = 128;

// Signed, yet its keys are open: it comes before the two ends have agreed on a version, and the
// keys a newer agent adds must not keep it from being welcomed with an older one.
Birth birth_from(Reader& r) {
    r.version();
    Birth birth{.host = r.host("host"),
                .session = r.text("session", kNonce),
                .boot_id = r.text("boot_id", kWordMax),
                .version = r.text("version", kWordMax),
                .wire_min = static_cast<int>(r.integer("wire_min", 1, 1'000'000)),
                .wire_max = static_cast<int>(r.integer("wire_max", 1, 1'000'000)),
                .arch = r.text("arch", kWordMax),
                .capabilities = r.texts("capabilities", kListMax, kWordMax),
                .offers = r.texts("offers", kListMax, kWordMax),
                .mode = r.text("mode", kModeOrNone),
                .policy_digest = r.text("policy_digest", kDigestOrNone),
                .remedies_digest = r.text("remedies_digest", kDigestOrNone),
                .journal_first = r.integer("journal_first", 0, kInt64Max),
                .journal_last = r.integer("journal_last", 0, kInt64Max),
                .metric_groups = r.texts("metric_groups", kListMax, kWordMax)};
    if (birth.wire_min > birth.wire_max) r.refuse("wire_min", "is above wire_max");
    return birth;
}

Welcome welcome_from(Reader& r) {
    r.version();
    return {.host = r.host("host"),
            .session = r.text("session", kNonce),
            .time = r.time("time"),
            .epoch = r.integer("epoch", 0, kInt64Max),
            .incarnation = r.integer("incarnation", 1, kInt64Max),
            .wire_version = static_cast<int>(r.integer("wire_version", 1, 1'000'000)),
            .remedies_digest = r.text("remedies_digest", kDigestOrNone)};
}

AgentHeartbeat agent_heartbeat_from(Reader& r) {
    r.version();
    return {.host = r.host("host"),
            .sequence = r.integer("sequence", 0, kInt64Max),
            .uptime_ms = r.integer("uptime_ms", 0, kInt64Max),
            .cpu_percent = r.number("cpu_percent"),
            .rss_bytes = r.integer("rss_bytes", 0, kInt64Max),
            .written_bytes = r.integer("written_bytes", 0, kInt64Max),
            .queue_depth = r.integer("queue_depth", 0, kInt64Max),
            .mode = r.text("mode", kModeOrNone)};
}

// Flat, so that Home Assistant's templates need one step: every other number is a reading.
Telemetry telemetry_from(Reader& r) {
    r.version();
    Telemetry telemetry{.host = r.host("host"), .time = r.time("time"), .group = {}};
    telemetry.group.group = r.text("group", kName);
    for (auto const& member : r.rest()) {
        auto const value = member.number();
        if (!value) continue;
        if (member.key().empty() || member.key().size() > kMetricMax ||
            telemetry.group.readings.size() == kReadingsMax)
            r.refuse(member.key(), "is a reading too many or has no short name");
        telemetry.group.readings.push_back({std::string{member.key()}, *value});
    }
    return telemetry;
}

Freeze freeze_from(Reader& r) {
    r.version();
    return {.site = r.text("site", kSite),
            .rev = r.integer("rev", 0, kInt64Max),
            .frozen = r.boolean("frozen"),
            .reason = r.text("reason", kDetailMax),
            .actor = r.text("actor", 128)};
}

Writer begin() {
    Writer w;
    w.begin_object().member("v", kWireVersion);
    return w;
}

}  // namespace

std::string encode(Birth const& message) {
    auto w = begin();
    w.member("host", message.host.text()).member("session", message.session);
    w.member("boot_id", message.boot_id).member("version", message.version);
    w.member("wire_min", message.wire_min).member("wire_max", message.wire_max);
    w.member("arch", message.arch);
    put_texts(w, "capabilities", message.capabilities);
    put_texts(w, "offers", message.offers);
    w.member("mode", message.mode).member("policy_digest", message.policy_digest);
    w.member("remedies_digest", message.remedies_digest);
    put_integer(w, "journal_first", message.journal_first);
    put_integer(w, "journal_last", message.journal_last);
    put_texts(w, "metric_groups", message.metric_groups);
    return w.end_object().take();
}

template <>
base::Result<Birth> decode<Birth>(std::string_view payload) {
    return read_payload(payload, Keys::open, {}, birth_from);
}

std::string encode(Welcome const& message) {
    auto w = begin();
    w.member("host", message.host.text()).member("session", message.session);
    put_time(w, "time", message.time);
    put_integer(w, "epoch", message.epoch);
    put_integer(w, "incarnation", message.incarnation);
    w.member("wire_version", message.wire_version);
    w.member("remedies_digest", message.remedies_digest);
    return w.end_object().take();
}

template <>
base::Result<Welcome> decode<Welcome>(std::string_view payload) {
    return read_payload(payload, Keys::closed, {}, welcome_from);
}

std::string encode(AgentHeartbeat const& message) {
    auto w = begin();
    w.member("host", message.host.text());
    put_integer(w, "sequence", message.sequence);
    put_integer(w, "uptime_ms", message.uptime_ms);
    w.member("cpu_percent", message.cpu_percent);
    put_integer(w, "rss_bytes", message.rss_bytes);
    put_integer(w, "written_bytes", message.written_bytes);
    put_integer(w, "queue_depth", message.queue_depth);
    w.member("mode", message.mode);
    return w.end_object().take();
}

template <>
base::Result<AgentHeartbeat> decode<AgentHeartbeat>(std::string_view payload) {
    return read_payload(payload, Keys::open, {}, agent_heartbeat_from);
}

std::string encode(CoordinatorHeartbeat const& message) {
    auto w = begin();
    w.member("site", message.site);
    put_time(w, "time", message.time);
    put_integer(w, "epoch", message.epoch);
    w.member("no_store", message.no_store);
    if (message.journal) {
        put_integer(w, "journal_seq", message.journal->seq);
        w.member("journal_hash", message.journal->hash);
    }
    return w.end_object().take();
}

template <>
base::Result<CoordinatorHeartbeat> decode<CoordinatorHeartbeat>(std::string_view payload) {
    return read_payload(payload, Keys::closed, {}, [](Reader& r) {
        r.version();
        CoordinatorHeartbeat beat{r.text("site", kSite), r.time("time"),
                                  r.integer("epoch", 0, kInt64Max), r.boolean("no_store"), {}};
        if (r.has("journal_seq"))
            beat.journal = JournalHead{r.integer("journal_seq", 0, kInt64Max),
                                       r.text("journal_hash", kDigest)};
        return beat;
    });
}

std::string encode(CoordinatorStatus const& message) {
    auto w = begin();
    w.member("site", message.site);
    put_time(w, "time", message.time);
    put_integer(w, "epoch", message.epoch);
    w.member("state", message.state);
    put_texts(w, "reasons", message.reasons);
    return w.end_object().take();
}

template <>
base::Result<CoordinatorStatus> decode<CoordinatorStatus>(std::string_view payload) {
    return read_payload(payload, Keys::open, {}, [](Reader& r) {
        r.version();
        return CoordinatorStatus{r.text("site", kSite), r.time("time"),
                                 r.integer("epoch", 0, kInt64Max), r.text("state", kHealth),
                                 r.texts("reasons", kReasonsMax, kReasonMax)};
    });
}

std::string encode(Telemetry const& message) {
    auto w = begin();
    w.member("host", message.host.text());
    put_time(w, "time", message.time);
    w.member("group", message.group.group);
    for (auto const& reading : message.group.readings) w.member(reading.metric, reading.value);
    return w.end_object().take();
}

template <>
base::Result<Telemetry> decode<Telemetry>(std::string_view payload) {
    return read_payload(payload, Keys::open, {}, telemetry_from);
}

std::string encode(Freeze const& message) {
    auto w = begin();
    w.member("site", message.site);
    put_integer(w, "rev", message.rev);
    w.member("frozen", message.frozen);
    put_text(w, "reason", message.reason, kDetailMax);
    put_text(w, "actor", message.actor, 128);
    return w.end_object().take();
}

template <>
base::Result<Freeze> decode<Freeze>(std::string_view payload) {
    return read_payload(payload, Keys::closed, {}, freeze_from);
}

std::string encode(ChainHead const& message) {
    auto w = begin();
    w.member("of", message.of);
    put_integer(w, "seq", message.head.seq);
    w.member("hash", message.head.hash);
    put_time(w, "time", message.time);
    return w.end_object().take();
}

template <>
base::Result<ChainHead> decode<ChainHead>(std::string_view payload) {
    return read_payload(payload, Keys::closed, {}, [](Reader& r) {
        r.version();
        return ChainHead{r.text("of", 128),
                         {r.integer("seq", 0, kInt64Max), r.text("hash", kDigest)},
                         r.time("time")};
    });
}

}  // namespace wire
