// Prometheus and Alertmanager as far as a coordinator sees them: an alert is repeated until it was
// taken, again every few minutes, and its end is told too.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "coordinator/core/event.hpp"
#include "coordinator/core/effect.hpp"
#include "tools/simulate/patient.hpp"
#include "tools/simulate/timeline.hpp"

namespace simulate {

class Alerts {
  public:
    explicit Alerts(Timeline& timeline) : timeline_(timeline) {}

    // To the coordinator's webhook, if it is up.
    std::function<void(coordinator::SignalsArrived)> post;
    std::function<void(domain::Signal const&)> taken;  // 2xx was said

    void watch(domain::HostId const& host, Services const& services);  // every scrape
    void answered(coordinator::Accepted const& accepted);
    coordinator::MetricsAnswer answer(domain::Signal const& signal) const;

  private:
    struct Series {
        domain::Signal signal;
        bool told = true;  // the present state was taken
        base::BootTime again{};
    };

    Timeline& timeline_;
    std::map<std::string, Series> series_;  // by fingerprint
    std::map<coordinator::Ticket, std::string> asked_;
    coordinator::Ticket next_ticket_ = 0;
};

}  // namespace simulate
