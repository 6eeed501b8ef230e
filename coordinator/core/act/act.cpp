#include "coordinator/core/act/act.hpp"

#include <algorithm>
#include <utility>

#include "common/remedy/fill.hpp"
#include "coordinator/core/act/approval.hpp"
#include "coordinator/core/act/outbox.hpp"
#include "coordinator/core/advance.hpp"
#include "coordinator/core/correlate/correlate.hpp"
#include "coordinator/core/guard/freeze.hpp"
#include "coordinator/core/guard/guard.hpp"
#include "coordinator/core/recall/recall.hpp"

namespace coordinator {
namespace {

std::string params_text(domain::Params const& params) {
    std::string text;
    for (auto const& [name, value] : params) {
        if (!text.empty()) text += ' ';
        text += name + "=" + value;
    }
    return text;
}

// Why a plan cannot be sent now; empty: it can.
std::string obstacle(World& world, domain::Plan const& plan) {
    if (auto const why = frozen(world); why && plan.risk != domain::Risk::readonly) return *why;
    auto const* host = world.host(plan.host);
    if (host == nullptr || !host->online || host->session.empty())
        return "waiting for " + plan.host.text() + " to come online";
    if (waits_for_hand(*host)) return "waiting for the hand of " + plan.host.text();
    if (world.locks.contains(lock_of(plan.subject)))
        return "another incident works on " + domain::to_text(plan.subject);
    if (world.settings.limits_lifted) return {};
    if (world.busy[plan.host] >= world.settings.concurrent_per_host)
        return "another fix runs on " + plan.host.text();
    if (world.busy_fleet >= world.settings.concurrent_fleet)
        return "as many fixes run in the fleet as may";
    return {};
}

void dispatch(World& world, domain::Incident& incident) {
    auto const& plan = *incident.plan;
    auto* approved = approved_command(world, incident);
    if (approved != nullptr && *approved->approved_until <= world.now.wall) {
        raise(world, incident, Trigger::refused, "its approval ran out before it could be sent");
        return;
    }
    auto const number = incident.attempts + 1;
    auto command = approved != nullptr ? approved->command
                                       : new_command(world, plan.host, actor_of(plan),
                                                     incident.title, plan.remedy, plan.timeout);
    command.incident = incident.id;
    command.attempt = number;
    world.add(domain::Attempt{incident.id, number, command.id, plan, world.now.wall, {}, {}, ""});
    auto& tried = world.tried[lock_of(plan.subject)];
    if (std::ranges::find(tried, incident.id) == tried.end()) tried.push_back(incident.id);
    incident.attempts = number;
    occupy(world, incident);
    raise(world, incident, Trigger::dispatched,
          plan.remedy.remedy + " is on its way to " + plan.host.text());
    arm(world, incident, world.settings.command_ttl + acting_lasts_longer(incident));
    if (approved != nullptr)
        release_held(world, *world.command(command.id));
    else
        post(world, std::move(command), plan.risk == domain::Risk::readonly);
}

void try_dispatch(World& world, domain::Incident& incident) {
    auto why_not = obstacle(world, *incident.plan);
    if (why_not.empty()) {
        // Much may have changed while it waited.
        auto const verdict = judge(world, *incident.plan);
        bool const approved = verdict.answer == domain::VerdictAnswer::ask &&
                              approved_command(world, incident) != nullptr;
        if (verdict.answer == domain::VerdictAnswer::allow || approved)
            dispatch(world, incident);
        else if (verdict.answer == domain::VerdictAnswer::ask)
            ask_approval(world, incident, verdict.reason);
        else
            raise(world, incident, Trigger::refused, verdict.reason);
        return;
    }
    if (incident.reason == why_not) return;
    incident.reason = std::move(why_not);
    world.record("incident", incident, "waiting: " + incident.reason);
    world.save(incident);
}

}  // namespace

void make_plan(World& world, domain::Incident& incident) {
    auto const* root = world.signal(incident.root);
    if (root == nullptr) {
        raise(world, incident, Trigger::refused, "its root signal is not known any more");
        return;
    }
    auto plan = recall(world, incident, root->signal);
    if (plan) {
        adopt(world, incident, std::move(*plan));
        return;
    }
    bool const may_ask =
        world.settings.advisor_configured && plan.error().code == base::Code::not_found;
    raise(world, incident, may_ask ? Trigger::needs_advice : Trigger::refused,
          plan.error().message);
}

void adopt(World& world, domain::Incident& incident, domain::Plan plan) {
    auto const origin = std::string{to_string(plan.origin)};
    auto const parameters = params_text(plan.remedy.params);
    world.record("plan", incident,
                 plan.remedy.remedy + (parameters.empty() ? "" : " " + parameters) + ", from the " +
                     origin,
                 {{"remedy", plan.remedy.remedy},
                  {"hash", plan.remedy.hash},
                  {"origin", origin},
                  {"subject", domain::to_text(plan.subject)},
                  {"risk", std::string{to_string(plan.risk)}}});
    auto const verdict = judge(world, plan);
    auto const answer = std::string{to_string(verdict.answer)};
    world.record("verdict", incident, answer + ": " + verdict.reason,
                 {{"answer", answer}, {"rule", verdict.rule}});
    incident.plan = std::move(plan);
    world.save(incident);
    if (verdict.answer == domain::VerdictAnswer::ask) {
        ask_approval(world, incident, verdict.reason);
        return;
    }
    if (verdict.answer != domain::VerdictAnswer::allow) {
        raise(world, incident, Trigger::refused, verdict.reason);
        return;
    }
    wait_for_host(world, incident);
    try_dispatch(world, incident);
}

std::string actor_of(domain::Plan const& plan) {
    return plan.origin == domain::PlanOrigin::claude ? "claude" : "coordinator";
}

void ask_advisor(World& world, domain::Incident& incident) {
    if (auto const* root = world.signal(incident.root))
        world.emit(AskAdvisor{incident.id, root->signal});
}

void on_advised(World& world, AdvisorAnswered const& answer) {
    auto* incident = world.incident(answer.incident);
    if (incident == nullptr || incident->state != domain::IncidentState::asking) return;
    auto const* remedy = world.catalog.find(answer.choice.remedy);
    if (remedy == nullptr || !incident->host) {
        raise(world, *incident, Trigger::refused,
              "the advisor chose a remedy that is not known: " + answer.choice.remedy);
        return;
    }
    if (auto const fits = remedy::check_params(*remedy, answer.choice.params); !fits) {
        raise(world, *incident, Trigger::refused,
              "the advisor's parameters do not fit: " + fits.error().message);
        return;
    }
    raise(world, *incident, Trigger::advised,
          answer.reasoning.empty() ? "the advisor chose " + remedy->name : answer.reasoning);
    adopt(world, *incident,
          plan_of(*remedy, answer.choice.params, *incident->host, domain::PlanOrigin::claude));
}

void on_advice_failed(World& world, AdvisorFailed const& answer) {
    auto* incident = world.incident(answer.incident);
    if (incident != nullptr && incident->state == domain::IncidentState::asking)
        raise(world, *incident, Trigger::refused, "the advisor had no answer: " + answer.reason);
}

void wait_for_host(World& world, domain::Incident& incident) {
    if (incident.plan) world.waiting[incident.plan->host].insert(incident.id);
    world.look_at_waiting = true;
}

void stop_waiting(World& world, domain::Incident const& incident) {
    if (incident.plan) world.waiting[incident.plan->host].erase(incident.id);
}

void dispatch_waiting(World& world) {
    while (std::exchange(world.look_at_waiting, false)) {
        for (auto const& [host, ids] : std::map{world.waiting}) {
            for (auto const& id : ids) {
                auto* incident = world.incident(id);
                if (incident != nullptr && incident->state == domain::IncidentState::waiting)
                    try_dispatch(world, *incident);
            }
        }
    }
}

void occupy(World& world, domain::Incident const& incident) {
    if (!incident.plan) return;
    world.locks.insert_or_assign(lock_of(incident.plan->subject), incident.id);
    ++world.busy[incident.plan->host];
    ++world.busy_fleet;
}

void release(World& world, domain::Incident const& incident) {
    if (!incident.plan) return;
    auto const held = world.locks.find(lock_of(incident.plan->subject));
    if (held != world.locks.end() && held->second == incident.id) world.locks.erase(held);
    --world.busy[incident.plan->host];
    --world.busy_fleet;
    world.look_at_waiting = true;
}

base::Duration acting_lasts_longer(domain::Incident const& incident) {
    auto const timeout = incident.plan ? incident.plan->timeout : base::Duration::zero();
    return timeout + 2 * kGrace;
}

}  // namespace coordinator
