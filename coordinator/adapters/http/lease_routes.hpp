// POST /api/v1/hosts/{id}/lease: a person lets a host heal itself while the coordinator is away.
#pragma once

#include "coordinator/adapters/http/router.hpp"
#include "coordinator/ports/api.hpp"

namespace coordinator::http {

// `api` is borrowed.
void add_lease_routes(Router& router, Api& api);

}  // namespace coordinator::http
