// The life of an incident as one table: in this state, when this happens, it goes to that state and
// this is done. Who wants to know what the coordinator does reads the table in lifecycle.cpp.
// What is not in the table changes nothing: it is evidence for the timeline.
#pragma once

#include <span>
#include <string_view>

#include "common/base/time.hpp"
#include "common/domain/incident.hpp"
#include "coordinator/core/coordinator.hpp"

namespace coordinator {

enum class Trigger {
    time_out,      // the state lasted as long as it may
    gone,          // its signals resolved and nothing was tried yet
    suppressed,    // it says of itself that nobody need act
    refused,       // unknown host, no remedy, the guard or the host said no
    needs_advice,  // no remedy is known and there is somebody to ask
    advised,       // the advisor chose a remedy
    needs_approval,  // an approver must sign the plan first
    approved,      // one did
    dispatched,    // the command is in the outbox
    host_acts,     // the host heals it by itself, under its lease
    fixed,         // the check passed on the host
    failed,        // this attempt did not help and another one is allowed
    spent,         // it did not help and no further one is allowed
    unproven,      // whether the attempt had its effect is not known
    settled,       // nothing is left to wait for: it is well again
};
std::string_view to_string(Trigger trigger);

enum class Action {
    none,
    make_plan,      // recall, guard; then dispatch or wait for host and lock
    ask_advisor,
    confirm,        // ask the metrics source to let go
    note_failure,   // the attempt failed because its alert was not let go
    escalate,       // tell a person, once
    close,
};

struct Row {
    domain::IncidentState from;
    Trigger trigger;
    domain::IncidentState to;
    Action action;
};

std::span<Row const> lifecycle();
// Null: nothing changes.
Row const* find_row(domain::IncidentState state, Trigger trigger);

// How long a state may last before time_out; `attempts` counts those already made. The acting state
// lasts longer by what is left of its command (act.cpp). Final states: zero.
base::Duration lasts(CoreSettings const& settings, domain::IncidentState state, int attempts);

}  // namespace coordinator
