// Answers of the HTTP API: JSON, and errors as application/problem+json (RFC 9457).
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "coordinator/adapters/http/http_server.hpp"

namespace coordinator::http {

Response json(int status, std::string body);
Response problem(int status, std::string_view detail);
// invalid 400, denied 403, not_found 404, busy and unavailable 503, timeout 504, the rest 500.
Response problem(base::Error const& error);

}  // namespace coordinator::http
