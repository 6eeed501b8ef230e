#include "agent/core/admission.hpp"

#include "common/base/ids.hpp"

namespace agent {
namespace {

using domain::ResultCode;

Admission refuse(ResultCode code, std::string reason) {
    return {Gate::refuse, code, std::move(reason)};
}
Admission reject(ResultCode code, std::string reason) {
    return {Gate::reject, code, std::move(reason)};
}

}  // namespace

Admission admit(CommandArrived const& delivery, Standing const& standing) {
    auto const& command = delivery.command;
    if (delivery.retained) return refuse(ResultCode::replayed, "a command is never retained");
    if (command.host != standing.host)
        return refuse(ResultCode::wrong_target, "it is for " + command.host.text());
    if (!base::is_ulid(command.id)) return refuse(ResultCode::bad_arguments, "its id is no ULID");
    if (standing.known) {
        if (standing.known->same_body) return {Gate::repeat, standing.known->code, {}};
        return refuse(ResultCode::bad_arguments, "its id is known with another body");
    }
    if (command.session != standing.session)
        return refuse(ResultCode::replayed, "it was sent to an earlier session");
    if (command.counter <= standing.last_counter)
        return refuse(ResultCode::replayed, "its counter was used before");
    auto const now = standing.coordinator.at(standing.now);
    if (!now) return refuse(ResultCode::precondition, "no welcome told the time yet");
    if (command.epoch < standing.coordinator.epoch())
        return refuse(ResultCode::stale_epoch, "a newer coordinator has taken over");
    if (command.incarnation != standing.coordinator.incarnation())
        return reject(ResultCode::wrong_target, "it is for another enrolment of this host");
    if (command.expires_at <= *now) return reject(ResultCode::expired, "it came too late");
    if (standing.live >= kMaxLiveCommands)
        return reject(ResultCode::busy, "too many commands are waiting here");
    return {};
}

Admission admit(CancelArrived const& delivery, Standing const& standing) {
    auto const& cancel = delivery.cancel;
    if (cancel.host != standing.host)
        return refuse(ResultCode::wrong_target, "it is for " + cancel.host.text());
    if (!base::is_ulid(cancel.id)) return refuse(ResultCode::bad_arguments, "its id is no ULID");
    if (cancel.session != standing.session)
        return refuse(ResultCode::replayed, "it was sent to an earlier session");
    if (cancel.epoch < standing.coordinator.epoch())
        return refuse(ResultCode::stale_epoch, "a newer coordinator has taken over");
    return {};
}

}  // namespace agent
