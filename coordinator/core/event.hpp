// Everything that can happen to the coordinator, as small passive structs. Adapters make them and
// post them into the mailbox; the loop stamps the time and calls Coordinator::step. All but
// HostBeat are journalled (event_codec), so that a run can be replayed.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/time.hpp"
#include "common/domain/command.hpp"
#include "common/domain/host.hpp"
#include "common/domain/lease.hpp"
#include "common/domain/signal.hpp"

namespace coordinator {

// Joins a question from outside (an HTTP request) with its answer. 0: nobody waits.
using Ticket = std::uint64_t;

// The first event of every process: re-arm deadlines, resend what is unacknowledged.
struct Started {
    std::int64_t epoch = 0;
    bool operator==(Started const&) const = default;
};

// Alerts of one webhook request, already parsed. Answered by one Accepted effect.
struct SignalsArrived {
    Ticket ticket = 0;
    std::vector<domain::Signal> signals;
    bool operator==(SignalsArrived const&) const = default;
};

// A batch of a host's journal; the signature was checked. Answered by AcknowledgeJournal.
struct HostNote {
    std::string kind;
    std::string text;
    bool operator==(HostNote const&) const = default;
};
struct HostRecord {
    std::int64_t seq = 0;
    base::WallTime time{};
    std::variant<domain::Signal, domain::CommandResult, HostNote, domain::LocalFix> body;
    bool operator==(HostRecord const&) const = default;
};
struct JournalArrived {
    domain::HostId host;
    std::vector<HostRecord> records;
    bool operator==(JournalArrived const&) const = default;
};

struct HostBorn {
    domain::HostId host;
    std::string session;
    std::string boot_id;
    std::string version;
    std::string mode;
    std::string policy_digest;
    std::string remedies_digest;
    std::vector<std::string> capabilities;
    std::vector<std::string> offers;
    // What its journal still holds (0: nothing) and the highest sequence it ever used: how gaps and
    // a journal that began anew are told from batches that come late.
    std::int64_t journal_first = 0;
    std::int64_t journal_last = 0;
    bool operator==(HostBorn const&) const = default;
};

// The will or a clean goodbye. A hint: alone it starts nothing.
struct HostAvailability {
    domain::HostId host;
    bool online = false;
    bool operator==(HostAvailability const&) const = default;
};

// The agent's loop lives. Not journalled.
struct HostBeat {
    domain::HostId host;
    bool operator==(HostBeat const&) const = default;
};

struct CommandAcknowledged {
    domain::HostId host;
    std::string id;
    domain::CommandState state = domain::CommandState::accepted;
    domain::ResultCode code = domain::ResultCode::ok;
    std::string detail;
    bool operator==(CommandAcknowledged const&) const = default;
};

struct DocumentReported {
    domain::HostId host;
    std::string document;
    std::int64_t rev = 0;
    std::string digest;
    bool applied = false;
    std::string reason;
    bool operator==(DocumentReported const&) const = default;
};

// How far a host's own journal is, signed by it: kept here, so that it cannot be rewritten there.
struct HostHead {
    domain::HostId host;
    std::int64_t seq = 0;
    std::string hash;
    std::string proof;  // the signed head
    bool operator==(HostHead const&) const = default;
};

// A person or program orders a command through the API. Answered by Ordered, later by Finished.
struct CommandOrdered {
    Ticket ticket = 0;
    std::string host;  // as given; the core says whether it is known
    std::variant<domain::RemedyOrder, domain::LineOrder> order;  // a remedy's hash may be empty
    bool readonly = false;  // by the catalogue's classification of the line …
    std::string actor;
    std::string reason;
    base::Duration timeout{60'000};
    bool risky = false;     // … likewise
    bool operator==(CommandOrdered const&) const = default;
};

// An approver's answer to a command that waits for it; the signature was checked. Answered by
// Ordered.
struct ApprovalArrived {
    Ticket ticket = 0;
    std::string id;
    std::string host;
    std::string plan_hash;
    base::WallTime expires_at{};
    bool approved = false;
    std::string actor;
    std::string reason;
    std::string key_id;
    std::string jws;
    bool operator==(ApprovalArrived const&) const = default;
};

// A person freezes or thaws the site; the signature, if there is one, was checked. Revision 0: the
// next one. Answered by Ordered, with the revision as the id.
struct FreezeOrdered {
    Ticket ticket = 0;
    std::int64_t rev = 0;
    bool frozen = true;
    std::string reason;
    std::string actor;
    std::string jws;
    bool operator==(FreezeOrdered const&) const = default;
};

// The metrics source's answer about one signal.
enum class MetricsAnswer {
    firing,   // it still holds the alert
    clear,    // it knows the alert's rule and the alert is gone
    unknown,  // it never knew this alert: its silence says nothing
    away,     // it did not answer
};
struct MetricsAnswered {
    std::string incident;
    MetricsAnswer answer = MetricsAnswer::away;
    bool operator==(MetricsAnswered const&) const = default;
};

struct AdvisorAnswered {
    std::string incident;
    domain::RemedyOrder choice;
    std::string reasoning;
    bool operator==(AdvisorAnswered const&) const = default;
};
struct AdvisorFailed {
    std::string incident;
    std::string reason;
    bool operator==(AdvisorFailed const&) const = default;
};

// A person gives a host the right to heal itself while we are away, or takes it back (no
// remedies). Answered by Ordered.
struct LeaseOrdered {
    Ticket ticket = 0;
    std::string host;  // as given; the core says whether it is known
    std::vector<std::string> remedies;
    int per_hour = 0;
    base::Duration lasts{};
    std::string actor;
    bool operator==(LeaseOrdered const&) const = default;
};

// The moment asked for by WakeAt has come.
struct TimerFired {
    bool operator==(TimerFired const&) const = default;
};

// A host joined, anew (the incarnation rises) or for the first time.
struct HostEnrolled {
    domain::HostId host;
    std::int64_t incarnation = 1;
    std::vector<std::string> aliases;
    bool operator==(HostEnrolled const&) const = default;
};
// It belongs to the fleet no longer.
struct HostRevoked {
    domain::HostId host;
    bool operator==(HostRevoked const&) const = default;
};

using Event = std::variant<Started, SignalsArrived, JournalArrived, HostBorn, HostAvailability,
                           HostBeat, CommandAcknowledged, DocumentReported, CommandOrdered,
                           MetricsAnswered, AdvisorAnswered, AdvisorFailed, TimerFired,
                           FreezeOrdered, LeaseOrdered, HostEnrolled, HostRevoked, HostHead,
                           ApprovalArrived>;

}  // namespace coordinator
