// What one run is made of, and what it came to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace simulate {

// A mistake built into the simulated surroundings, to prove that the checker notices it.
enum class SeededBug {
    none,
    hand_logs_too_late,    // "started" reaches the disk only with the end
    hand_reruns_started,   // after a crash it runs again what it had started
    clock_stands_still,    // welcomes and heartbeats tell the time of long ago
    journal_is_forgotten,  // the coordinator acknowledges journals it never committed
    signal_is_swallowed,   // the coordinator says 2xx to alerts it never committed
};

struct Options {
    std::uint64_t seed = 1;
    int hosts = 3;
    SeededBug bug = SeededBug::none;
};

struct Story {
    std::uint64_t seed = 0;
    std::vector<std::string> violations;  // empty: all promises were kept
    int faults = 0;      // services broken
    int kills = 0;       // of coordinator, agents and hands
    int incidents = 0;
    int resolved = 0;
    int escalated = 0;   // told to a person
    int commands = 0;
    int effects = 0;     // remedies that really ran
    int lost = 0;        // messages the network lost
    int doubled = 0;
};

// Everything from one seed: faults, kills and a bad network for half an hour, then quiet, then a
// person repairs what is left.
Story run(Options const& options);

}  // namespace simulate
