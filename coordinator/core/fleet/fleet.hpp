// What hosts say about themselves, and their journals.
#pragma once

#include "coordinator/core/world.hpp"

namespace coordinator {

void on_born(World& world, HostBorn const& event);
void on_availability(World& world, HostAvailability const& event);
void on_beat(World& world, HostBeat const& event);
void on_head(World& world, HostHead const& event);
void on_document(World& world, DocumentReported const& event);
void on_enrolled(World& world, HostEnrolled const& event);
void on_revoked(World& world, HostRevoked const& event);
void on_journal(World& world, JournalArrived const& event);
void on_host_lost(World& world, HostRow const& row);

// After a restart: a host that is online learns the new epoch.
void resume(World& world, HostRow const& row);

}  // namespace coordinator
