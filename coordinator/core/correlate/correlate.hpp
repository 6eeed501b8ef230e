// Which open incident does a signal belong to? One cause is one subject on one host; a sickness of
// the machine itself is told apart by the signal's name (load is not memory).
#pragma once

#include <string>

#include "coordinator/core/world.hpp"

namespace coordinator {

// Empty: this signal has no cause in common with others, only its fingerprint joins it.
std::string cause_key(domain::Subject const& subject, std::string const& signal_name);

// Null: none is open.
domain::Incident* open_incident_for(World& world, std::string const& key);

// The last incident of this cause, if it was fixed a moment ago and this signal began before that:
// a slow alert about what is well again. Null: it is news.
domain::Incident* echo_of(World& world, std::string const& key, domain::Signal const& signal);

void remember_key(World& world, domain::Incident const& incident);
void forget_key(World& world, domain::Incident const& incident);

// What a lock is held on: "patient" and "patient.service" are one service.
std::string lock_of(domain::Subject const& subject);

}  // namespace coordinator
