#include "agent/core/lanes.hpp"

#include <algorithm>

namespace agent {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kBackoffLeast = 1s;
constexpr base::Duration kBackoffMost = 60s;
// Under a service manager an idle hand ends after 60 s to give its memory back. Waking it at once
// would defeat that; one that ended while it was busy was killed or restarted with a new policy.
constexpr base::Duration kIdleEnd = 50s;
constexpr base::Duration kIdleRetry = 10min;

}  // namespace

void Lanes::send(Step& step, Lane lane, wire::HandRequest request) {
    introduce(step, lane);
    at(lane).last_traffic = step.now.boot;
    step.add(ToHand{lane, std::move(request)});
}

void Lanes::introduce(Step& step, Lane lane) {
    auto& state = at(lane);
    if (state.introduced) return;
    state.introduced = true;
    state.retry_at.reset();
    step.add(ToHand{lane, wire::HandAsk{}});
    if (welcome_) step.add(ToHand{lane, *welcome_});
    for (auto const& [name, jws] : documents_)
        step.add(ToHand{lane, wire::HandDocument{name, jws}});
    if (!freeze_.empty()) step.add(ToHand{lane, wire::HandFreeze{freeze_}});
}

void Lanes::welcome(Step& step, std::string jws) {
    welcome_ = wire::HandWelcome{std::move(jws), step.now.boot};
    broadcast(step, *welcome_);
}

void Lanes::document(Step& step, std::string name, std::string jws) {
    documents_[name] = jws;
    broadcast(step, wire::HandDocument{std::move(name), std::move(jws)});
}

void Lanes::freeze(Step& step, std::string jws) {
    freeze_ = jws;
    // A freeze is worth waking a sleeping lane for: it must be on its disk.
    for (auto const lane : kLanes) {
        if (at(lane).introduced)
            send(step, lane, wire::HandFreeze{jws});
        else
            introduce(step, lane);
    }
}

void Lanes::broadcast(Step& step, wire::HandRequest const& request) {
    // A lane that is not there yet is told when it is introduced.
    for (auto const lane : kLanes)
        if (at(lane).introduced) send(step, lane, request);
}

void Lanes::gone(Step const& step, Lane lane, bool busy) {
    auto& state = at(lane);
    state.introduced = false;
    if (state.retry_at && *state.retry_at > step.now.boot) return;  // one answer per lost packet
    bool const idle = !busy && state.hello && step.now.boot - state.last_traffic >= kIdleEnd;
    state.retry_at = step.now.boot + (idle ? kIdleRetry : state.backoff);
    if (!idle) state.backoff = std::min(state.backoff * 2, kBackoffMost);
}

void Lanes::replied(Step const& step, Lane lane) {
    auto& state = at(lane);
    state.last_traffic = step.now.boot;
    state.backoff = kBackoffLeast;
}

void Lanes::greeted(Lane lane, wire::HandHello hello) { at(lane).hello = std::move(hello); }

std::vector<Lane> Lanes::due(base::BootTime now) {
    std::vector<Lane> lanes;
    for (auto const lane : kLanes) {
        auto& state = at(lane);
        if (!state.retry_at || *state.retry_at > now) continue;
        state.retry_at.reset();
        lanes.push_back(lane);
    }
    return lanes;
}

std::optional<base::BootTime> Lanes::next_wake() const {
    std::optional<base::BootTime> wake;
    for (auto const& state : lanes_) sooner(wake, state.retry_at);
    return wake;
}

}  // namespace agent
