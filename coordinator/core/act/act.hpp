// From an incident to a command: plan, verdict, then the wait for host, lock and slot.
#pragma once

#include "coordinator/core/world.hpp"

namespace coordinator {

// Recalls a remedy and lets the guard judge it; the incident is waiting.
void make_plan(World& world, domain::Incident& incident);
// The same for a plan that somebody else made (the advisor).
void adopt(World& world, domain::Incident& incident, domain::Plan plan);

void ask_advisor(World& world, domain::Incident& incident);
void on_advised(World& world, AdvisorAnswered const& answer);
void on_advice_failed(World& world, AdvisorFailed const& answer);

// Who a plan's command says it is from: hosts have a ceiling for each.
std::string actor_of(domain::Plan const& plan);

// Joins the queue for its host and leaves it.
void wait_for_host(World& world, domain::Incident& incident);
void stop_waiting(World& world, domain::Incident const& incident);
// Sends what can be sent now.
void dispatch_waiting(World& world);

// Lock and slots of an incident whose command is out.
void occupy(World& world, domain::Incident const& incident);
void release(World& world, domain::Incident const& incident);

// What the acting state lasts beyond the command's time to live.
base::Duration acting_lasts_longer(domain::Incident const& incident);

// An order of a person or program; answered by Ordered.
void on_ordered(World& world, CommandOrdered const& order);

}  // namespace coordinator
