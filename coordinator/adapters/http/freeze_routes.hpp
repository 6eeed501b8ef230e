// GET and POST /api/v1/freeze: whether the site is frozen, and a person's word that it shall be.
#pragma once

#include "coordinator/adapters/http/router.hpp"
#include "coordinator/ports/api.hpp"

namespace coordinator::http {

// `api` is borrowed.
void add_freeze_routes(Router& router, Api& api);

}  // namespace coordinator::http
