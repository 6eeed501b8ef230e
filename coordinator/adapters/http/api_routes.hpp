// GET /health /version /metrics and everything under /api/v1.
#pragma once

#include <string>

#include "coordinator/adapters/http/router.hpp"
#include "coordinator/adapters/http/worker.hpp"
#include "coordinator/ports/api.hpp"

namespace coordinator::http {

// `api` and `reader` are borrowed and outlive the router's last call. The store is read on
// `reader`, so that a slow disk never holds up the network threads.
void add_open_routes(Router& router, Api& api, std::string const& version);
void add_api_routes(Router& router, Api& api, Worker& reader);

}  // namespace coordinator::http
