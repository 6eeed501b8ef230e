#include "coordinator/core/verify/verify.hpp"

#include "coordinator/core/advance.hpp"
#include "coordinator/core/guard/guard.hpp"
#include "coordinator/core/report/report.hpp"

namespace coordinator {
namespace {

using domain::CommandState;
using domain::Outcome;
using domain::ResultCode;
using State = domain::IncidentState;

// A rejection that another moment may change; any other is the host's last word on this plan.
bool passes_by_itself(ResultCode code) {
    switch (code) {
        case ResultCode::busy:
        case ResultCode::rate_limited:
        case ResultCode::maintenance:
        case ResultCode::quiet_hours:
        case ResultCode::frozen:
        case ResultCode::precondition:
        case ResultCode::unknown_remedy:
        case ResultCode::expired:
        case ResultCode::replayed:
        case ResultCode::stale_epoch:
        case ResultCode::interrupted: return true;  // the agent was restarted before it began
        default: return false;
    }
}

Outcome outcome_of(CommandState state) {
    switch (state) {
        case CommandState::rejected: return Outcome::rejected;
        case CommandState::expired: return Outcome::expired;
        case CommandState::interrupted: return Outcome::unknown;
        default: return Outcome::failed;
    }
}

std::string sentence(domain::CommandResult const& result) {
    auto text = std::string{to_string(result.state)};
    if (result.code != ResultCode::ok) text += " (" + std::string{to_string(result.code)} + ")";
    return result.detail.empty() ? text : text + ": " + result.detail;
}

// Only an alert that Prometheus made can be confirmed by Prometheus.
bool metrics_may_know(World const& world, domain::Incident const& incident,
                      domain::Signal const& root) {
    return world.settings.metrics_configured && incident.known_to_metrics != false &&
           (root.source == domain::SignalSource::alertmanager ||
            root.source == domain::SignalSource::test);
}

domain::Signal const* root_of(World& world, domain::Incident const& incident) {
    auto const* row = world.signal(incident.root);
    return row == nullptr ? nullptr : &row->signal;
}

bool metrics_pending(World& world, domain::Incident const& incident) {
    auto const* root = root_of(world, incident);
    return root != nullptr && !incident.confirmed_at && metrics_may_know(world, incident, *root);
}

void on_fixed(World& world, domain::Incident& incident, CommandRow const& row) {
    incident.fixed_at = world.moment(row.result->finished_at);
    world.save(incident);
    world.record("check", incident, "the check passed on " + row.command.host.text());
    // No row: a late result of one that is escalated or confirming already settles it, or not.
    if (!raise(world, incident, Trigger::fixed, "the check passed on the host"))
        confirm(world, incident);
}

void on_failed(World& world, domain::Incident& incident, domain::Attempt const& attempt,
               domain::CommandResult const& result) {
    auto const reason = attempt.plan.remedy.remedy + " " + sentence(result);
    if (result.code == ResultCode::unknown_remedy)
        world.emit(SendRemedies{attempt.plan.host});
    if (result.state == CommandState::cancelled ||
        (result.state == CommandState::rejected && !passes_by_itself(result.code))) {
        raise(world, incident, Trigger::refused, reason);
        return;
    }
    if (!attempts_left(world, attempt.plan.subject) && !incident.firing.empty()) {
        raise(world, incident, Trigger::spent,
              std::to_string(world.settings.attempts_max) + " attempts did not help; the last: " +
                  reason);
        return;
    }
    raise(world, incident, Trigger::failed, reason);
    if (incident.firing.empty())
        raise(world, incident, Trigger::settled, "its signals resolved meanwhile");
    else
        report_attempt_failed(world, incident);
}

}  // namespace

void on_command_ended(World& world, CommandRow const& row) {
    auto* incident = world.incident(row.command.incident);
    auto* attempt = world.attempt_of(row);
    if (incident == nullptr || attempt == nullptr) return;
    auto const& result = *row.result;
    bool const late = attempt->ended_at.has_value();
    bool const newest = attempt == world.newest_attempt(incident->id);
    attempt->ended_at = world.moment(result.finished_at);
    attempt->detail = sentence(result);
    // A success is only an outcome when the confirmation is over.
    attempt->outcome.reset();
    if (result.state != CommandState::succeeded) attempt->outcome = outcome_of(result.state);
    world.save(*attempt);
    if (domain::is_final(incident->state) || !newest) {
        if (!attempt->outcome) attempt->outcome = Outcome::resolved;
        return;  // evidence only
    }
    if (result.state == CommandState::succeeded) {
        on_fixed(world, *incident, row);
    } else if (late || incident->state != State::acting) {
        world.record("check", *incident, "late: " + attempt->detail);
    } else if (result.state == CommandState::interrupted) {
        report_attempt_failed(world, *incident);
        raise(world, *incident, Trigger::unproven, sentence(result));
    } else {
        on_failed(world, *incident, *attempt, result);
    }
}

void note_no_result(World& world, domain::Incident& incident) {
    auto* attempt = world.newest_attempt(incident.id);
    if (attempt == nullptr || attempt->ended_at) return;
    attempt->ended_at = world.now.wall;
    attempt->outcome = Outcome::unknown;
    attempt->detail = "no result came";
    world.save(*attempt);
}

void settle(World& world, domain::Incident& incident, Outcome outcome, std::string reason) {
    if (auto* attempt = world.newest_attempt(incident.id); attempt && !attempt->outcome) {
        attempt->outcome = outcome;
        attempt->detail = reason;
        world.save(*attempt);
    }
    world.record("check", incident, reason, {{"outcome", std::string{to_string(outcome)}}});
    raise(world, incident, Trigger::settled, std::move(reason));
}

void confirm(World& world, domain::Incident& incident) {
    auto const* attempt = world.newest_attempt(incident.id);
    bool const proven = attempt != nullptr && !attempt->outcome;
    if (!proven && (incident.firing.empty() || incident.confirmed_at))
        settle(world, incident, Outcome::unknown, "its signals resolved");
    else if (metrics_pending(world, incident))
        ask_metrics(world, incident);
    else if (proven && !hosts_hold(world, incident))
        settle(world, incident, Outcome::resolved,
               incident.confirmed_at ? "the metrics source let go of the alert"
                                     : "the check passed on the host");
}

void confirm_timed_out(World& world, domain::Incident& incident) {
    auto const* attempt = world.newest_attempt(incident.id);
    if (attempt == nullptr || attempt->outcome) {
        raise(world, incident, Trigger::unproven,
              "whether it helped is not known: " +
                  (attempt == nullptr ? std::string{"no result"} : attempt->detail));
        return;
    }
    auto const heard = world.heard.find(incident.id);
    bool const alert_held = metrics_pending(world, incident) && heard != world.heard.end() &&
                            heard->second == MetricsAnswer::firing;
    if (!alert_held && !hosts_hold(world, incident)) {
        settle(world, incident, Outcome::unknown,
               "the check passed on the host; the metrics source was away: not confirmed");
        return;
    }
    std::string const holder = alert_held ? "the metrics source" : "the host's own probe";
    if (attempts_left(world, attempt->plan.subject)) {
        raise(world, incident, Trigger::time_out, holder + " still sees it");
        return;
    }
    note_not_let_go(world, incident);
    raise(world, incident, Trigger::spent,
          std::to_string(world.settings.attempts_max) + " attempts did not help: " + holder +
              " still sees it");
}

void note_not_let_go(World& world, domain::Incident& incident) {
    incident.fixed_at.reset();
    world.save(incident);
    auto* attempt = world.newest_attempt(incident.id);
    if (attempt == nullptr) return;
    attempt->outcome = Outcome::failed;
    attempt->detail = "the check passed, but the signal went on";
    world.save(*attempt);
    if (incident.state == State::backing_off) report_attempt_failed(world, incident);
}

void note_relapse(World& world, domain::Incident const& incident) {
    auto* attempt = world.newest_attempt(incident.id);
    if (attempt == nullptr || attempt->outcome != Outcome::resolved) return;
    attempt->outcome = Outcome::failed;
    attempt->detail = "the check passed, but the alert went on";
    world.save(*attempt);
}

bool noticed_by_host(domain::Signal const& signal) {
    return signal.source == domain::SignalSource::probe ||
           signal.source == domain::SignalSource::watch;
}

bool hosts_hold(World& world, domain::Incident const& incident) {
    for (auto const& fingerprint : incident.firing) {
        auto const* row = world.signal(fingerprint);
        if (row != nullptr && row->signal.firing && noticed_by_host(row->signal)) return true;
    }
    return false;
}

void ask_if_known(World& world, domain::Incident& incident) {
    auto const* root = root_of(world, incident);
    if (root != nullptr && !incident.known_to_metrics && metrics_may_know(world, incident, *root))
        world.emit(AskMetrics{incident.id, *root});
}

void ask_metrics(World& world, domain::Incident& incident) {
    if (!metrics_pending(world, incident)) return;
    world.emit(AskMetrics{incident.id, *root_of(world, incident)});
    world.timers.set({TimerKind::metrics, incident.id},
                     world.now.boot + world.settings.confirm_every);
}

void on_metrics(World& world, MetricsAnswered const& event) {
    auto* incident = world.incident(event.incident);
    if (incident == nullptr || domain::is_final(incident->state)) return;
    bool const confirming = incident->state == State::confirming ||
                            (incident->state == State::escalated && incident->fixed_at);
    if (!confirming) {
        if (event.answer == MetricsAnswer::away || incident->known_to_metrics) return;
        incident->known_to_metrics = event.answer == MetricsAnswer::firing;
        world.save(*incident);
        return;
    }
    auto& heard = world.heard[incident->id];
    heard = event.answer;
    if (event.answer == MetricsAnswer::away) return;
    if (event.answer == MetricsAnswer::firing) {
        if (!incident->known_to_metrics) {
            incident->known_to_metrics = true;
            world.save(*incident);
        }
        return;
    }
    bool const knew = incident->known_to_metrics == true;
    // It knew the alert and now knows no such rule: a restarted or changed source proves nothing.
    if (knew && event.answer == MetricsAnswer::unknown) return;
    if (knew)
        incident->confirmed_at = world.now.wall;
    else
        incident->known_to_metrics = false;  // it never held it: its silence says nothing
    world.save(*incident);
    confirm(world, *incident);
}

}  // namespace coordinator
