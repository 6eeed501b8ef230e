// What people are told, each thing once.
#pragma once

#include "coordinator/core/world.hpp"

namespace coordinator {

void report_escalated(World& world, domain::Incident const& incident);
void report_closed(World& world, domain::Incident const& incident);
void report_attempt_failed(World& world, domain::Incident const& incident);

}  // namespace coordinator
