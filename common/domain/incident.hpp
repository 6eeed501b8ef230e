// One cause with all the signals that belong to it, and the plans tried against it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/domain/command.hpp"
#include "common/domain/remedy.hpp"
#include "common/domain/signal.hpp"

namespace domain {

enum class IncidentState {
    gathering,    // waiting a moment for signals of the same cause
    asking,       // a question to the advisor is out
    waiting,      // an allowed plan waits for its host or for a lock
    acting,       // the command is out
    confirming,   // fixed on the host; waiting for the metrics source to let go
    backing_off,  // an attempt failed; the next one comes by policy
    escalated,    // handed to a person; closes when its signals resolve
    resolved,     // final
    cancelled,    // final: it went away before anything was done
    suppressed,   // final: maintenance, silence or an absent host; with a reason
    abandoned,    // final: escalated and never answered
};
std::string_view to_string(IncidentState state);
std::optional<IncidentState> parse_incident_state(std::string_view text);
bool is_final(IncidentState state);

enum class PlanOrigin { catalogue, pattern, runbook, claude, person, lease };
std::string_view to_string(PlanOrigin origin);
std::optional<PlanOrigin> parse_plan_origin(std::string_view text);

// A remedy with its parameters filled in for one incident.
struct Plan {
    RemedyOrder remedy;
    Risk risk = Risk::reversible;
    PlanOrigin origin = PlanOrigin::catalogue;
    HostId host;      // where it must run; not always where the signal was measured
    Subject subject;  // what it changes: the lock is held on this
    base::Duration timeout{300'000};

    bool operator==(Plan const&) const = default;
};

enum class VerdictAnswer { allow, ask, deny };
std::string_view to_string(VerdictAnswer answer);

// The guard's answer. Reasons are named so that they can be counted and tested.
struct Verdict {
    VerdictAnswer answer = VerdictAnswer::deny;
    std::string rule;    // "attempts_left", "risk_needs_a_person", …
    std::string reason;  // the sentence

    bool operator==(Verdict const&) const = default;
};

enum class Outcome { resolved, failed, unknown, rolled_back, interrupted, rejected, expired };
std::string_view to_string(Outcome outcome);
std::optional<Outcome> parse_outcome(std::string_view text);

// One run of one plan.
struct Attempt {
    std::string incident;
    int number = 1;
    std::string command;  // id
    Plan plan;
    base::WallTime started_at{};
    std::optional<base::WallTime> ended_at;
    std::optional<Outcome> outcome;
    std::string detail;

    bool operator==(Attempt const&) const = default;
};

struct Incident {
    std::string id;  // ULID
    IncidentState state = IncidentState::gathering;
    std::string title;  // "ContainerDown caddy on nexus"
    std::string severity;
    std::string root;  // fingerprint of the root signal
    std::vector<std::string> firing;  // fingerprints of its signals that still fire
    std::optional<HostId> host;       // where the fix must run; none: unknown host
    std::optional<Subject> subject;
    std::optional<Plan> plan;
    int attempts = 0;
    base::WallTime opened_at{};
    base::WallTime changed_at{};
    // When the current state times out; wall time, so that it survives a restart.
    std::optional<base::WallTime> deadline;
    std::optional<base::WallTime> fixed_at;      // the check passed on the host
    std::optional<base::WallTime> confirmed_at;  // the metrics source let go too
    std::optional<base::WallTime> closed_at;
    std::optional<bool> known_to_metrics;  // at verdict time; none: no source or it was away
    std::string reason;                    // of the current state, one sentence

    bool operator==(Incident const&) const = default;
};

}  // namespace domain
