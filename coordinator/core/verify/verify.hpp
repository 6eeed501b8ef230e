// Did it help? The check on the host says fixed; the metrics source, where it held the alert, must
// let go of it too.
#pragma once

#include "coordinator/core/world.hpp"

namespace coordinator {

// A command of an incident reached its final state, perhaps late.
void on_command_ended(World& world, CommandRow const& row);
// The acting state timed out.
void note_no_result(World& world, domain::Incident& incident);

// The confirming state begins, or a signal of it resolved: settles if nothing is left to wait for.
void confirm(World& world, domain::Incident& incident);
// It is well again: closes it. The newest attempt has this outcome if it had none yet.
void settle(World& world, domain::Incident& incident, domain::Outcome outcome, std::string reason);
void confirm_timed_out(World& world, domain::Incident& incident);
// The check passed, yet the alert was not let go: the attempt failed after all.
void note_not_let_go(World& world, domain::Incident& incident);

// The alert of a resolved incident was still firing long after: its last attempt did not help.
void note_relapse(World& world, domain::Incident const& incident);

// A probe or watch of an agent: said once when it begins and once when it ends, never repeated.
bool noticed_by_host(domain::Signal const& signal);

// Do signals that a host noticed itself still fire? It says when they end, once; until then what
// its check says is not the whole truth.
bool hosts_hold(World& world, domain::Incident const& incident);

// Before the verdict: does the metrics source hold this alert?
void ask_if_known(World& world, domain::Incident& incident);
// While confirming: and again every confirm_every.
void ask_metrics(World& world, domain::Incident& incident);
void on_metrics(World& world, MetricsAnswered const& event);

}  // namespace coordinator
