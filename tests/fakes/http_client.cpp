#include "tests/fakes/http_client.hpp"

#include <curl/curl.h>

namespace fakes {
namespace {

std::size_t append_to(char* data, std::size_t size, std::size_t count, void* text) {
    static_cast<std::string*>(text)->append(data, size * count);
    return size * count;
}

}  // namespace

HttpAnswer ask(HttpQuestion const& question) {
    HttpAnswer answer;
    CURL* curl = curl_easy_init();
    curl_slist* headers = curl_slist_append(nullptr, "Expect:");
    if (!question.token.empty())
        headers =
            curl_slist_append(headers, ("Authorization: Bearer " + question.token).c_str());
    if (!question.host.empty())
        headers = curl_slist_append(headers, ("Host: " + question.host).c_str());
    if (!question.ca.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, question.ca.c_str());
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
