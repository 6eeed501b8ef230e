#include "coordinator/adapters/prometheus_source.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "common/adapters/log.hpp"
#include "common/base/json.hpp"
#include "coordinator/adapters/curl_http.hpp"

namespace coordinator {

namespace {

using adapters::log;
using adapters::LogLevel;

constexpr std::size_t kRulesMax = 32 * 1024 * 1024;

// Alertmanager adds external labels and relabelling may add more, so the alert's labels must all be
// in the signal's, not the other way round.
bool is_part_of(base::json::Value labels, domain::Labels const& signal) {
    for (auto label : labels.children()) {
        auto at = signal.find(std::string(label.key()));
        if (at == signal.end() || at->second != label.string().value_or("")) return false;
    }
    return true;
}

base::Result<std::vector<base::json::Value>> rules_of(base::json::Value root) {
    if (root["status"].string().value_or("") != "success" || !root["data"]["groups"].is_array())
        return base::fail(base::Code::invalid, "not an answer of Prometheus");
    std::vector<base::json::Value> rules;
    for (auto group : root["data"]["groups"].children())
        for (auto rule : group["rules"].children()) rules.push_back(rule);
    return rules;
}

MetricsAnswer judge(std::vector<base::json::Value> const& rules, domain::Signal const& signal) {
    bool known = false;
    for (auto rule : rules) {
        if (rule["name"].string().value_or("") != signal.name) continue;
        known = true;
        for (auto alert : rule["alerts"].children()) {
            auto state = alert["state"].string().value_or("");
            if (state != "inactive" && is_part_of(alert["labels"], signal.labels))
                return MetricsAnswer::firing;
        }
        if (rule["health"].string().value_or("ok") == "err") return MetricsAnswer::away;
    }
    return known ? MetricsAnswer::clear : MetricsAnswer::unknown;
}

base::Result<base::json::Document> parse(std::string_view body) {
    return base::json::Document::parse(body, {kRulesMax, 16});
}

}  // namespace

base::Result<MetricsAnswer> judge_rules(std::string_view body, domain::Signal const& signal) {
    auto document = parse(body);
    if (!document) return tl::make_unexpected(document.error());
    auto rules = rules_of(document->root());
    if (!rules) return tl::make_unexpected(rules.error());
    return judge(*rules, signal);
}

struct PrometheusSource::State {
    struct Question {
        std::string incident;
        domain::Signal signal;
    };
    PrometheusSettings settings;
    std::function<void(Event)> post;
    std::mutex mutex;
    std::condition_variable_any changed;
    std::vector<Question> waiting;  // guarded by mutex
    bool complained = false;        // the thread's own
    std::jthread thread;            // last: joined before anything it uses goes

    void run(std::stop_token stop);
    void answer(std::vector<Question> const& questions, std::stop_token const& stop);
};

void PrometheusSource::State::answer(std::vector<Question> const& questions,
                                     std::stop_token const& stop) {
    HttpRequest request;
    request.url = settings.url + "/api/v1/rules?type=alert";
    request.timeout = settings.timeout;
    request.response_max = kRulesMax;
    std::string failure;
    auto response = http_perform(request, stop);
    auto document = response && response->status == 200
                        ? parse(response->body)
                        : base::fail(base::Code::unavailable,
                                     response ? "status " + std::to_string(response->status)
                                              : response.error().message);
    if (stop.stop_requested()) return;
    auto rules = document ? rules_of(document->root()) : tl::make_unexpected(document.error());
    if (!rules && !complained)
        log(LogLevel::warning, "metrics_source.away",
            {{"url", settings.url}, {"reason", rules.error().message}});
    complained = !rules;
    for (auto const& question : questions)
        post(MetricsAnswered{question.incident,
                             rules ? judge(*rules, question.signal) : MetricsAnswer::away});
}

void PrometheusSource::State::run(std::stop_token stop) {
    while (true) {
        std::vector<Question> questions;
        {
            std::unique_lock lock(mutex);
            if (!changed.wait(lock, stop, [this] { return !waiting.empty(); })) return;
            questions.swap(waiting);
        }
        answer(questions, stop);
    }
}

PrometheusSource::PrometheusSource(PrometheusSettings settings, std::function<void(Event)> post)
    : state_(std::make_unique<State>()) {
    while (settings.url.ends_with('/')) settings.url.pop_back();
    state_->settings = std::move(settings);
    state_->post = std::move(post);
    state_->thread =
        std::jthread([state = state_.get()](std::stop_token stop) { state->run(stop); });
}

PrometheusSource::~PrometheusSource() = default;

void PrometheusSource::ask(std::string const& incident, domain::Signal const& signal) {
    {
        std::lock_guard lock(state_->mutex);
        if (state_->waiting.size() < state_->settings.queue_max) {
            state_->waiting.push_back({incident, signal});
            state_->changed.notify_one();
            return;
        }
    }
    state_->post(MetricsAnswered{incident, MetricsAnswer::away});
}

}  // namespace coordinator
