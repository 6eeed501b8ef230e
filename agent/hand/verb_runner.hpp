// Runs one filled-in step of the closed table in common/remedy/verbs.hpp.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "agent/hand/host_checks.hpp"
#include "agent/hand/id_log.hpp"
#include "agent/hand/managers.hpp"
#include "agent/hand/programs.hpp"
#include "agent/hand/redactor.hpp"
#include "common/domain/remedy.hpp"

namespace hand {

using Now = std::function<base::Time()>;

enum class StepEnd {
    yes,  // done, or the question was answered yes
    no,   // the question was answered no
    failed,
    timed_out,
    cancelled,
};

struct StepOutcome {
    StepEnd end = StepEnd::failed;
    domain::StepResult result;  // output redacted
    std::string why;            // one sentence if it is not yes; redacted
};

class VerbRunner {
  public:
    // All must outlive it. One thread at a time.
    VerbRunner(policy::Policy const& policy, Managers const& managers, Programs& programs,
               Redactor const& redactor, IdLog& log, Now now);

    // At most step.timeout and at most `at_most`.
    StepOutcome run(domain::Step const& step, base::Duration at_most, std::size_t output_bytes,
                    Stop const& stop);

    // Why what this step would change does not exist here; nothing if it does, or if the step
    // changes nothing that has a name. Asks the manager, never an inventory.
    std::optional<std::string> missing(domain::Step const& step, Stop const& stop);

  private:
    struct Run;
    policy::Policy const& policy_;
    Managers const& managers_;
    Programs& programs_;
    Redactor const& redactor_;
    IdLog& log_;
    Now now_;
};

}  // namespace hand
