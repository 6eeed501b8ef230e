// The messages that only exist on the wire; commands, results, signals and remedies are domain
// types. Every encoded message carries "v": kWireVersion. Unsigned payloads ignore unknown keys,
// signed ones refuse them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/time.hpp"
#include "common/domain/command.hpp"
#include "common/domain/host.hpp"
#include "common/domain/lease.hpp"
#include "common/domain/reading.hpp"
#include "common/domain/remedy.hpp"
#include "common/domain/signal.hpp"

namespace wire {

inline constexpr int kWireVersion = 1;

struct Cancel {
    std::string id;  // of the command
    domain::HostId host;
    std::int64_t epoch = 0;
    std::string session;
    std::int64_t counter = 0;
    std::string reason;
    bool operator==(Cancel const&) const = default;
};

struct Birth {
    domain::HostId host;
    std::string session;  // nonce of this agent process
    std::string boot_id;
    std::string version;
    int wire_min = kWireVersion;
    int wire_max = kWireVersion;
    std::string arch;
    std::vector<std::string> capabilities;  // "systemd", "docker", "podman", "script"
    std::vector<std::string> offers;
    std::string mode;  // observe | ask | auto
    std::string policy_digest;
    std::string remedies_digest;
    std::int64_t journal_first = 0;
    std::int64_t journal_last = 0;
    std::vector<std::string> metric_groups;
    bool operator==(Birth const&) const = default;
};

// The coordinator's signed answer to a birth. `time` is how a host without a clock learns it.
struct Welcome {
    domain::HostId host;
    std::string session;  // the birth's nonce
    base::WallTime time{};
    std::int64_t epoch = 0;
    std::int64_t incarnation = 1;
    int wire_version = kWireVersion;
    std::string remedies_digest;  // what desired/remedies should hold
    bool operator==(Welcome const&) const = default;
};

struct AgentHeartbeat {
    domain::HostId host;
    std::int64_t sequence = 0;
    std::int64_t uptime_ms = 0;  // of the agent, on BOOTTIME
    double cpu_percent = 0;
    std::int64_t rss_bytes = 0;
    std::int64_t written_bytes = 0;
    std::int64_t queue_depth = 0;
    std::string mode;
    bool operator==(AgentHeartbeat const&) const = default;
};

// How far a journal's hash chain is, and its value there.
struct JournalHead {
    std::int64_t seq = 0;
    std::string hash;  // 64 hex digits
    bool operator==(JournalHead const&) const = default;
};

struct CoordinatorHeartbeat {
    std::string site;
    base::WallTime time{};
    std::int64_t epoch = 0;
    bool no_store = false;
    std::optional<JournalHead> journal{};  // absent from a coordinator that cannot say it
    bool operator==(CoordinatorHeartbeat const&) const = default;
};

// How the coordinator is, for people and Home Assistant; unsigned, nobody acts on it.
struct CoordinatorStatus {
    std::string site;
    base::WallTime time{};
    std::int64_t epoch = 0;
    std::string state;                 // healthy | degraded | unhealthy
    std::vector<std::string> reasons;  // "broker: not connected", …; empty when healthy
    bool operator==(CoordinatorStatus const&) const = default;
};

// "This id is durably known here, in this state."
struct Ack {
    domain::HostId host;
    std::string id;
    std::string session;
    domain::CommandState state = domain::CommandState::accepted;
    domain::ResultCode code = domain::ResultCode::ok;
    std::string detail;
    bool operator==(Ack const&) const = default;
};

struct Telemetry {
    domain::HostId host;
    base::WallTime time{};
    domain::ReadingGroup group;
    bool operator==(Telemetry const&) const = default;
};

// One record of an agent's journal as it travels: a signal, a command's result, a note for people
// (a refused delivery, a host that went to observe), or what the host did under its lease.
struct NoteRecord {
    std::string kind;  // "refused_delivery", "policy_rejected", …
    std::string text;
    bool operator==(NoteRecord const&) const = default;
};
struct JournalRecord {
    int v = 1;
    std::int64_t seq = 0;
    base::WallTime time{};
    bool synced = true;  // the clock was set when this was written
    std::variant<domain::Signal, domain::CommandResult, NoteRecord, domain::LocalFix> body;
    bool operator==(JournalRecord const&) const = default;
};

struct JournalBatch {
    domain::HostId host;
    std::vector<JournalRecord> records;  // rising seq
    bool operator==(JournalBatch const&) const = default;
};

struct JournalAck {
    domain::HostId host;
    std::int64_t through_seq = 0;
    bool operator==(JournalAck const&) const = default;
};

// A journal's head as its owner signs it (purpose chain-head).
struct ChainHead {
    std::string of;  // "host/<id>" or "site/<site>"
    JournalHead head;
    base::WallTime time{};
    bool operator==(ChainHead const&) const = default;
};

// The document name under which a host reports its head.
inline constexpr std::string_view kChainHeadDocument = "chain-head";

// desired/remedies: every remedy the host may be ordered to run.
struct RemediesDocument {
    std::int64_t rev = 0;
    std::vector<domain::Remedy> remedies;
    bool operator==(RemediesDocument const&) const = default;
};

struct Reported {
    std::string document;
    std::int64_t rev = 0;
    std::string digest;  // SHA-256 of the signed payload
    bool applied = false;
    std::string reason;  // why not
    bool operator==(Reported const&) const = default;
};

struct Freeze {
    std::string site;
    std::int64_t rev = 0;
    bool frozen = true;  // false: a thaw, signed by an approver
    std::string reason;
    std::string actor;
    bool operator==(Freeze const&) const = default;
};

// An approver's answer to one command that waits for it: signed on the approver's own machine, and
// good for this id, this plan and this long.
struct Approval {
    std::string id;  // of the command
    domain::HostId host;
    std::string plan_hash;  // remedy::plan_hash
    base::WallTime expires_at{};
    bool approved = false;
    std::string actor;
    std::string reason;
    bool operator==(Approval const&) const = default;
};

struct Press {
    std::string id;  // "press-<id>" in results; made by the agent if the payload was plain PRESS
    std::string offer;
    domain::Params params;
    bool operator==(Press const&) const = default;
};

}  // namespace wire
