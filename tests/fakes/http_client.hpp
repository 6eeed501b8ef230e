// A small HTTP client for tests, one connection per request. Blocks at most ten seconds.
#pragma once

#include <string>

namespace fakes {

struct HttpAnswer {
    long status = 0;  // 0: no answer
    std::string body;
    std::string headers;  // as they came
};

struct HttpQuestion {
    std::string url;
    std::string user;   // "name:password"
    std::string token;  // bearer
    std::string method;  // empty: GET, or POST with a body
    std::string const* body = nullptr;
    std::string host{};  // the Host header, if not the URL's
    std::string ca{};    // for https: file of the authority
};

HttpAnswer ask(HttpQuestion const& question);

}  // namespace fakes
