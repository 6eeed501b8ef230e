#include "coordinator/core/coordinator.hpp"

#include <algorithm>
#include <vector>

#include "coordinator/core/act/act.hpp"
#include "coordinator/core/act/approval.hpp"
#include "coordinator/core/act/outbox.hpp"
#include "coordinator/core/advance.hpp"
#include "coordinator/core/correlate/correlate.hpp"
#include "coordinator/core/fleet/fleet.hpp"
#include "coordinator/core/fleet/lease.hpp"
#include "coordinator/core/guard/freeze.hpp"
#include "coordinator/core/intake/intake.hpp"
#include "coordinator/core/verify/verify.hpp"
#include "coordinator/core/world.hpp"

namespace coordinator {

struct Coordinator::State : World {
    using World::World;
};

namespace {

template <class Map>
auto ids_of(Map const& rows) {
    std::vector<std::string> ids;
    for (auto const& [id, row] : rows) ids.push_back(id);
    return ids;
}

void forget(World& world, std::string const& id) {
    auto const* incident = world.incident(id);
    if (incident == nullptr) return;
    forget_key(world, *incident);
    world.heard.erase(id);
    if (incident->plan) {
        auto const lock = lock_of(incident->plan->subject);
        auto& tried = world.tried[lock];
        std::erase(tried, id);
        if (tried.empty()) world.tried.erase(lock);
    }
    world.forget_incident(id);
}

void on_timer(World& world, TimerKey const& key) {
    switch (key.kind) {
        case TimerKind::incident:
            if (auto* incident = world.incident(key.id)) on_deadline(world, *incident);
            break;
        case TimerKind::metrics:
            if (auto* incident = world.incident(key.id);
                incident && incident->state == domain::IncidentState::confirming)
                ask_metrics(world, *incident);
            break;
        case TimerKind::command:
            if (auto* row = world.command(key.id)) on_command_timer(world, *row);
            break;
        case TimerKind::forget_incident: forget(world, key.id); break;
        case TimerKind::forget_command: world.forget_command(key.id); break;
        case TimerKind::signal: second_look(world, key.id); break;
        case TimerKind::host_lost:
            if (auto const host = domain::HostId::parse(key.id))
                if (auto const* row = world.host(*host)) on_host_lost(world, *row);
            break;
    }
}

void handle(World& world, Started const& event) {
    world.epoch = event.epoch;
    resume_freeze(world);
    for (auto const& [id, row] : world.hosts()) resume(world, row);
    for (auto const& id : ids_of(world.incidents())) resume(world, *world.incident(id));
    for (auto const& id : ids_of(world.commands())) resume(world, *world.command(id));
    for (auto const& [fingerprint, row] : world.signals()) {
        auto const* incident = world.incident(row.incident);
        if (incident == nullptr || (domain::is_final(incident->state) &&
                                    incident->state != domain::IncidentState::suppressed))
            second_look_later(world, fingerprint);
    }
}
void handle(World& world, SignalsArrived const& event) { on_signals(world, event); }
void handle(World& world, JournalArrived const& event) { on_journal(world, event); }
void handle(World& world, HostBorn const& event) { on_born(world, event); }
void handle(World& world, HostAvailability const& event) { on_availability(world, event); }
void handle(World& world, HostBeat const& event) { on_beat(world, event); }
void handle(World& world, CommandAcknowledged const& event) { on_acknowledged(world, event); }
void handle(World& world, DocumentReported const& event) { on_document(world, event); }
void handle(World& world, HostHead const& event) { on_head(world, event); }
void handle(World& world, CommandOrdered const& event) { on_ordered(world, event); }
void handle(World& world, MetricsAnswered const& event) { on_metrics(world, event); }
void handle(World& world, AdvisorAnswered const& event) { on_advised(world, event); }
void handle(World& world, AdvisorFailed const& event) { on_advice_failed(world, event); }
void handle(World& world, FreezeOrdered const& event) { on_freeze(world, event); }
void handle(World& world, LeaseOrdered const& event) { on_lease(world, event); }
void handle(World& world, HostEnrolled const& event) { on_enrolled(world, event); }
void handle(World& world, HostRevoked const& event) { on_revoked(world, event); }
void handle(World& world, ApprovalArrived const& event) { on_approval(world, event); }
void handle(World& world, TimerFired const&) {
    world.wake_was_used();
    while (auto const key = world.timers.pop_due(world.now.boot)) on_timer(world, *key);
}

}  // namespace

Coordinator::Coordinator(CoreSettings settings, remedy::Catalog const& catalog,
                         remedy::Routing const& routing, Tables tables)
    : state_(std::make_unique<State>(std::move(settings), catalog, routing, std::move(tables))) {}

Coordinator::~Coordinator() = default;

// Somebody waits for an answer, and a host for its order; everything else of a step comes after.
// Save effects are committed before either, wherever they stand.
static void hurry(Effects& effects) {
    std::stable_partition(effects.list.begin(), effects.list.end(), [](Effect const& effect) {
        return std::holds_alternative<Finished>(effect) ||
               std::holds_alternative<SendCommand>(effect) ||
               std::holds_alternative<Accepted>(effect) || std::holds_alternative<Ordered>(effect);
    });
}

Effects Coordinator::step(base::Time now, Event const& event) {
    auto& world = *state_;
    world.now = now;
    std::visit([&](auto const& what) { handle(world, what); }, event);
    dispatch_waiting(world);
    auto effects = world.take_effects();
    hurry(effects);
    return effects;
}

}  // namespace coordinator
