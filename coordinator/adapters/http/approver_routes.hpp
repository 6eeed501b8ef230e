// /api/v1/freeze and /api/v1/approvals: what a person decides with a signature of their own. The
// signature is the authority; the token only lets them ask.
#pragma once

#include "coordinator/adapters/http/router.hpp"
#include "coordinator/ports/api.hpp"

namespace coordinator::http {

// `api` is borrowed.
void add_approver_routes(Router& router, Api& api);

}  // namespace coordinator::http
