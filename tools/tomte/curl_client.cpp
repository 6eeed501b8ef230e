#include <curl/curl.h>
#include <fmt/format.h>

#include "tools/tomte/client.hpp"

namespace tomte {
namespace {

std::size_t append(char* data, std::size_t size, std::size_t count, void* text) {
    static_cast<std::string*>(text)->append(data, size * count);
    return size * count;
}

class CurlClient final : public Client {
  public:
    CurlClient(std::string url, std::string token)
        : url_(std::move(url)), token_(std::move(token)), curl_(curl_easy_init()) {
        while (url_.ends_with('/')) url_.pop_back();
    }
    ~CurlClient() override { curl_easy_cleanup(curl_); }
    CurlClient(CurlClient const&) = delete;
    CurlClient& operator=(CurlClient const&) = delete;

    std::string const& url() const override { return url_; }

    base::Result<Answer> ask(Question const& question) override {
        if (curl_ == nullptr) return base::fail(base::Code::internal, "libcurl does not start");
        Answer answer;
        // Reset keeps the connection: watch asks every second.
        curl_easy_reset(curl_);
        auto const target = url_ + question.path;
        auto const bearer = "Authorization: Bearer " + token_;
        curl_slist* headers = curl_slist_append(nullptr, "Expect:");
        if (!token_.empty()) headers = curl_slist_append(headers, bearer.c_str());
        curl_easy_setopt(curl_, CURLOPT_URL, target.c_str());
        curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
        curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, static_cast<long>(question.within.count()));
        curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, append);
        curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &answer.body);
        if (question.method != "GET") {
            headers = curl_slist_append(headers, "Content-Type: application/json");
            curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE,
                             static_cast<long>(question.body.size()));
            curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, question.body.c_str());
            curl_easy_setopt(curl_, CURLOPT_CUSTOMREQUEST, question.method.c_str());
        }
        curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers);
        auto const done = curl_easy_perform(curl_);
        long status = 0;
        curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
        curl_slist_free_all(headers);
        if (done != CURLE_OK)
            return base::fail(base::Code::unavailable,
                              fmt::format("the coordinator is not reachable at {}: {}; is it "
                                          "running? (--url or TOMTE_URL says where to look)",
                                          url_, curl_easy_strerror(done)));
        answer.status = static_cast<int>(status);
        return answer;
    }

  private:
    std::string url_;
    std::string token_;
    CURL* curl_;
};

}  // namespace

std::unique_ptr<Client> make_curl_client(std::string url, std::string token) {
    return std::make_unique<CurlClient>(std::move(url), std::move(token));
}

}  // namespace tomte
