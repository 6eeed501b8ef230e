#include "agent/hand/executor.hpp"

#include <algorithm>

#include "common/adapters/log.hpp"
#include "common/remedy/fill.hpp"

namespace hand {

namespace {

using domain::CommandState;
using domain::ResultCode;

constexpr std::size_t kStepsMax = 64;  // more are run, but not told: the wire's limit

}  // namespace

// One run of one Work; ends by setting the result's state.
struct Executor::Course {
    Executor& of;
    Work const& work;
    Stop const& stop;
    base::BootTime deadline{};
    std::size_t output_left = 0;
    domain::CommandResult result{};
    bool started = false;
    bool ended = false;

    base::WallTime wall() const { return work.wall + (of.now_().boot - work.boot); }
    base::Duration left() const { return std::max(deadline - of.now_().boot, base::Duration{0}); }

    void end(CommandState state, ResultCode code, std::string detail) {
        if (ended) return;
        ended = true;
        result.state = state;
        result.code = code;
        result.detail = std::move(detail);
    }

    // Nothing was done: what else a stop would be is a rejection here.
    bool may_go_on(bool began) {
        if (ended) return false;
        if (stop.cancelled()) {
            end(CommandState::cancelled, ResultCode::cancelled, "cancelled by the coordinator");
        } else if (stop.why() == Stop::Why::frozen) {
            end(began ? CommandState::failed : CommandState::rejected, ResultCode::frozen,
                "this host was frozen");
        } else if (left().count() == 0) {
            end(CommandState::timed_out, ResultCode::timeout, "it took longer than allowed");
        }
        return !ended;
    }

    // Runs one step and keeps what it printed; never called after may_go_on said no.
    StepOutcome step(domain::Step const& raw, domain::Params const& params,
                     base::Duration at_most) {
        auto const filled = remedy::fill(raw, params);
        if (!filled) {
            StepOutcome outcome;
            outcome.result.verb = raw.verb;
            outcome.result.exit_code = 1;
            outcome.why = filled.error().message;
            return outcome;
        }
        auto outcome = of.verbs_.run(*filled, at_most, output_left, stop);
        output_left -= std::min(output_left, outcome.result.output.size());
        return outcome;
    }

    void keep(StepOutcome const& outcome) {
        if (result.steps.size() < kStepsMax) result.steps.push_back(outcome.result);
    }

    void look_whether_it_is_ill(RemedyWork const& what) {
        if (!work.must_be_ill || !may_go_on(false)) return;
        auto const outcome = step(what.remedy.check->step, what.params, left());
        if (outcome.end == StepEnd::yes && may_go_on(false))
            end(CommandState::rejected, ResultCode::precondition,
                what.remedy.check->step.verb + ": it is well; nothing was done");
    }

    void preconditions(RemedyWork const& what) {
        for (auto const& raw : what.remedy.preconditions) {
            if (!may_go_on(false)) return;
            auto const outcome = step(raw, what.params, left());
            keep(outcome);
            if (outcome.end == StepEnd::yes) continue;
            if (!may_go_on(false)) return;
            end(CommandState::rejected, ResultCode::precondition,
                raw.verb + ": " + outcome.why + "; nothing was done");
        }
        for (auto const& raw : what.remedy.steps) {
            if (!may_go_on(false)) return;
            auto const filled = remedy::fill(raw, what.params);
            auto const why = filled ? of.verbs_.missing(*filled, stop)
                                    : std::optional{filled.error().message};
            if (why && may_go_on(false))
                end(CommandState::rejected, ResultCode::precondition,
                    raw.verb + ": " + *why + "; nothing was done");
        }
    }

    // The line that must not be crossed without a row on disk.
    void start() {
        if (!may_go_on(false)) return;
        result.started_at = wall();
        if (work.changes) {
            Known known;
            known.hash = work.hash;
            known.expires = work.expires;
            known.subjects = work.subjects;
            known.started = result.started_at;
            auto const written = of.log_.started(work.id, std::move(known), of.now_().boot);
            if (!written) {
                result.started_at.reset();
                return end(CommandState::rejected, ResultCode::exec_failed,
                           "the log cannot be written, so nothing was done: " +
                               written.error().message);
            }
            started = true;
        }
        auto running = result;
        running.state = CommandState::running;
        running.steps.clear();
        of.report_(running);
    }

    void end_by(StepOutcome const& outcome, std::string const& verb) {
        auto const detail = verb + ": " + outcome.why;
        if (outcome.end == StepEnd::cancelled)
            end(CommandState::cancelled, ResultCode::cancelled, detail);
        else if (outcome.end == StepEnd::timed_out)
            end(CommandState::timed_out, ResultCode::timeout, detail);
        else
            end(CommandState::failed, ResultCode::exec_failed, detail);
    }

    void steps(RemedyWork const& what) {
        for (auto const& raw : what.remedy.steps) {
            if (!may_go_on(true)) return;
            auto const outcome = step(raw, what.params, left());
            keep(outcome);
            if (outcome.end != StepEnd::yes) return end_by(outcome, raw.verb);
        }
    }

    // Asks until yes or the time is over. What is kept is the last answer.
    void check(RemedyWork const& what) {
        if (!what.remedy.check || !may_go_on(true)) return;
        auto const& question = *what.remedy.check;
        auto const until = std::min(of.now_().boot + question.within, deadline);
        while (true) {
            auto const outcome = step(question.step, what.params, left());
            auto const now = of.now_().boot;
            bool const last = now + question.every >= until;
            if (outcome.end == StepEnd::yes || last || stop.cancelled()) keep(outcome);
            if (outcome.end == StepEnd::yes) return;
            // A freeze stops new steps; the question whether the done ones helped is still
            // answered.
            if (stop.cancelled())
                return end(CommandState::cancelled, ResultCode::cancelled,
                           "cancelled while the check ran");
            if (last)
                return end(CommandState::failed, ResultCode::check_failed,
                           question.step.verb + ": " + outcome.why + " after " +
                               base::to_text(question.within));
            wait_for(question.every);
        }
    }

    void wait_for(base::Duration every) {
        auto const until = of.now_().boot + every;
        while (!stop.cancelled()) {
            auto const still = until - of.now_().boot;
            if (still.count() <= 0) return;
            stop.wait(still);
        }
    }

    // What was changed is put back when it did not help. Bounded by each step's own time-out; only
    // a freeze keeps it from running.
    void undo(RemedyWork const& what) {
        if (!started || result.state == CommandState::succeeded) return;
        if (what.remedy.undo.empty() || stop.why() == Stop::Why::frozen) return;
        Stop const never;
        bool undone = true;
        for (auto const& raw : what.remedy.undo) {
            auto const filled = remedy::fill(raw, what.params);
            if (!filled) continue;
            auto const outcome = of.verbs_.run(*filled, raw.timeout, 4096, never);
            keep(outcome);
            undone = undone && outcome.end == StepEnd::yes;
        }
        result.detail += undone ? "; undone" : "; the undo failed too";
    }

    void run_remedy(RemedyWork const& what) {
        deadline = of.now_().boot + std::min(what.remedy.timeout, work.limits.timeout);
        look_whether_it_is_ill(what);
        preconditions(what);
        start();
        if (ended) return;
        steps(what);
        check(what);
        end(CommandState::succeeded, ResultCode::ok, "");
        undo(what);
    }

    // Where the programs are, what the patterns match, whether what is changed exists.
    std::vector<PreparedPipeline> prepare_line(LineWork const& what) {
        for (auto const& changed : what.changed) {
            if (!may_go_on(false)) return {};
            if (auto const why = of.verbs_.missing(changed, stop); why && may_go_on(false))
                end(CommandState::rejected, ResultCode::precondition,
                    *why + "; nothing was done");
        }
        if (!may_go_on(false)) return {};
        auto prepared = prepare(what.pipelines, of.reader_);
        if (prepared) return std::move(*prepared);
        end(CommandState::rejected, ResultCode::precondition,
            prepared.error().message + "; nothing was done");
        return {};
    }

    // One pipeline; gives its exit code, or nothing if the line ended here.
    std::optional<int> run_pipeline(PreparedPipeline const& pipeline) {
        auto const exit = of.programs_.run_piped({pipeline.stages, left(), output_left}, stop);
        if (!exit) {
            end(CommandState::failed, ResultCode::exec_failed, exit.error().message);
            return std::nullopt;
        }
        auto output = exit->output;
        for (auto const& why : pipeline.left_out) output += "(left out: " + why + ")\n";
        domain::StepResult one{pipeline.name, exit->code, redacted(of.redactor_, output),
                               exit->output_total, exit->took};
        output_left -= std::min(output_left, one.output.size());
        result.steps.push_back(std::move(one));
        if (exit->cancelled) {
            end(CommandState::cancelled, ResultCode::cancelled, "cancelled");
            return std::nullopt;
        }
        if (exit->timed_out) {
            end(CommandState::timed_out, ResultCode::timeout, "it took longer than allowed");
            return std::nullopt;
        }
        return exit->code;
    }

    // As a shell goes through a list: '&&' and '||' look at the last code there was.
    void run_line(LineWork const& what) {
        deadline = of.now_().boot + work.limits.timeout;
        auto const pipelines = prepare_line(what);
        if (ended) return;
        start();
        int code = 0;
        for (auto const& pipeline : pipelines) {
            if (pipeline.join == command::Join::on_success && code != 0) continue;
            if (pipeline.join == command::Join::on_failure && code == 0) continue;
            if (!may_go_on(true)) return;
            auto const got = run_pipeline(pipeline);
            if (!got) return;
            code = *got;
        }
        if (code != 0)
            end(CommandState::failed, ResultCode::exec_failed, "exit code " + std::to_string(code));
        end(CommandState::succeeded, ResultCode::ok, "");
    }
};

Executor::Executor(VerbRunner& verbs, Programs& programs, Redactor const& redactor, IdLog& log,
                   Now now, std::function<void(domain::CommandResult const&)> report)
    : verbs_(verbs), programs_(programs), redactor_(redactor), log_(log), now_(std::move(now)),
      report_(std::move(report)), reader_(find_reader()) {}

domain::CommandResult Executor::run(Work const& work, Stop const& stop) {
    Course course{*this, work, stop, {}, work.limits.output_bytes};
    course.result.id = work.id;
    if (auto const* remedy = std::get_if<RemedyWork>(&work.what))
        course.run_remedy(*remedy);
    else
        course.run_line(std::get<LineWork>(work.what));
    course.result.finished_at = course.wall();
    course.result.detail = redacted(redactor_, course.result.detail);
    Known known;
    known.hash = work.hash;
    known.expires = work.expires;
    known.subjects = work.subjects;
    auto const written = log_.finished(work.id, course.result, known, now_().boot);
    // The work is done and is told as it is; after a restart it will be called interrupted.
    if (!written)
        adapters::log(adapters::LogLevel::error, "hand.log_failed",
                      {{"id", work.id}, {"reason", written.error().message}});
    return course.result;
}

}  // namespace hand
