// /api/v1/invites and the revocation of hosts: for administrators only.
#pragma once

#include "coordinator/adapters/http/router.hpp"
#include "coordinator/adapters/http/worker.hpp"
#include "coordinator/ports/enrolment.hpp"

namespace coordinator::http {

// All borrowed; they outlive the router's last call. Files are written on `worker`.
void add_enrol_routes(Router& router, Enrolment& enrolment, Worker& worker);

}  // namespace coordinator::http
