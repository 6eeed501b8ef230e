// Questions to a coordinator over HTTP, as the commands see them.
#pragma once

#include <memory>
#include <string>

#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace tomte {

struct Question {
    std::string method = "GET";
    std::string path;
    std::string body = {};
    base::Duration within{15'000};
};

struct Answer {
    int status = 0;
    std::string body;
};

class Client {
  public:
    virtual ~Client() = default;
    virtual std::string const& url() const = 0;
    // Whatever the coordinator answered. Error unavailable: it did not answer at all; the message
    // says where it was looked for and what to try.
    virtual base::Result<Answer> ask(Question const& question) = 0;
};

// `url` without a path ("http://127.0.0.1:8400"); no token: only open paths will answer.
std::unique_ptr<Client> make_curl_client(std::string url, std::string token);

// A parsed 2xx answer with its text. Everything else becomes an error that says what to do.
struct Page {
    std::string text;
    base::json::Document document;
    base::json::Value root() const { return document.root(); }
};
base::Result<Page> get_page(Client& client, Question const& question);

// One segment of a path, with everything but letters, digits, '-', '_' and '.' escaped.
std::string path_segment(std::string_view text);

}  // namespace tomte
