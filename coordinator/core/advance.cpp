#include "coordinator/core/advance.hpp"

#include <algorithm>

#include "coordinator/core/act/act.hpp"
#include "coordinator/core/act/approval.hpp"
#include "coordinator/core/correlate/correlate.hpp"
#include "coordinator/core/intake/intake.hpp"
#include "coordinator/core/report/report.hpp"
#include "coordinator/core/verify/verify.hpp"

namespace coordinator {
namespace {

using State = domain::IncidentState;

void close(World& world, domain::Incident& incident) {
    incident.closed_at = world.now.wall;
    forget_key(world, incident);
    remember_key(world, incident);
    world.timers.set({TimerKind::forget_incident, incident.id},
                     world.now.boot + world.settings.attempts_window);
    report_closed(world, incident);
    if (incident.state == State::suppressed) return;
    for (auto const& fingerprint : incident.firing) second_look_later(world, fingerprint);
}

void perform(World& world, domain::Incident& incident, Action action) {
    switch (action) {
        case Action::none: break;
        case Action::make_plan: make_plan(world, incident); break;
        case Action::ask_advisor: ask_advisor(world, incident); break;
        case Action::confirm: confirm(world, incident); break;
        case Action::note_failure: note_not_let_go(world, incident); break;
        case Action::escalate: report_escalated(world, incident); break;
        case Action::close: close(world, incident); break;
    }
}

void leave(World& world, domain::Incident const& incident, State from, State to,
           std::string const& reason) {
    if (from == State::waiting) stop_waiting(world, incident);
    bool const goes_on = to == State::waiting || to == State::acting || to == State::asking;
    if ((from == State::waiting || from == State::asking) && !goes_on)
        withdraw(world, incident, reason);
    if (from == State::acting) release(world, incident);
    if (from == State::confirming) {
        world.heard.erase(incident.id);
        world.timers.cancel({TimerKind::metrics, incident.id});
    }
}

}  // namespace

void arm(World& world, domain::Incident& incident, base::Duration span) {
    incident.deadline = world.now.wall + span;
    world.timers.set({TimerKind::incident, incident.id}, world.now.boot + span);
    world.save(incident);
}

bool raise(World& world, domain::Incident& incident, Trigger trigger, std::string reason) {
    auto const* row = find_row(incident.state, trigger);
    if (row == nullptr) return false;
    // Nobody is called for what is well again: its signals resolved while the command was out.
    bool const well = incident.firing.empty() && find_row(incident.state, Trigger::settled);
    if (row->to == State::escalated && well) {
        settle(world, incident, domain::Outcome::unknown, "its signals resolved; " + reason);
        return true;
    }
    auto const from = incident.state;
    leave(world, incident, from, row->to, reason);
    incident.state = row->to;
    incident.changed_at = world.now.wall;
    incident.reason = std::move(reason);
    world.save(incident);
    world.need_durable();
    world.record("incident", incident,
                 std::string{to_string(row->to)} + ": " + incident.reason,
                 {{"from", std::string{to_string(from)}},
                  {"to", std::string{to_string(row->to)}},
                  {"trigger", std::string{to_string(trigger)}}});
    if (domain::is_final(row->to)) {
        incident.deadline.reset();
        world.timers.cancel({TimerKind::incident, incident.id});
    } else {
        arm(world, incident, lasts(world.settings, row->to, incident.attempts));
    }
    perform(world, incident, row->action);
    return true;
}

void on_deadline(World& world, domain::Incident& incident) {
    switch (incident.state) {
        case State::confirming: confirm_timed_out(world, incident); return;
        case State::acting:
            note_no_result(world, incident);
            raise(world, incident, Trigger::time_out,
                  "the host took the command and never said how it ended");
            return;
        case State::gathering:
            raise(world, incident, Trigger::time_out, "looking for a remedy");
            return;
        case State::asking:
            raise(world, incident, Trigger::time_out,
                  world.held.contains(incident.id) ? "nobody approved it in time"
                                                   : "the advisor did not answer in time");
            return;
        case State::waiting:
            raise(world, incident, Trigger::time_out, "waited too long: " + incident.reason);
            return;
        case State::backing_off:
            raise(world, incident, Trigger::time_out, "trying again");
            return;
        default: raise(world, incident, Trigger::time_out, "nobody answered"); return;
    }
}

void on_gone(World& world, domain::Incident& incident) {
    switch (incident.state) {
        case State::confirming: return;  // confirm() was asked already
        case State::acting: return;      // the command is out and its result decides
        case State::gathering:
        case State::asking:
        case State::waiting:
            if (incident.attempts == 0) {
                raise(world, incident, Trigger::gone, "it resolved before anything was done");
                return;
            }
            break;
        default: break;
    }
    settle(world, incident, domain::Outcome::resolved, "its signals resolved");
}

void resume(World& world, domain::Incident& incident) {
    auto const& settings = world.settings;
    if (incident.plan) world.tried[lock_of(incident.plan->subject)].push_back(incident.id);
    remember_key(world, incident);
    if (domain::is_final(incident.state)) {
        auto const closed = incident.closed_at.value_or(incident.changed_at);
        auto const left = closed + settings.attempts_window - world.now.wall;
        world.timers.set(
            {TimerKind::forget_incident, incident.id},
            world.now.boot + std::clamp(left, base::Duration::zero(), settings.attempts_window));
        return;
    }
    // The wall clock may have jumped while the process was away: never longer than the state lasts.
    auto longest = lasts(settings, incident.state, incident.attempts);
    if (world.held.contains(incident.id)) longest = std::max(longest, settings.approval_within);
    if (incident.state == State::acting) longest += acting_lasts_longer(incident);
    auto const left = incident.deadline.value_or(world.now.wall + longest) - world.now.wall;
    world.timers.set({TimerKind::incident, incident.id},
                     world.now.boot + std::clamp(left, base::Duration::zero(), longest));
    switch (incident.state) {
        case State::gathering: ask_if_known(world, incident); break;
        case State::asking:
            if (!world.held.contains(incident.id)) ask_advisor(world, incident);
            break;
        case State::waiting: wait_for_host(world, incident); break;
        case State::acting: occupy(world, incident); break;
        case State::confirming: ask_metrics(world, incident); break;
        default: break;
    }
}

}  // namespace coordinator
