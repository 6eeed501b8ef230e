#include "agent/core/orders.hpp"

#include <algorithm>

namespace agent {

using domain::CommandState;
using domain::ResultCode;

Orders::Orders(Facts const& facts, Lanes& lanes, Outbox& outbox)
    : facts_(facts), lanes_(lanes), outbox_(outbox) {}

void Orders::load(std::vector<KnownCommand> const& rows) {
    for (auto const& row : rows) table_.load(row);
}

Standing Orders::standing(Step const& step, std::string_view id, std::string_view body_hash) const {
    return {.host = facts_.settings.host,
            .session = facts_.session,
            .last_counter = last_counter_,
            .coordinator = facts_.coordinator,
            .now = step.now.boot,
            .known = table_.find(id, body_hash),
            .live = table_.live().size()};
}

std::optional<Admission> Orders::arrived(Step& step, CommandArrived const& delivery) {
    auto const& command = delivery.command;
    auto admission = admit(delivery, standing(step, command.id, delivery.body_hash));
    if (admission.gate == Gate::refuse) {
        // The sender must hear it: the id means something else here than it believes.
        if (admission.code == ResultCode::bad_arguments && table_.find(command.id, {}))
            acknowledge(step, command.id, CommandState::rejected, admission.code, admission.reason);
        return admission;
    }
    bool const fresh = command.session == facts_.session && command.counter > last_counter_;
    if (admission.gate == Gate::repeat) redelivered(step, delivery, admission);
    if (fresh) last_counter_ = command.counter;
    if (admission.gate == Gate::accept) accept(step, delivery);
    if (admission.gate == Gate::reject) finish_unstarted(step, delivery, admission);
    return std::nullopt;
}

void Orders::accept(Step& step, CommandArrived const& delivery) {
    auto const& order_in = delivery.command;
    LiveCommand command;
    command.row = {.id = order_in.id,
                   .body_hash = delivery.body_hash,
                   .lane = delivery.lane,
                   .jws = delivery.jws,
                   .expires_at = order_in.expires_at,
                   .state = CommandState::accepted};
    command.timeout = order_in.limits.timeout;
    // On the disk before the coordinator stops sending it again, and before the hand has it. A line
    // that only reads may run again: surviving this process is enough for it.
    step.add(SaveCommand{command.row});
    if (delivery.lane == Lane::fix) step.effects.durable = true;
    command.tell_accepted_at = step.now.boot + kAcceptedWait;
    order(step, table_.start(std::move(command)));
}

void Orders::tell_accepted(Step& step, LiveCommand& command) {
    command.tell_accepted_at.reset();
    auto const& row = command.row;
    acknowledge(step, row.id, row.state, row.code);
    if (!facts_.link_up || row.state != CommandState::accepted) return;
    domain::CommandResult result;
    result.id = row.id;
    result.state = CommandState::accepted;
    auto const now = facts_.coordinator.at(step.now.boot).value_or(row.expires_at);
    step.publish(PublishResult{result, (row.expires_at - now) + command.timeout});
}

void Orders::redelivered(Step& step, CommandArrived const& delivery, Admission const& admission) {
    auto* const command = table_.live(delivery.command.id);
    bool const fresh = delivery.command.session == facts_.session &&
                       delivery.command.counter > last_counter_ &&
                       delivery.command.epoch >= facts_.coordinator.epoch();
    // Should the hand ask for it again, it gets the envelope of the newest epoch.
    if (command && fresh) command->row.jws = delivery.jws;
    if (command && command->needs_envelope && fresh) {
        command->timeout = delivery.command.limits.timeout;
        command->needs_envelope = false;
        command->redelivery_until.reset();
        step.add_durable(SaveCommand{command->row});
        if (!command->offered) order(step, *command);
    }
    auto const known = table_.find(delivery.command.id, delivery.body_hash);
    acknowledge(step, delivery.command.id, known ? known->state : CommandState::accepted,
                admission.code);
}

void Orders::finish_unstarted(Step& step, CommandArrived const& delivery,
                              Admission const& admission) {
    KnownCommand row;
    row.id = delivery.command.id;
    row.body_hash = delivery.body_hash;
    row.lane = delivery.lane;
    row.expires_at = delivery.command.expires_at;
    domain::CommandResult result;
    result.state = admission.code == ResultCode::expired ? CommandState::expired
                                                         : CommandState::rejected;
    result.code = admission.code;
    result.detail = admission.reason;
    finish(step, std::move(row), std::move(result));
}

void Orders::order(Step& step, LiveCommand& command) {
    if (command.orders >= kMostOrders) {
        end(step, command, CommandState::interrupted, ResultCode::interrupted,
            "the hand ended while it had this command, several times");
        return;
    }
    ++command.orders;
    command.offered = true;
    lanes_.send(step, command.row.lane, wire::HandOrder{command.row.jws});
}

std::optional<Admission> Orders::cancelled(Step& step, CancelArrived const& delivery) {
    auto const& cancel = delivery.cancel;
    auto admission = admit(delivery, standing(step, cancel.id, {}));
    if (admission.gate == Gate::refuse) return admission;
    auto const known = table_.find(cancel.id, {});
    if (known && domain::is_final(known->state)) {
        acknowledge(step, cancel.id, known->state, known->code);
        return std::nullopt;
    }
    auto* const command = table_.live(cancel.id);
    if (command && command->offered) {
        command->cancel = delivery.jws;
        lanes_.send(step, command->row.lane, wire::HandCancel{delivery.jws});
        return std::nullopt;
    }
    // Not with the hand, or not even here yet: when it comes it is over already.
    KnownCommand row;
    if (command) {
        row = command->row;
    } else {
        row.id = cancel.id;
        row.expires_at = facts_.coordinator.at(step.now.boot).value_or(facts_.wall(step.now));
    }
    domain::CommandResult result;
    result.state = CommandState::cancelled;
    result.code = ResultCode::cancelled;
    result.detail = cancel.reason;
    finish(step, std::move(row), std::move(result));
    return std::nullopt;
}

std::optional<Admission> Orders::pressed(Step& step, PressArrived const& delivery) {
    if (delivery.retained)
        return Admission{Gate::refuse, ResultCode::replayed, "a press is never retained"};
    auto const id = "press-" + delivery.press.id;
    if (std::ranges::find(presses_, id) != presses_.end()) return std::nullopt;  // it is under way
    if (presses_.size() >= kMostPresses)
        return Admission{Gate::refuse, ResultCode::busy, "too many offers are waiting"};
    presses_.push_back(id);
    lanes_.send(step, Lane::fix, wire::HandPress{id, delivery.press.offer, delivery.press.params});
    return std::nullopt;
}

void Orders::welcomed(Step& step) {
    for (auto& [id, command] : table_.live()) {
        acknowledge(step, id, command.row.state, command.row.code);
        if (command.needs_envelope && !command.offered && !command.redelivery_until)
            command.redelivery_until = step.now.boot + kRedeliveryWait;
    }
}

void Orders::lane_gone(Step& step, Lane lane) {
    if (lane != Lane::fix) return;
    // An offer is a person's press: pressing again is up to that person.
    for (auto const& id : presses_) {
        domain::CommandResult result;
        result.id = id;
        result.state = CommandState::interrupted;
        result.code = ResultCode::interrupted;
        result.detail = "the hand is away; whether it ran is not known";
        if (facts_.link_up) step.publish(PublishResult{result, kFinalResultExpiry});
    }
    presses_.clear();
}

void Orders::resume(Step& step, Lane lane) {
    for (auto const& [id, command] : table_.live()) {
        if (command.row.lane != lane || !command.offered) continue;
        if (!command.cancel.empty()) lanes_.send(step, lane, wire::HandCancel{command.cancel});
        lanes_.send(step, lane, wire::HandQuery{id});
    }
}

bool Orders::waiting(Lane lane) const {
    return std::ranges::any_of(table_.live(), [lane](auto const& entry) {
        return entry.second.row.lane == lane && entry.second.offered;
    });
}

void Orders::acknowledge(Step& step, std::string const& id, CommandState state, ResultCode code,
                         std::string detail) const {
    if (!facts_.link_up) return;
    step.publish(wire::Ack{.host = facts_.settings.host,
                           .id = id,
                           .session = facts_.session,
                           .state = state,
                           .code = code,
                           .detail = std::move(detail)});
}

}  // namespace agent
