// Asks Prometheus whether it still holds an alert. One request answers all questions that waited
// for it: `GET /api/v1/rules?type=alert` tells at once whether a rule of that name exists and which
// of its alerts are up.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "coordinator/ports/metrics_source.hpp"

namespace coordinator {

struct PrometheusSettings {
    std::string url;  // "http://127.0.0.1:9090"
    base::Duration timeout{10'000};
    std::size_t queue_max = 20'000;  // questions waiting; above it the answer is `away`
};

class PrometheusSource final : public MetricsSource {
  public:
    // `post` is called on the source's own thread.
    PrometheusSource(PrometheusSettings settings, std::function<void(Event)> post);
    ~PrometheusSource() override;

    void ask(std::string const& incident, domain::Signal const& signal) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// The body of the answer, for one signal. A rule whose evaluation failed is `away`: its silence
// says nothing. Pending counts as firing: the condition holds again. An error: not such a body.
base::Result<MetricsAnswer> judge_rules(std::string_view body, domain::Signal const& signal);

}  // namespace coordinator
