// What the parts of the core share during one step: the time and the effects collected so far.
#pragma once

#include <string>
#include <utility>

#include "agent/core/agent.hpp"
#include "agent/core/coordinator_time.hpp"

namespace agent {

struct Step {
    base::Time now;
    Effects effects;

    // Built in place: GCC 12 warns of the moved variant's other members when sanitizing.
    template <class One>
    void add(One effect) {
        effects.list.emplace_back(std::in_place_type<One>, std::move(effect));
    }
    void publish(Message message) { add(Publish{std::move(message)}); }
    // A store effect that must be on the disk before anything else of this step is performed.
    template <class One>
    void add_durable(One effect) {
        add(std::move(effect));
        effects.durable = true;
    }
};

// What is true of this process; owned by the agent, read by its parts.
struct Facts {
    explicit Facts(AgentSettings agent_settings) : settings(std::move(agent_settings)) {}

    AgentSettings settings;
    std::string session;
    std::string boot_id;
    bool link_up = false;
    CoordinatorTime coordinator;

    // The wall clock if it was ever set, else what the coordinator said, else the unset clock.
    base::WallTime wall(base::Time now) const {
        if (now.synced) return now.wall;
        return coordinator.at(now.boot).value_or(now.wall);
    }
    bool synced(base::Time now) const { return now.synced || coordinator.at(now.boot).has_value(); }
};

// The earlier of two optional moments; for WakeAt.
inline void sooner(std::optional<base::BootTime>& earliest, std::optional<base::BootTime> other) {
    if (other && (!earliest || *other < *earliest)) earliest = other;
}

}  // namespace agent
