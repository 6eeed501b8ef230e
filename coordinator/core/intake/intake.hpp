// Signals come in: the same again, part of an open incident, gone, or news?
#pragma once

#include "coordinator/core/world.hpp"

namespace coordinator {

// Alertmanager's own way to name a series where it sent no name: from the signal's name and labels
// alone, never from its texts. 16 hex digits.
std::string fingerprint_of(domain::Signal const& signal);

Accepted::One accept_signal(World& world, domain::Signal signal);

// A host's own signal is not repeated: one that fires on after its incident was closed is looked at
// again a little later, and begins a new one if it still does.
void second_look_later(World& world, std::string const& fingerprint);
void second_look(World& world, std::string const& fingerprint);

void on_signals(World& world, SignalsArrived const& event);

}  // namespace coordinator
