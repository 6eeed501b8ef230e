#include "tools/farm/http.hpp"

#include <curl/curl.h>

#include <utility>

namespace farm {
namespace {

std::size_t take(char* data, std::size_t size, std::size_t count, void* into) {
    static_cast<std::string*>(into)->append(data, size * count);
    return size * count;
}

}  // namespace

struct HttpClient::Handle {
    std::string auth;
    CURL* curl = curl_easy_init();
    curl_slist* headers = nullptr;

    ~Handle() {
        curl_slist_free_all(headers);
        curl_easy_cleanup(curl);
    }
};

HttpClient::HttpClient(std::string auth) : handle_(std::make_unique<Handle>()) {
    auto& handle = *handle_;
    handle.auth = std::move(auth);
    handle.headers = curl_slist_append(nullptr, "Content-Type: application/json");
    handle.headers = curl_slist_append(handle.headers, "Expect:");
    if (handle.auth.starts_with("Bearer ")) {
        handle.headers =
            curl_slist_append(handle.headers, ("Authorization: " + handle.auth).c_str());
    } else if (!handle.auth.empty()) {
        curl_easy_setopt(handle.curl, CURLOPT_USERPWD, handle.auth.c_str());
    }
    curl_easy_setopt(handle.curl, CURLOPT_HTTPHEADER, handle.headers);
    curl_easy_setopt(handle.curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle.curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(handle.curl, CURLOPT_WRITEFUNCTION, take);
}

HttpClient::~HttpClient() = default;

HttpAnswer HttpClient::request(std::string const& method, std::string const& url,
                               std::string const& body) {
    HttpAnswer answer;
    CURL* const curl = handle_->curl;
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    if (method == "GET") {
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    } else {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
}

HttpAnswer http(std::string const& method, std::string const& url, std::string const& auth,
                std::string const& body) {
    return HttpClient(auth).request(method, url, body);
}

}  // namespace farm
