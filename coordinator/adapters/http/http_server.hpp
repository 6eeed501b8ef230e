// An HTTP/1.1 server as the rest of the program sees it: requests in, answers out, no library's
// types. Handlers run on the server's network threads and must not block: they hand the work on and
// answer later, from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace coordinator::http {

struct Request {
    std::string method;  // "GET"
    std::string path;    // as sent, without the query
    std::map<std::string, std::string> query;  // decoded; of a repeated name the last
    std::string host;    // the Host header
    std::string remote;  // the peer's address, without its port
    std::string authorization;
    std::string content_type;
    std::string body;
};

struct Response {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

// Called at most once; later calls do nothing. Harmless after the client left or the server
// stopped.
using Reply = std::function<void(Response)>;
using Handler = std::function<void(Request, Reply)>;

struct ServerSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any free one
    unsigned threads = 2;
    std::size_t connections_max = 512;
    // Bodies above this are not read: the connection is closed. The router answers 413 from half of
    // it on, routes far earlier.
    std::uint64_t body_bytes_max = 8 * 1024 * 1024;
    std::size_t connections_per_peer = 32;  // loopback's are not counted
    // PEM files; both empty: no TLS.
    std::string certificate{};
    std::string key{};
    base::Duration read_within{30'000};   // a whole request, and the idle time between two
    base::Duration write_within{30'000};
    base::Duration answer_within{180'000};
};

class HttpServer {
  public:
    virtual ~HttpServer() = default;
    virtual std::uint16_t port() const = 0;
    // Answers what waits with 503, then closes every connection and ends the threads. After it
    // returns no handler runs any more. Stopping twice is harmless.
    virtual void stop() = 0;
};

// Errors: invalid (not an address), unavailable (the port is taken or may not be bound).
base::Result<std::unique_ptr<HttpServer>> start_restinio_server(ServerSettings const& settings,
                                                                Handler handler);

// "a=1&b=x%20y" decoded; broken escapes stay as they are.
std::map<std::string, std::string> parse_query(std::string_view text);

}  // namespace coordinator::http
