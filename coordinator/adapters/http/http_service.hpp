// The coordinator's HTTP side as one thing to start and stop: server, tokens, routes. Every request
// ends in the Api; nothing here decides anything. docs/formats/http-api.md.
//
// Owned by the program. start() and stop() on one thread; the rest happens on the service's own
// threads (two for the network, one for reading the store).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "coordinator/ports/api.hpp"
#include "coordinator/ports/enrolment.hpp"

namespace coordinator {

struct HttpServiceSettings {
    std::string listen = "127.0.0.1:8400";  // address:port; port 0: any free one
    std::string tokens;                     // path of tokens.toml
    std::string version;
    // PEM files, for TLS; needed when `listen` is not this machine alone.
    std::string certificate{};
    std::string key{};
    std::string public_url{};           // as people and Alertmanager call it from outside
    std::vector<std::string> hosts{};   // further names it may be called by
};

class HttpService {
  public:
    // `api` and `enrolment` are borrowed and must outlive the service; without an enrolment its
    // routes are not there. Errors: invalid (tokens file, address),
    // unavailable (the port is taken; the message says by which address).
    static base::Result<std::unique_ptr<HttpService>> start(HttpServiceSettings settings, Api& api,
                                                            Enrolment* enrolment = nullptr);

    virtual ~HttpService() = default;
    virtual std::uint16_t port() const = 0;
    // Closes every connection; requests that still wait are answered 503. The Api may call back
    // later without harm. Stopping twice is harmless.
    virtual void stop() = 0;
};

}  // namespace coordinator
