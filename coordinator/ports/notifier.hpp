// Tells people. Best effort with a bounded queue and retries of its own; a failure is logged and
// counted, never waited for.
#pragma once

#include "coordinator/core/effect.hpp"

namespace coordinator {

class Notifier {
  public:
    virtual ~Notifier() = default;
    virtual void tell(Tell const& notice) = 0;
};

}  // namespace coordinator
