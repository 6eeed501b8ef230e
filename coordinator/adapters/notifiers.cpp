#include "coordinator/adapters/notifiers.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "common/adapters/log.hpp"
#include "common/base/json.hpp"
#include "common/redact/redact.hpp"
#include "coordinator/adapters/curl_http.hpp"

namespace coordinator {

using adapters::log;
using adapters::LogLevel;

namespace {

// What an alert's sender wrote may hold anything; it leaves this machine here.
std::string encode(Tell const& notice) {
    base::json::Writer json;
    json.begin_object()
        .member("v", 1)
        .member("kind", notice.kind)
        .member("severity", notice.severity)
        .member("incident", notice.incident)
        .member("title", redact::redacted(notice.title))
        .member("text", redact::redacted(notice.text))
        .end_object();
    return json.take();
}

bool worth_another_try(base::Result<HttpResponse> const& response) {
    if (!response) return response.error().code != base::Code::invalid;
    return response->status == 408 || response->status == 429 || response->status >= 500;
}

bool is_taken(base::Result<HttpResponse> const& response) {
    return response && response->status >= 200 && response->status < 300;
}

}  // namespace

void LogNotifier::tell(Tell const& notice) {
    auto level = notice.severity == "critical" ? LogLevel::error
                 : notice.severity == "warning" ? LogLevel::warning
                                                : LogLevel::info;
    log(level, "notice",
        {{"kind", notice.kind}, {"incident", notice.incident},
         {"title", redact::redacted(notice.title)}, {"text", redact::redacted(notice.text)}});
}

struct WebhookNotifier::State {
    WebhookSettings settings;
    std::mutex mutex;
    std::condition_variable_any changed;
    std::deque<Tell> waiting;  // guarded by mutex
    std::jthread thread;       // last: joined before anything it uses goes

    void run(std::stop_token stop);
    void deliver(Tell const& notice, std::stop_token const& stop);
};

void WebhookNotifier::State::deliver(Tell const& notice, std::stop_token const& stop) {
    HttpRequest request;
    request.method = "POST";
    request.url = settings.url;
    request.headers = {"Content-Type: application/json"};
    if (!settings.bearer_token.empty())
        request.headers.push_back("Authorization: Bearer " + settings.bearer_token);
    request.body = encode(notice);
    request.timeout = settings.timeout;
    auto pause = settings.first_pause;
    for (int attempt = 1; !stop.stop_requested(); ++attempt, pause *= 2) {
        auto response = http_perform(request, stop);
        if (is_taken(response)) return;
        bool again = worth_another_try(response) && attempt < settings.attempts;
        log(again ? LogLevel::info : LogLevel::error, "notice.not_taken",
            {{"incident", notice.incident}, {"attempt", attempt}, {"again", again},
             {"reason", response ? "status " + std::to_string(response->status)
                                 : response.error().message}});
        if (!again) return;
        std::unique_lock lock(mutex);
        changed.wait_for(lock, stop, pause, [] { return false; });
    }
}

void WebhookNotifier::State::run(std::stop_token stop) {
    while (true) {
        std::unique_lock lock(mutex);
        if (!changed.wait(lock, stop, [this] { return !waiting.empty(); })) return;
        auto notice = std::move(waiting.front());
        waiting.pop_front();
        lock.unlock();
        deliver(notice, stop);
    }
}

WebhookNotifier::WebhookNotifier(WebhookSettings settings) : state_(std::make_unique<State>()) {
    state_->settings = std::move(settings);
    state_->thread =
        std::jthread([state = state_.get()](std::stop_token stop) { state->run(stop); });
}

WebhookNotifier::~WebhookNotifier() = default;

void WebhookNotifier::tell(Tell const& notice) {
    std::lock_guard lock(state_->mutex);
    if (state_->waiting.size() >= state_->settings.queue_max) {
        log(LogLevel::error, "notice.dropped",
            {{"incident", notice.incident}, {"kind", notice.kind}});
        return;
    }
    state_->waiting.push_back(notice);
    state_->changed.notify_one();
}

}  // namespace coordinator
