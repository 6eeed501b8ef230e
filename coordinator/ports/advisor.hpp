// Who is asked when no remedy is known. It has no authority: its answer is a choice of remedy that
// passes the same guard as any other.
#pragma once

#include "coordinator/core/effect.hpp"

namespace coordinator {

class Advisor {
  public:
    virtual ~Advisor() = default;
    // Posts AdvisorAnswered or AdvisorFailed later.
    virtual void ask(AskAdvisor const& question) = 0;
};

}  // namespace coordinator
