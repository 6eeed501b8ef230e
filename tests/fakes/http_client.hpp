// A small HTTP client for tests, one connection per request. Blocks at most ten seconds.
#pragma once

#include <curl/curl.h>

#include <string>
#include <vector>

namespace fakes {

struct HttpAnswer {
    long status = 0;  // 0: no answer
    std::string body;
    std::string headers;  // as they came, lower-case names are not made
};

struct HttpQuestion {
    std::string url;
    std::string user;   // "name:password"
    std::string token;  // bearer
    std::string method; // empty: GET, or POST with a body
    std::string const* body = nullptr;
};

inline std::size_t append_to(char* data, std::size_t size, std::size_t count, void* text) {
    static_cast<std::string*>(text)->append(data, size * count);
    return size * count;
}

inline HttpAnswer ask(HttpQuestion const& question) {
    HttpAnswer answer;
    CURL* curl = curl_easy_init();
    curl_slist* headers = curl_slist_append(nullptr, "Expect:");
    if (!question.token.empty())
        headers =
            curl_slist_append(headers, ("Authorization: Bearer " + question.token).c_str());
    curl_easy_setopt(curl, CURLOPT_URL, question.url.c_str());
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 10'000L);
    if (!question.user.empty()) curl_easy_setopt(curl, CURLOPT_USERPWD, question.user.c_str());
    if (question.body != nullptr) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(question.body->size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, question.body->c_str());
        headers = curl_slist_append(headers, "Content-Type: application/json");
    }
    if (!question.method.empty())
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, question.method.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append_to);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, append_to);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer.headers);
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return answer;
}

}  // namespace fakes
