// Starting programs: argv straight to the kernel, never a shell. Each gets its own process group, a
// clean environment, no open files but its three, limits, and a deadline (TERM, then KILL).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/hand/stop.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace hand {

struct User {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> groups;
    bool operator==(User const&) const = default;
};

struct Program {
    std::vector<std::string> argv;  // argv[0] is an absolute path
    std::optional<User> user;       // none: as the hand itself
    base::Duration timeout{60'000};
    std::size_t output_bytes = 64 * 1024;
};

// Where a stage's stream goes.
enum class Flow { result, next, nothing };

// One program of a pipeline.
struct Stage {
    std::vector<std::string> argv;  // argv[0] is an absolute path
    std::optional<User> user;       // none: as the hand itself
    Flow output = Flow::result;     // next: into the following stage; the last has no next
    Flow error = Flow::result;
    bool operator==(Stage const&) const = default;
};

struct Piped {
    std::vector<Stage> stages;  // at least one
    base::Duration timeout{60'000};
    std::size_t output_bytes = 64 * 1024;
};

struct Exit {
    int code = 0;  // 128 + n when ended by signal n
    bool timed_out = false;
    bool cancelled = false;
    std::string output;  // both streams as they came; head and tail; raw
    std::uint64_t output_total = 0;
    base::Duration took{};
};

class Programs {
  public:
    virtual ~Programs() = default;
    // Blocks until the program ended, was timed out or cancelled. What it left running in the
    // background (a daemon) is left alone after a good end, and ended with it otherwise.
    // Errors: not_found, denied, invalid (argv), unavailable (no memory, no processes).
    virtual base::Result<Exit> run(Program const& program, Stop const& stop) = 0;
    // The same for several programs side by side, each reading what the one before it prints; the
    // first reads nothing. The exit code is the last one's, as a shell has it.
    virtual base::Result<Exit> run_piped(Piped const& piped, Stop const& stop);
};

class SystemPrograms : public Programs {
  public:
    base::Result<Exit> run(Program const& program, Stop const& stop) override;
    base::Result<Exit> run_piped(Piped const& piped, Stop const& stop) override;
};

// The absolute path of a program of the system, looked up in the system's own folders only; empty
// if it is not installed.
std::string find_program(std::string_view name);

// A user of this machine with its groups.
base::Result<User> find_user(std::string const& name_or_uid);

}  // namespace hand
