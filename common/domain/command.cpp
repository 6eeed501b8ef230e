#include "common/domain/command.hpp"

#include "common/domain/names.hpp"

namespace domain {
namespace {

constexpr NameTable<CommandState, 9> kStates{{
    {CommandState::accepted, "accepted"},
    {CommandState::running, "running"},
    {CommandState::succeeded, "succeeded"},
    {CommandState::failed, "failed"},
    {CommandState::rejected, "rejected"},
    {CommandState::cancelled, "cancelled"},
    {CommandState::timed_out, "timed_out"},
    {CommandState::expired, "expired"},
    {CommandState::interrupted, "interrupted"},
}};

constexpr NameTable<ResultCode, 22> kCodes{{
    {ResultCode::ok, "ok"},
    {ResultCode::exec_failed, "exec_failed"},
    {ResultCode::check_failed, "check_failed"},
    {ResultCode::not_allowed, "not_allowed"},
    {ResultCode::bad_arguments, "bad_arguments"},
    {ResultCode::unknown_remedy, "unknown_remedy"},
    {ResultCode::bad_signature, "bad_signature"},
    {ResultCode::wrong_target, "wrong_target"},
    {ResultCode::stale_epoch, "stale_epoch"},
    {ResultCode::replayed, "replayed"},
    {ResultCode::precondition, "precondition"},
    {ResultCode::busy, "busy"},
    {ResultCode::rate_limited, "rate_limited"},
    {ResultCode::maintenance, "maintenance"},
    {ResultCode::quiet_hours, "quiet_hours"},
    {ResultCode::frozen, "frozen"},
    {ResultCode::observe_only, "observe_only"},
    {ResultCode::expired, "expired"},
    {ResultCode::timeout, "timeout"},
    {ResultCode::cancelled, "cancelled"},
    {ResultCode::interrupted, "interrupted"},
    {ResultCode::unsupported, "unsupported"},
}};

}  // namespace

std::string_view to_string(CommandState state) { return name_of(kStates, state); }
std::optional<CommandState> parse_command_state(std::string_view text) {
    return value_of(kStates, text);
}

bool is_final(CommandState state) {
    return state != CommandState::accepted && state != CommandState::running;
}

std::string_view to_string(ResultCode code) { return name_of(kCodes, code); }
std::optional<ResultCode> parse_result_code(std::string_view text) {
    return value_of(kCodes, text);
}

}  // namespace domain
