// The coordinator's own figures in Prometheus' text format (docs/formats/metrics.md).
// Everything is counted from committed facts, so a figure never says more than the journal.
// committed() on the loop thread, text() on any thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "coordinator/core/effect.hpp"
#include "coordinator/core/event.hpp"
#include "coordinator/ports/api.hpp"

namespace coordinator {

class PrometheusMetrics {
  public:
    explicit PrometheusMetrics(std::string const& version);
    ~PrometheusMetrics();
    PrometheusMetrics(PrometheusMetrics const&) = delete;
    PrometheusMetrics& operator=(PrometheusMetrics const&) = delete;

    // One step whose commit succeeded.
    void committed(Event const& event, Effects const& effects);
    // How long one commit took and how many steps it carried.
    void commit_took(std::chrono::microseconds took, int steps);
    // A commit that failed (the store was busy or away).
    void commit_failed();

    // The gauges are set from `status`, then everything is written out.
    std::string text(StatusReport const& status);

  private:
    struct Families;
    std::unique_ptr<Families> families_;
};

}  // namespace coordinator
