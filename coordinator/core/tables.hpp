// The coordinator's state as rows: what the store keeps, what the core is loaded from after a
// restart, and what step() changes by Save effects. Each row is saved whole (upsert by key).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/domain/command.hpp"
#include "common/domain/incident.hpp"
#include "common/domain/lease.hpp"
#include "common/domain/signal.hpp"

namespace coordinator {

// Key: fingerprint. The last state of one series, with the incident it belongs to.
struct SignalRow {
    domain::Signal signal;
    std::string incident;  // of the newest incident it joined; empty: none
    int times = 1;         // how often it was reported firing since it last started
    base::WallTime first_seen{};
    base::WallTime last_seen{};
    bool operator==(SignalRow const&) const = default;
};

// Key: command.id. `command` is the template: session and counter are those of the last send.
struct CommandRow {
    domain::Command command;
    bool readonly = false;
    domain::CommandState state = domain::CommandState::accepted;
    bool acknowledged = false;  // the host signed that it durably knows the id
    int sends = 0;
    std::optional<base::WallTime> resend_at;
    std::optional<domain::CommandResult> result;
    // One that an approver must sign first: not to be sent yet …
    bool held = false;
    std::optional<base::WallTime> asked_until = {};     // … waiting for an answer this long …
    std::optional<base::WallTime> approved_until = {};  // … or approved, waiting for host and slot
    std::string asked_why = {};
    bool operator==(CommandRow const&) const = default;
};

// Key: host. Known hosts come from the registry; a row says what was last heard of one.
struct HostRow {
    domain::HostId host;
    std::vector<std::string> aliases;  // what labels may call it: names, addresses, host:port
    std::int64_t incarnation = 1;
    bool online = false;
    std::string session;
    std::int64_t counter = 0;
    std::string boot_id;
    std::string version;
    std::string mode;
    std::string policy_digest;
    std::string remedies_digest;  // as reported applied
    std::vector<std::string> capabilities;
    std::vector<std::string> offers;
    std::int64_t journal_through = 0;  // acknowledged up to here
    std::optional<base::WallTime> last_heard;
    std::int64_t freeze_rev = 0;  // the newest freeze or thaw that its hand has on disk
    std::optional<domain::Lease> lease{};  // as last granted or revoked
    std::int64_t lease_held = 0;         // the revision it said it holds
    // The newest head of its journal's chain that it signed.
    std::int64_t head_seq = 0;
    std::string head_hash{};
    std::string head_proof{};
    bool operator==(HostRow const&) const = default;
};

// The site's freeze, of which there is one. `jws` is an approver's own envelope; empty: the
// coordinator signs it itself (a freeze only).
struct FreezeRow {
    std::int64_t rev = 0;  // 0: there never was one
    bool frozen = false;
    std::string reason;
    std::string actor;
    std::string jws;
    base::WallTime at{};
    bool operator==(FreezeRow const&) const = default;
};

struct Tables {
    std::int64_t epoch = 0;             // of the previous process; stored + 1 at every start
    std::vector<HostRow> hosts;
    std::vector<domain::Incident> incidents;  // all that are not final, and those closed recently
    std::vector<domain::Attempt> attempts;    // of those incidents, and of the attempt window
    std::vector<CommandRow> commands;         // not final, or of those incidents
    std::vector<SignalRow> signals;           // still firing, or of those incidents
    FreezeRow freeze;
};

}  // namespace coordinator
