// May this plan run? The coordinator's own answer, before the host gives the final one. Nothing
// acts but through here.
#pragma once

#include "coordinator/core/world.hpp"

namespace coordinator {

// Rules, first match wins: risk_forbidden, attempts_spent, host_observes, risk_needs_a_person,
// host_asks, allowed.
domain::Verdict judge(World& world, domain::Plan const& plan);

// An agent says "observe" with no policy until its hand has answered: that is no policy's word.
bool waits_for_hand(HostRow const& host);

// How many attempts on this subject, within the window and since the last one that ended well, did
// not.
int attempts_spent(World& world, domain::Subject const& subject);
bool attempts_left(World& world, domain::Subject const& subject);

}  // namespace coordinator
