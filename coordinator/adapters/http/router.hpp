// Method and path to a route, after the caller showed that they may. Filled before the server
// starts, constant from then on: any thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "coordinator/adapters/http/host_names.hpp"
#include "coordinator/adapters/http/http_server.hpp"
#include "coordinator/adapters/http/login_guard.hpp"
#include "coordinator/adapters/http/token_file.hpp"

namespace coordinator::http {

// One request on its way to its answer.
struct Call {
    Request request;
    std::string caller;                         // the token's name; empty on open routes
    std::map<std::string, std::string> params;  // of the pattern: {id}
    Reply reply;
};
using Route = std::function<void(Call)>;

class Router {
  public:
    static constexpr std::size_t kBodyBytesMax = 4 * 1024 * 1024;

    // `tokens` is borrowed.
    Router(TokenFile& tokens, HostNames names) : tokens_(tokens), names_(std::move(names)) {}

    // "/api/v1/incidents/{id}": a segment in braces takes anything. No scope: open to everybody.
    void add(std::string method, std::string_view pattern, std::vector<Scope> any_of, Route route);

    // Answers 404, 405 (with Allow), 401, 403, 413, 421 (another host's name) and 429 (wait, after
    // too many wrong credentials) itself.
    void serve(Request request, Reply const& reply);

  private:
    struct Entry {
        std::string method;
        std::vector<std::string> segments;
        std::vector<Scope> any_of;
        Route route;
    };

    void admit(Entry const& entry, Call call);
    Admission ask(Entry const& entry, Request const& request, base::Duration& wait);

    TokenFile& tokens_;
    HostNames const names_;
    LoginGuard guard_;
    std::vector<Entry> entries_;
};

}  // namespace coordinator::http
