// Moves an incident along the table and does what the row says.
#pragma once

#include <string>

#include "coordinator/core/lifecycle.hpp"
#include "coordinator/core/world.hpp"

namespace coordinator {

// False: the table has no row for this in the incident's state; nothing changed.
bool raise(World& world, domain::Incident& incident, Trigger trigger, std::string reason);

// The state ends after `span` from now, instead of what lasts() says.
void arm(World& world, domain::Incident& incident, base::Duration span);

// The deadline of its state has come.
void on_deadline(World& world, domain::Incident& incident);

// The last of its signals resolved.
void on_gone(World& world, domain::Incident& incident);

// After a restart: timers, indexes and questions of an incident as loaded.
void resume(World& world, domain::Incident& incident);

}  // namespace coordinator
