// Bodies, queries and headers of the HTTP service.
#include "coordinator/adapters/http/alertmanager_payload.hpp"
#include "coordinator/adapters/http/authenticator.hpp"
#include "coordinator/adapters/http/host_names.hpp"
#include "coordinator/adapters/http/http_server.hpp"
#include "coordinator/adapters/http/order_request.hpp"
#include "tests/fuzz/target.hpp"

TOMTE_FUZZ_TARGET(http) {
    namespace http = coordinator::http;
    if (auto const alerts = http::parse_alertmanager(data))
        fuzz::must(alerts->size() <= http::kAlertsMax);
    (void)http::parse_order(data, "fuzz");
    (void)http::parse_wait(data);
    (void)http::parse_query(data);
    static http::Authenticator const authenticator{
        {{"one", "ann", {http::Scope::read}, "sha256:00:" + std::string(64, '0')}}};
    fuzz::must(authenticator.admit(data, {http::Scope::read}).answer ==
               http::Admission::Answer::unknown);
    static auto const names = http::HostNames::make("127.0.0.1", "", {"tomte.lan"}).value();
    (void)names.allows(data);
}
