// What a program started and let go of: its descendants in other groups and sessions, and whoever
// else holds the pipe it was given. Looked up in /proc when a program must be ended with all that
// belongs to it; a daemon that went away by two forks and closed its output is not found (a control
// group of its own, where the service manager gives one, finds it).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace hand {

// A process that cannot be mistaken for a later one with the same id.
struct Relative {
    pid_t pid = 0;
    std::uint64_t started = 0;  // clock ticks since boot
    bool operator==(Relative const&) const = default;
};

// Of the processes of `group` and their descendants, and of those that hold the other end of the
// pipe `pipe_fd` (but not of ourselves). Adds those that are new to `known`.
void add_family(pid_t group, int pipe_fd, std::vector<Relative>& known);

// Kills those that are still there.
void kill_family(std::vector<Relative> const& family);

}  // namespace hand
