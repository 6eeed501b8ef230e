// Is there a remedy for this? From the signal's labels through routing and catalogue to a plan.
#pragma once

#include "common/base/result.hpp"
#include "coordinator/core/world.hpp"

namespace coordinator {

// Where the fix for this signal must run, and what is ill there.
struct Place {
    domain::HostId host;
    std::string by;         // which label or route said so
    domain::Labels labels;  // the signal's, those of its subject and the route's parameters
    std::optional<domain::Subject> subject;  // none: no remedy knows what these labels name
};

// Error not_found: no known host is meant.
base::Result<Place> locate(World const& world, domain::Signal const& signal);

// The remedy to try next for this incident. Errors: not_found (no remedy answers this signal),
// invalid (one does, but its parameters cannot be filled from the labels).
base::Result<domain::Plan> recall(World& world, domain::Incident const& incident,
                                  domain::Signal const& root);

// The plan that runs this remedy with these parameters there.
domain::Plan plan_of(domain::Remedy const& remedy, domain::Params params,
                     domain::HostId const& host, domain::PlanOrigin origin);

}  // namespace coordinator
