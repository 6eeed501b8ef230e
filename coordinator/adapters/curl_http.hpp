// Every HTTP request the coordinator makes: one blocking call, to be used on a worker thread.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace coordinator {

struct HttpRequest {
    std::string method = "GET";
    std::string url;  // http or https; nothing else is spoken, redirects are not followed
    std::vector<std::string> headers;
    std::string body;
    base::Duration timeout{10'000};
    std::size_t response_max = 1024 * 1024;
};

struct HttpResponse {
    int status = 0;
    std::string body;
};

// Any status is a response. Errors: invalid (the URL), timeout, unavailable (no connection, too
// large an answer, stopped).
base::Result<HttpResponse> http_perform(HttpRequest const& request, std::stop_token stop = {});

}  // namespace coordinator
