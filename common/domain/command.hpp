// A command for one host, and what became of it. Passive data; signed and encoded by common/wire,
// judged by the hand.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/time.hpp"
#include "common/domain/host.hpp"

namespace domain {

enum class CommandState {
    accepted,     // durably known on the host
    running,      // "started" is on disk
    succeeded,    // the steps ran and the check passed
    failed,
    rejected,     // a rule of the host said no; nothing ran
    cancelled,
    timed_out,
    expired,
    interrupted,  // a crash hit between started and finished; never run again by itself
};
std::string_view to_string(CommandState state);
std::optional<CommandState> parse_command_state(std::string_view text);
bool is_final(CommandState state);

// Why, as a closed list (protocol.md).
enum class ResultCode {
    ok,
    exec_failed,
    check_failed,
    not_allowed,
    bad_arguments,
    unknown_remedy,
    bad_signature,
    wrong_target,
    stale_epoch,
    replayed,
    precondition,
    busy,
    rate_limited,
    maintenance,
    quiet_hours,
    frozen,
    observe_only,
    expired,
    timeout,
    cancelled,
    interrupted,
    unsupported,
};
std::string_view to_string(ResultCode code);
std::optional<ResultCode> parse_result_code(std::string_view text);

using Params = std::map<std::string, std::string>;

// A remedy of the signed remedies document the host holds, filled in.
struct RemedyOrder {
    std::string remedy;
    std::string hash;  // of the remedy's content: the host runs exactly what was meant
    Params params;

    bool operator==(RemedyOrder const&) const = default;
};

// One line of the restricted language.
struct LineOrder {
    std::string line;

    bool operator==(LineOrder const&) const = default;
};

struct Limits {
    base::Duration timeout{60'000};
    std::uint64_t output_bytes = 64 * 1024;

    bool operator==(Limits const&) const = default;
};

struct Command {
    std::string id;  // ULID: the only durable idempotency key
    HostId host;
    std::int64_t incarnation = 1;  // the host's enrolment number
    std::int64_t epoch = 0;        // the coordinator's fencing number
    std::string session;           // the agent process's nonce, from its birth
    std::int64_t counter = 0;      // rises with every (re)send of a session
    base::WallTime issued_at{};
    base::WallTime expires_at{};
    std::string incident;  // empty for an operator's own command
    int attempt = 0;
    std::string actor;  // "coordinator", "operator:api", …
    std::string reason;
    std::variant<RemedyOrder, LineOrder> order;
    Limits limits;
    std::string approval = {};  // an approver's signature for this very plan; empty: none

    bool operator==(Command const&) const = default;
};

// What one step printed and returned. Output is redacted before it is put here.
struct StepResult {
    std::string verb;
    int exit_code = 0;
    std::string output;          // head and tail, at most limits.output_bytes
    std::uint64_t output_total = 0;  // bytes before cutting
    base::Duration took{};

    bool operator==(StepResult const&) const = default;
};

struct CommandResult {
    std::string id;
    CommandState state = CommandState::failed;
    ResultCode code = ResultCode::ok;
    std::string detail;  // one sentence for people; redacted
    std::vector<StepResult> steps;  // preconditions, steps and check, in the order they ran
    std::optional<base::WallTime> started_at;
    std::optional<base::WallTime> finished_at;

    bool operator==(CommandResult const&) const = default;
};

}  // namespace domain
