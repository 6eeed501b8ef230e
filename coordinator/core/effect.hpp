// Everything the core can ask for. Save* and Record effects of one step are committed together, in
// one transaction with the event's journal row; only then the others are performed, in order.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "coordinator/core/event.hpp"
#include "coordinator/core/tables.hpp"

namespace coordinator {

struct SaveSignal {
    SignalRow row;
    bool operator==(SaveSignal const&) const = default;
};
struct SaveIncident {
    domain::Incident row;
    bool operator==(SaveIncident const&) const = default;
};
struct SaveAttempt {
    domain::Attempt row;  // key: incident and number
    bool operator==(SaveAttempt const&) const = default;
};
struct SaveCommand {
    CommandRow row;
    bool operator==(SaveCommand const&) const = default;
};
struct SaveHost {
    HostRow row;
    bool operator==(SaveHost const&) const = default;
};

struct SaveFreeze {
    FreezeRow row;
    bool operator==(SaveFreeze const&) const = default;
};

// A fact for the timeline: which stage said what of which incident.
struct Record {
    std::string stage;     // "signal", "incident", "plan", "verdict", "command", "host", "check"
    std::string incident;  // empty: about a host or the coordinator itself
    std::string host;
    std::string text;      // one sentence for people
    domain::Labels data;   // the same for programs
    bool operator==(Record const&) const = default;
};

// One result per alert of a webhook request, in order.
struct Accepted {
    struct One {
        std::string fingerprint;
        std::string status;    // new_incident, merged, repeated, resolved, cancelled …
        std::string incident;  // may be empty
        std::string reason;
        bool operator==(One const&) const = default;
    };
    Ticket ticket = 0;
    std::vector<One> alerts;
    bool operator==(Accepted const&) const = default;
};

// The answer to CommandOrdered: an id, or a refusal with its reason.
struct Ordered {
    Ticket ticket = 0;
    std::string id;
    std::optional<base::Error> refused;
    bool operator==(Ordered const&) const = default;
};
// A command reached its final state; whoever waits for its id is told.
struct Finished {
    domain::CommandResult result;
    bool operator==(Finished const&) const = default;
};

// Sign and publish. Session and counter are the host's current ones.
struct SendCommand {
    domain::Command command;
    bool operator==(SendCommand const&) const = default;
};
struct SendCancel {
    domain::HostId host;
    std::string id;
    std::string session;
    std::int64_t counter = 0;
    std::string reason;
    bool operator==(SendCancel const&) const = default;
};
struct SendWelcome {
    domain::HostId host;
    std::string session;
    std::int64_t incarnation = 1;
    bool operator==(SendWelcome const&) const = default;
};
struct AcknowledgeJournal {
    domain::HostId host;
    std::int64_t through_seq = 0;
    bool operator==(AcknowledgeJournal const&) const = default;
};
// The host holds another remedies document than ours: publish desired/remedies to it.
struct SendRemedies {
    domain::HostId host;
    bool operator==(SendRemedies const&) const = default;
};

// Publish the site's freeze or thaw, retained.
struct SendLease {  // publish desired/lease to its host
    domain::Lease lease;
    bool operator==(SendLease const&) const = default;
};
struct SendFreeze {
    FreezeRow row;
    bool operator==(SendFreeze const&) const = default;
};

// Does the metrics source still hold this alert? Answered by MetricsAnswered.
struct AskMetrics {
    std::string incident;
    domain::Signal signal;
    bool operator==(AskMetrics const&) const = default;
};
// Answered by AdvisorAnswered or AdvisorFailed.
struct AskAdvisor {
    std::string incident;
    domain::Signal signal;
    bool operator==(AskAdvisor const&) const = default;
};

// Tell people, once.
struct Tell {
    std::string kind;      // "fixed", "escalated", "attempt_failed", "host_lost", "host_back"
    std::string severity;  // info, warning, critical
    std::string incident;
    std::string title;
    std::string text;
    bool operator==(Tell const&) const = default;
};

// Post TimerFired at this moment; the newest replaces the one before. None: no timer.
struct WakeAt {
    std::optional<base::BootTime> at;
    bool operator==(WakeAt const&) const = default;
};

using Effect = std::variant<SaveSignal, SaveIncident, SaveAttempt, SaveCommand, SaveHost, Record,
                            Accepted, Ordered, Finished, SendCommand, SendCancel, SendWelcome,
                            AcknowledgeJournal, SendRemedies, AskMetrics, AskAdvisor, Tell, WakeAt,
                            SaveFreeze, SendFreeze, SendLease>;

struct Effects {
    std::vector<Effect> list;
    // True: a promise depends on it, the commit must reach the disk (fsync) before anything else is
    // performed. False (read-only commands, beats): losing the last moments to a power cut is fine.
    bool durable = false;
};

}  // namespace coordinator
