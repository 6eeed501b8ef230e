// A blocking HTTP client that keeps its connection: for tests and benches.
#pragma once

#include <memory>
#include <string>

namespace farm {

struct HttpAnswer {
    long status = 0;  // 0: no answer
    std::string body;
};

class HttpClient {
  public:
    // `auth` is "Bearer …" or "user:password" or empty.
    explicit HttpClient(std::string auth);
    ~HttpClient();
    HttpClient(HttpClient const&) = delete;
    HttpClient& operator=(HttpClient const&) = delete;

    HttpAnswer request(std::string const& method, std::string const& url,
                       std::string const& body = {});

  private:
    struct Handle;
    std::unique_ptr<Handle> handle_;
};

// One request on a connection of its own.
HttpAnswer http(std::string const& method, std::string const& url, std::string const& auth,
                std::string const& body = {});

}  // namespace farm
