#include "coordinator/adapters/curl_http.hpp"

#include <curl/curl.h>

#include <memory>
#include <mutex>

namespace coordinator {

using base::Code;
using base::fail;

namespace {

struct EasyDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Transfer {
    std::string body;
    std::size_t most = 0;
    bool too_large = false;
    std::stop_token stop;
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (transfer.body.size() + size * count > transfer.most) {
        transfer.too_large = true;
        return 0;
    }
    transfer.body.append(bytes, size * count);
    return size * count;
}

int look_up_from_work(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Transfer*>(self)->stop.stop_requested() ? 1 : 0;
}

base::Error to_error(CURLcode rc, Transfer const& transfer, HttpRequest const& request) {
    std::string message = request.url + ": " + curl_easy_strerror(rc);
    if (transfer.too_large)
        return {Code::unavailable, request.url + ": the answer is larger than " +
                                       std::to_string(transfer.most) + " bytes"};
    switch (rc) {
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
            return {Code::invalid, std::move(message)};
        case CURLE_OPERATION_TIMEDOUT:
            return {Code::timeout, std::move(message)};
        default:
            return {Code::unavailable, std::move(message)};
    }
}

}  // namespace

base::Result<HttpResponse> http_perform(HttpRequest const& request, std::stop_token stop) {
    static std::once_flag once;  // the library keeps globals of its own
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    std::unique_ptr<CURL, EasyDeleter> handle(curl_easy_init());
    if (!handle) return fail(Code::internal, "no memory for an HTTP request");
    Transfer transfer;
    transfer.most = request.response_max;
    transfer.stop = std::move(stop);
    std::unique_ptr<curl_slist, ListDeleter> headers;
    for (auto const& header : request.headers)
        if (auto* longer = curl_slist_append(headers.get(), header.c_str())) {
            static_cast<void>(headers.release());
            headers.reset(longer);
        }
    auto* raw = handle.get();
    curl_easy_setopt(raw, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(raw, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(raw, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(raw, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(raw, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(raw, CURLOPT_USERAGENT, "tomte");
    curl_easy_setopt(raw, CURLOPT_HTTPHEADER, headers.get());
    if (request.method == "POST") {
        curl_easy_setopt(raw, CURLOPT_POST, 1L);
        curl_easy_setopt(raw, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(request.body.size()));
        curl_easy_setopt(raw, CURLOPT_POSTFIELDS, request.body.data());
    } else {
        curl_easy_setopt(raw, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    curl_easy_setopt(raw, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(raw, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(raw, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(raw, CURLOPT_XFERINFOFUNCTION, look_up_from_work);
    curl_easy_setopt(raw, CURLOPT_XFERINFODATA, &transfer);
    if (auto rc = curl_easy_perform(raw); rc != CURLE_OK)
        return tl::make_unexpected(to_error(rc, transfer, request));
    long status = 0;
    curl_easy_getinfo(raw, CURLINFO_RESPONSE_CODE, &status);
    return HttpResponse{static_cast<int>(status), std::move(transfer.body)};
}

}  // namespace coordinator
