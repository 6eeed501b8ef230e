// The right of a host to heal itself while we are away: granted and revoked by a person, renewed
// while we are in touch, and what came of it.
#pragma once

#include "coordinator/core/world.hpp"

namespace coordinator {

// Answered by Ordered with the lease's revision.
void on_lease(World& world, LeaseOrdered const& event);
void on_lease_reported(World& world, HostRow& host, DocumentReported const& event);
// Half of its time is over and the host is in touch: it begins anew.
void renew_lease(World& world, HostRow& host);
// A host that begins anew may have lost its copy.
void send_lease(World& world, HostRow const& host);

// The host heals itself, or did: an attempt of the incident of the signal it answers.
void on_local_fix(World& world, HostRow const& host, domain::LocalFix const& fix);

// A command that no coordinator sent and none may send again.
bool is_local(domain::Command const& command);

}  // namespace coordinator
