#include "agent/core/agent.hpp"

#include <algorithm>

#include "agent/core/anchors.hpp"
#include "agent/core/fallback.hpp"
#include "agent/core/orders.hpp"
#include "agent/core/presence.hpp"
#include "agent/core/refusals.hpp"
#include "agent/core/watch.hpp"

namespace agent {

// One overload of on() per event; each is a few words to the parts.
struct Agent::State {
    explicit State(AgentSettings settings)
        : facts(std::move(settings)),
          outbox(facts),
          orders(facts, lanes, outbox),
          presence(facts, lanes, outbox),
          watch(facts),
          fallback(facts, lanes, outbox, watch),
          refusals(outbox),
          anchors(facts, outbox) {}

    Facts facts;
    Lanes lanes;
    Outbox outbox;
    Orders orders;
    Presence presence;
    Watch watch;
    Fallback fallback;
    Refusals refusals;
    Anchors anchors;
    base::BootTime measure_at{};
    base::BootTime probe_at{};
    std::string policy_error;
    std::int64_t welcomed_epoch = 0;  // 0: no welcome yet
    bool started = false;
    std::optional<WakeAt> said_wake;

    void on(Step& step, Started const& event) {
        facts.session = event.session;
        facts.boot_id = event.boot_id;
        started = true;
        outbox.load(event.journal_first, event.journal_last);
        orders.load(event.commands);
        anchors.load(event.anchor);
        presence.started(step.now.boot);
        measure_at = probe_at = step.now.boot;
        fallback.load(step, event);
        for (auto const lane : kLanes) meet(step, lane);
    }
    void on(Step& step, LinkUp const&) {
        facts.link_up = true;
        outbox.start_over();
        presence.connected(step);
    }
    void on(Step&, LinkDown const&) {
        facts.link_up = false;
        outbox.start_over();
    }
    void on(Step& step, WelcomeArrived const& event);
    void on(Step& step, CommandArrived const& event) {
        note(step, "cmd", orders.arrived(step, event));
    }
    void on(Step& step, CancelArrived const& event) {
        note(step, "cancel", orders.cancelled(step, event));
    }
    void on(Step& step, PressArrived const& event) {
        note(step, "press", orders.pressed(step, event));
    }
    void on(Step& step, JournalAcknowledged const& event) {
        if (outbox.acknowledged(step, event.through_seq)) say(step, watch.firing());
    }
    void on(Step& step, DocumentArrived const& event) {
        fallback.document(step, event);
        lanes.document(step, event.name, event.jws);
    }
    void on(Step& step, FreezeArrived const& event) { lanes.freeze(step, event.jws); }
    void on(Step& step, CoordinatorBeat const& event) {
        if (event.beat.site != facts.settings.site) return;
        if (event.beat.epoch >= facts.coordinator.epoch())
            fallback.heard(step, event.beat.no_store);
        facts.coordinator.take(event.beat, step.now.boot);
        presence.nudge(step, event.beat.epoch > welcomed_epoch);
        anchors.heard(step, event);
    }
    void on(Step& step, DeliveryRefused const& event) {
        refusals.add(step, event.channel, event.code, event.reason);
    }
    void on(Step& step, ReadingsTaken const& event) {
        presence.measured(step, event.groups);
        say(step, watch.take(step.now, event.groups));
    }
    void on(Step& step, ProbeAnswered const& event) { say(step, watch.take(step.now, event)); }
    void on(Step& step, BatchSent const& event) { outbox.sent(step, event); }
    void on(Step& step, HandReplied const& event) {
        lanes.replied(step, event.lane);
        std::visit([&](auto const& reply) { heard(step, event.lane, reply); }, event.reply);
    }
    void on(Step& step, HandGone const& event) {
        orders.lane_gone(step, event.lane);
        bool const healing = event.lane == Lane::fix && fallback.busy();
        lanes.gone(step, event.lane, healing || orders.waiting(event.lane));
    }
    void on(Step&, TimerFired const&) { said_wake.reset(); }
    void on(Step& step, Stopping const&) { presence.goodbye(step); }

    void heard(Step& step, Lane lane, wire::HandReport const& reply) {
        if (fallback.owns(reply.result.id))
            fallback.reported(step, reply.result);
        else
            orders.reported(step, lane, reply.result);
    }
    void heard(Step& step, Lane, wire::HandUnknown const& reply) {
        if (fallback.owns(reply.id))
            fallback.unknown(step, reply.id);
        else
            orders.unknown(step, reply.id);
    }
    void heard(Step& step, Lane lane, wire::HandTaken const& reply);
    void heard(Step& step, Lane lane, wire::HandHello const& reply);

    void meet(Step& step, Lane lane);
    void say(Step& step, std::vector<domain::Signal> const& signals);
    void note(Step& step, std::string_view channel, std::optional<Admission> const& refused) {
        if (refused) refusals.add(step, channel, refused->code, refused->reason);
    }
    void tick(Step& step);
    void set_alarm(Step& step);
};

void Agent::State::on(Step& step, WelcomeArrived const& event) {
    auto const& welcome = event.welcome;
    if (welcome.host != facts.settings.host || welcome.session != facts.session) {
        refusals.add(step, "welcome", domain::ResultCode::replayed, "it answers another birth");
        return;
    }
    if (!facts.coordinator.take(welcome, step.now.boot)) {
        refusals.add(step, "welcome", domain::ResultCode::stale_epoch, "an older coordinator");
        return;
    }
    presence.welcomed();
    fallback.heard(step, false);
    lanes.welcome(step, event.jws);
    orders.welcomed(step);
    // Another coordinator process: it may have lost what is ill here.
    if (welcomed_epoch != 0 && welcome.epoch != welcomed_epoch) say(step, watch.firing());
    // What was sent before it listened is gone, and it waits for that gap to be filled.
    if (welcome.epoch != welcomed_epoch) outbox.start_over();
    welcomed_epoch = welcome.epoch;
}

void Agent::State::heard(Step& step, Lane lane, wire::HandTaken const& reply) {
    if (!reply.applied)
        refusals.add(step, "hand " + reply.what, domain::ResultCode::not_allowed, reply.reason);
    if (lane != Lane::fix || reply.what == "welcome") return;
    if (facts.link_up)
        step.publish(wire::Reported{reply.what, reply.rev, reply.digest, reply.applied,
                                    reply.reason});
    auto hello = lanes.hello(lane);
    if (!reply.applied || reply.what != "remedies" || !hello) return;
    hello->remedies_digest = reply.digest;
    lanes.greeted(lane, std::move(*hello));
    presence.refresh(step);
}

void Agent::State::heard(Step& step, Lane lane, wire::HandHello const& reply) {
    lanes.greeted(lane, reply);
    if (lane != Lane::fix) return;
    if (reply.policy_error != policy_error) {
        policy_error = reply.policy_error;
        if (!policy_error.empty())
            outbox.append(step, wire::NoteRecord{"policy_rejected", policy_error});
    }
    presence.refresh(step);
}

// Asks a lane who it is and what became of what it had.
void Agent::State::meet(Step& step, Lane lane) {
    lanes.introduce(step, lane);
    orders.resume(step, lane);
    if (lane == Lane::fix) fallback.resume(step);
}

void Agent::State::say(Step& step, std::vector<domain::Signal> const& signals) {
    for (auto const& signal : signals) {
        outbox.append(step, signal);
        if (!facts.link_up) continue;
        std::string text = signal.name;
        if (signal.subject) text += " " + domain::to_text(*signal.subject);
        step.publish(PublishEvent{signal.firing ? "signal_firing" : "signal_resolved",
                                  std::move(text)});
    }
}

void Agent::State::tick(Step& step) {
    auto const now = step.now.boot;
    if (measure_at <= now) {
        step.add(TakeReadings{});
        measure_at = now + facts.settings.interval;
    }
    if (probe_at <= now) {
        step.add(AskProbes{});
        probe_at = now + facts.settings.probe_interval;
    }
    for (auto const lane : lanes.due(now)) meet(step, lane);
    orders.tick(step);
    presence.tick(step);
    fallback.tick(step);
    refusals.tick(step);
    anchors.tick(step);
}

void Agent::State::set_alarm(Step& step) {
    WakeAt wake{measure_at};
    sooner(wake.at, probe_at);
    sooner(wake.at, lanes.next_wake());
    sooner(wake.at, orders.next_wake(step.now.boot));
    sooner(wake.at, presence.next_wake());
    sooner(wake.at, fallback.next_wake(step.now.boot));
    sooner(wake.at, refusals.next_wake());
    sooner(wake.at, anchors.next_wake());
    sooner(wake.at, outbox.next_wake());
    if (said_wake == wake) return;
    said_wake = wake;
    step.add(wake);
}

// What must be kept comes first; then what somebody waits for: an order to the hand, a record to
// the coordinator; then what people may read of it.
static int rank(Effect const& effect) {
    if (is_store_effect(effect)) return 0;
    bool const waited_for =
        std::holds_alternative<ToHand>(effect) || std::holds_alternative<SendBatch>(effect);
    return waited_for ? 1 : 2;
}

Agent::Agent(AgentSettings settings) : state_(std::make_unique<State>(std::move(settings))) {}
Agent::~Agent() = default;

Effects Agent::step(base::Time now, Event const& event) {
    Step step{now, {}};
    std::visit([&](auto const& what) { state_->on(step, what); }, event);
    if (!state_->started) return std::move(step.effects);
    state_->tick(step);
    state_->outbox.pump(step);
    state_->set_alarm(step);
    std::ranges::stable_sort(step.effects.list, {}, rank);
    return std::move(step.effects);
}

}  // namespace agent
