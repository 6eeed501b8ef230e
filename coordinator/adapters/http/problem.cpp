#include "coordinator/adapters/http/problem.hpp"

#include "common/base/json.hpp"

namespace coordinator::http {
namespace {

std::string_view title_of(int status) {
    switch (status) {
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 413: return "Content Too Large";
        case 422: return "Unprocessable Content";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        default: return "Internal Server Error";
    }
}

int status_of(base::Code code) {
    switch (code) {
        case base::Code::invalid: return 400;
        case base::Code::denied: return 403;
        case base::Code::not_found: return 404;
        case base::Code::busy:
        case base::Code::unavailable: return 503;
        case base::Code::timeout: return 504;
        case base::Code::corrupt:
        case base::Code::internal: break;
    }
    return 500;
}

}  // namespace

Response json(int status, std::string body) {
    return {status, "application/json", std::move(body), {}};
}

Response problem(int status, std::string_view detail) {
    base::json::Writer out;
    out.begin_object()
        .member("type", "about:blank")
        .member("title", title_of(status))
        .member("status", status)
        .member("detail", detail)
        .end_object();
    Response response{status, "application/problem+json", out.take(), {}};
    // Alertmanager and polite clients try again by themselves.
    if (status == 503) response.headers.emplace_back("Retry-After", "1");
    return response;
}

Response problem(base::Error const& error) {
    return problem(status_of(error.code), error.message);
}

}  // namespace coordinator::http
