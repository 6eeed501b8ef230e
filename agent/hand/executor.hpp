// Does one Work from its preconditions to its result, on the worker's thread:
//   preconditions, existence of what is changed   -> rejected, nothing was done
//   "started" on disk                             -> or nothing is done
//   steps in order                                -> failed | timed_out | cancelled, then undo
//   check, again and again until its time is over -> failed (check_failed), then undo
//   "finished" on disk                            -> the result
#pragma once

#include <functional>
#include <optional>

#include "agent/hand/id_log.hpp"
#include "agent/hand/lines.hpp"
#include "agent/hand/programs.hpp"
#include "agent/hand/redactor.hpp"
#include "agent/hand/verb_runner.hpp"
#include "agent/hand/work.hpp"
#include "common/domain/command.hpp"

namespace hand {

class Executor {
  public:
    // All must outlive it. `report` is called on the thread of run(), with the running state once
    // "started" is on disk.
    Executor(VerbRunner& verbs, Programs& programs, Redactor const& redactor, IdLog& log, Now now,
             std::function<void(domain::CommandResult const&)> report);

    // The final result; it is in the log when this returns. A step is never begun after `stop` was
    // asked; a cancel also ends the running one.
    domain::CommandResult run(Work const& work, Stop const& stop);

  private:
    struct Course;
    VerbRunner& verbs_;
    Programs& programs_;
    Redactor const& redactor_;
    IdLog& log_;
    Now now_;
    std::function<void(domain::CommandResult const&)> report_;
    std::optional<User> reader_;  // whom reading commands run as
};

}  // namespace hand
