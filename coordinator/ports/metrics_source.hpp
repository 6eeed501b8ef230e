// Where alerts are measured (Prometheus). Asked whether it still holds one; never waited for.
#pragma once

#include <functional>

#include "coordinator/core/event.hpp"

namespace coordinator {

class MetricsSource {
  public:
    virtual ~MetricsSource() = default;
    // Posts MetricsAnswered{incident, …} later, from another thread; `away` on any failure.
    virtual void ask(std::string const& incident, domain::Signal const& signal) = 0;
};

}  // namespace coordinator
