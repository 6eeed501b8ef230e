// Signals come in: the same again, part of an open incident, gone, or news?
#pragma once

#include "coordinator/core/world.hpp"

namespace coordinator {

// Alertmanager's own way to name a series where it sent no name: from the signal's name and labels
// alone, never from its texts. 16 hex digits.
std::string fingerprint_of(domain::Signal const& signal);

Accepted::One accept_signal(World& world, domain::Signal signal);

void on_signals(World& world, SignalsArrived const& event);

}  // namespace coordinator
