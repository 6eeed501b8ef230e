// What the hand says of commands, and what is decided when it says nothing.
#include <algorithm>

#include "agent/core/orders.hpp"
#include "agent/core/trim.hpp"

namespace agent {

using domain::CommandState;
using domain::ResultCode;

void Orders::reported(Step& step, Lane lane, domain::CommandResult const& result) {
    if (result.id.starts_with("press-")) {
        press_reported(step, result);
        return;
    }
    auto* const command = table_.live(result.id);
    // Unknown, over already, or another lane's: nothing a lane may change.
    if (!command || command->row.lane != lane) return;
    if (domain::is_final(result.state))
        finish(step, command->row, result);
    else if (result.state == CommandState::running)
        running(step, *command, result);
}

void Orders::running(Step& step, LiveCommand& command, domain::CommandResult const& result) {
    if (command.row.state == CommandState::running) return;
    command.row.state = CommandState::running;
    // A line that only reads is over before anybody could do something with the news.
    if (command.row.lane == Lane::read) return;
    command.tell_accepted_at.reset();
    // Not urgent: the hand has "started" on its own disk.
    step.add(SaveCommand{command.row});
    acknowledge(step, command.row.id, CommandState::running, ResultCode::ok);
    if (facts_.link_up) step.publish(PublishResult{result, command.timeout + kHandGrace});
}

void Orders::unknown(Step& step, std::string const& id) {
    auto* const command = table_.live(id);
    if (!command) return;
    bool const changing = command->row.lane == Lane::fix;
    if (changing && command->row.state == CommandState::running) {
        end(step, *command, CommandState::interrupted, ResultCode::interrupted,
            "the hand no longer knows a command that it had started");
        return;
    }
    if (!command->cancel.empty()) {
        end(step, *command, CommandState::cancelled, ResultCode::cancelled,
            "cancelled before the hand had it; nothing ran");
        return;
    }
    command->offered = false;  // the hand surely has not begun it, or beginning again is harmless
    if (command->needs_envelope) {
        if (facts_.coordinator.welcomed())
            command->redelivery_until = step.now.boot + kRedeliveryWait;
        return;
    }
    auto const now = facts_.coordinator.at(step.now.boot);
    if (now && command->row.expires_at <= *now) {
        end(step, *command, CommandState::expired, ResultCode::expired,
            "the hand was away until it expired; nothing ran");
        return;
    }
    order(step, *command);
}

void Orders::press_reported(Step& step, domain::CommandResult const& result) {
    if (std::ranges::find(presses_, result.id) == presses_.end()) return;
    bool const over = domain::is_final(result.state);
    if (facts_.link_up)
        step.publish(PublishResult{trimmed(result), over ? kFinalResultExpiry : kHandGrace});
    if (!over) return;
    std::erase(presses_, result.id);
    std::string text = result.id + " " + std::string(domain::to_string(result.state));
    if (!result.detail.empty()) text += ": " + result.detail;
    outbox_.append(step, wire::NoteRecord{"offer", std::move(text)});
}

void Orders::end(Step& step, LiveCommand const& command, CommandState state, ResultCode code,
                 std::string detail) {
    domain::CommandResult result;
    result.state = state;
    result.code = code;
    result.detail = std::move(detail);
    finish(step, command.row, std::move(result));
}

void Orders::finish(Step& step, KnownCommand row, domain::CommandResult result) {
    result.id = row.id;
    result = trimmed(std::move(result));
    if (!result.finished_at) result.finished_at = facts_.wall(step.now);
    row.state = result.state;
    row.code = result.code;
    row.jws.clear();
    // Durable for lines that only read too: a number of the journal that was lost after the
    // coordinator had seen it would be given to another record, and that one would be forgotten.
    row.result_seq = outbox_.append(step, result);
    step.add_durable(SaveCommand{row});
    if (facts_.link_up) {
        step.publish(PublishResult{result, kFinalResultExpiry});
        step.publish(PublishEvent{"command_finished",
                                  row.id + " " + std::string(domain::to_string(row.state))});
    }
    table_.finish(row);
}

std::optional<base::BootTime> Orders::deadline(LiveCommand const& command,
                                               base::BootTime now) const {
    if (command.redelivery_until) return command.redelivery_until;
    auto const wall = facts_.coordinator.at(now);
    if (!wall) return std::nullopt;
    auto const expiry = now + (command.row.expires_at - *wall);
    if (!command.offered) return expiry;
    // A lane that is there keeps the command's time itself.
    if (!lanes_.away(command.row.lane)) return std::nullopt;
    return expiry + command.timeout + kHandGrace;
}

void Orders::tick(Step& step) {
    auto const now = step.now.boot;
    for (auto& [_, command] : table_.live())
        if (command.tell_accepted_at && *command.tell_accepted_at <= now)
            tell_accepted(step, command);
    std::vector<std::string> late;
    for (auto const& [id, command] : table_.live())
        if (auto const at = deadline(command, now); at && *at <= now) late.push_back(id);
    for (auto const& id : late) {
        auto const& command = *table_.live(id);
        if (command.offered) {
            end(step, command, CommandState::interrupted, ResultCode::interrupted,
                "the hand stayed away; what became of it is not known");
        } else if (command.redelivery_until) {
            end(step, command, CommandState::rejected, ResultCode::interrupted,
                "the agent was restarted before the hand had it; nothing ran");
        } else {
            end(step, command, CommandState::expired, ResultCode::expired,
                "it expired before the hand had it; nothing ran");
        }
    }
}

std::optional<base::BootTime> Orders::next_wake(base::BootTime now) const {
    std::optional<base::BootTime> wake;
    for (auto const& [_, command] : table_.live()) {
        sooner(wake, deadline(command, now));
        sooner(wake, command.tell_accepted_at);
    }
    return wake;
}

}  // namespace agent
