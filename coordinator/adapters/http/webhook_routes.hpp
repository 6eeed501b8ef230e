// POST /webhook/alertmanager and /webhook: alerts in, one result per alert out, 2xx only after they
// are committed.
#pragma once

#include "coordinator/adapters/http/router.hpp"
#include "coordinator/ports/api.hpp"

namespace coordinator::http {

// `api` is borrowed and outlives the router's last call.
void add_webhook_routes(Router& router, Api& api);

}  // namespace coordinator::http
