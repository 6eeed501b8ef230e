#include "coordinator/core/act/outbox.hpp"

#include <algorithm>

#include "coordinator/core/act/approval.hpp"
#include "coordinator/core/fleet/lease.hpp"
#include "coordinator/core/verify/verify.hpp"

namespace coordinator {
namespace {

using domain::CommandState;
using domain::ResultCode;

constexpr base::Duration kOrdersKept{600'000};  // a finished order is answered from memory so long

base::Duration span_until(World const& world, base::WallTime moment) {
    return std::max(moment - world.now.wall, base::Duration::zero());
}

void set_timer(World& world, CommandRow const& row) {
    auto due = span_until(world, row.command.expires_at) + kGrace;
    if (row.acknowledged)
        due += row.command.limits.timeout;
    else if (row.resend_at)
        due = std::min(due, span_until(world, *row.resend_at));
    world.timers.set({TimerKind::command, row.command.id}, world.now.boot + due);
}

void tell_timeline(World& world, CommandRow const& row, std::string text, domain::Labels data) {
    data.emplace("id", row.command.id);
    world.emit(Record{"command", row.command.incident, row.command.host.text(), std::move(text),
                      std::move(data)});
}

void send(World& world, CommandRow& row) {
    auto* host = world.host(row.command.host);
    bool const can = host != nullptr && host->online && !host->session.empty() &&
                     world.now.wall < row.command.expires_at;
    row.resend_at.reset();
    if (can) {
        // Above every counter of the processes before, so that none has to be stored. 2^21 sends to
        // one host fit between two epochs, and an epoch of this century stays below the 2^53 that
        // JSON can carry.
        host->counter = std::max(host->counter, world.epoch << 21) + 1;
        row.command.session = host->session;
        row.command.counter = host->counter;
        row.command.epoch = world.epoch;
        row.command.incarnation = host->incarnation;
        auto const wait = world.settings.resend_first * (1 << std::min(row.sends, 10));
        if (!row.acknowledged)
            row.resend_at = world.now.wall + std::min(wait, world.settings.resend_max);
        ++row.sends;
        tell_timeline(world, row, row.sends == 1 ? "sent" : "sent again",
                      {{"sends", std::to_string(row.sends)}});
        world.emit(SendCommand{row.command});
    }
    world.save(row);
    set_timer(world, row);
}

domain::CommandResult ended(std::string const& id, CommandState state, ResultCode code,
                            std::string detail) {
    domain::CommandResult result;
    result.id = id;
    result.state = state;
    result.code = code;
    result.detail = std::move(detail);
    return result;
}

void finish(World& world, CommandRow& row, domain::CommandResult result) {
    bool const again = domain::is_final(row.state);
    row.state = result.state;
    row.result = std::move(result);
    row.resend_at.reset();
    world.save(row);
    if (!row.readonly) world.need_durable();
    world.outbox[row.command.host].erase(row.command.id);
    world.timers.cancel({TimerKind::command, row.command.id});
    if (row.command.incident.empty())
        world.timers.set({TimerKind::forget_command, row.command.id},
                         world.now.boot + kOrdersKept);
    tell_timeline(world, row,
                  std::string{to_string(row.state)} +
                      (row.result->detail.empty() ? "" : ": " + row.result->detail),
                  {{"state", std::string{to_string(row.state)}},
                   {"code", std::string{to_string(row.result->code)}},
                   {"late", again ? "true" : "false"}});
    world.emit(Finished{*row.result});
    if (!row.command.incident.empty()) on_command_ended(world, row);
}

// We gave up on it; the host never said how it ended.
bool only_assumed(CommandRow const& row) {
    return row.result && row.result->steps.empty() && !row.result->finished_at &&
           (row.state == CommandState::expired ||
            (row.state == CommandState::interrupted && row.result->code == ResultCode::timeout));
}

// The delivery was refused, not the command: the next one carries the right session and counter.
bool refused_delivery(ResultCode code) {
    return code == ResultCode::replayed || code == ResultCode::stale_epoch ||
           code == ResultCode::bad_signature;
}

}  // namespace

domain::Command new_command(World& world, domain::HostId const& host, std::string actor,
                            std::string reason,
                            std::variant<domain::RemedyOrder, domain::LineOrder> order,
                            base::Duration timeout) {
    domain::Command command{world.ids.next(world.now.wall), host, 1, 0, "", 0, {}, {}, "", 0,
                            std::move(actor), std::move(reason), std::move(order), {}};
    command.limits.timeout = timeout;
    return command;
}

CommandRow& post(World& world, domain::Command command, bool readonly) {
    command.issued_at = world.now.wall;
    command.expires_at = world.now.wall + world.settings.command_ttl;
    auto& row = world.add(
        CommandRow{std::move(command), readonly, CommandState::accepted, false, 0, {}, {}});
    if (!readonly) world.need_durable();
    world.outbox[row.command.host].insert(row.command.id);
    send(world, row);
    return row;
}

void adopt_local(World& world, domain::Command command) {
    auto& row =
        world.add(CommandRow{std::move(command), false, CommandState::accepted, true, 0, {}, {}});
    world.need_durable();
    world.outbox[row.command.host].insert(row.command.id);
    set_timer(world, row);
}

void release_held(World& world, CommandRow& row) {
    auto const now = world.now.wall;
    row.command.issued_at = now;
    row.command.expires_at =
        std::min(now + world.settings.command_ttl, row.approved_until.value_or(now));
    row.held = false;
    world.held.erase(row.command.incident);
    world.need_durable();
    world.outbox[row.command.host].insert(row.command.id);
    send(world, row);
}

void end_unsent(World& world, CommandRow& row, CommandState state, ResultCode code,
                std::string reason) {
    row.held = false;
    row.asked_until.reset();
    world.held.erase(row.command.incident);
    finish(world, row, ended(row.command.id, state, code, std::move(reason)));
}

void send_outbox(World& world, domain::HostId const& host, bool other_process) {
    for (auto const& id : std::set{world.outbox[host]}) {
        auto* row = world.command(id);
        if (row != nullptr && !is_local(row->command) && (!row->acknowledged || other_process))
            send(world, *row);
    }
}

void on_command_timer(World& world, CommandRow& row) {
    if (domain::is_final(row.state)) return;
    if (row.held) return on_unanswered(world, row);
    auto const expires = row.command.expires_at;
    if (row.acknowledged && world.now.wall >= expires + row.command.limits.timeout) {
        finish(world, row,
               ended(row.command.id, CommandState::interrupted, ResultCode::timeout,
                     "the host acknowledged it and never reported how it ended"));
        return;
    }
    if (!row.acknowledged && world.now.wall >= expires) {
        finish(world, row,
               ended(row.command.id, CommandState::expired, ResultCode::expired,
                     "the host did not acknowledge it in time"));
        return;
    }
    if (row.acknowledged)
        set_timer(world, row);
    else
        send(world, row);
}

void on_acknowledged(World& world, CommandAcknowledged const& ack) {
    auto* row = world.command(ack.id);
    if (row == nullptr || row->command.host != ack.host || domain::is_final(row->state)) return;
    if (row->held) return;  // it was never sent
    if (ack.state == CommandState::rejected && refused_delivery(ack.code)) {
        tell_timeline(world, *row, "this delivery was refused: " + ack.detail,
                      {{"code", std::string{to_string(ack.code)}}});
        return;
    }
    if (ack.state == CommandState::rejected || ack.state == CommandState::expired) {
        row->acknowledged = true;
        finish(world, *row, ended(ack.id, ack.state, ack.code, ack.detail));
        return;
    }
    bool const first = !row->acknowledged;
    auto const state = domain::is_final(ack.state) ? CommandState::running : ack.state;
    if (!first && state == row->state) return;
    row->acknowledged = true;
    row->state = state;
    row->resend_at.reset();
    world.save(*row);
    set_timer(world, *row);
    tell_timeline(world, *row,
                  state == CommandState::running ? "running" : "acknowledged by the host",
                  {{"state", std::string{to_string(state)}}});
}

void on_result(World& world, domain::HostId const& from, domain::CommandResult const& result) {
    auto* row = world.command(result.id);
    if (row == nullptr || row->command.host != from) {
        world.record_host("command", from, "a result of a command that is not known here",
                          {{"id", result.id}, {"state", std::string{to_string(result.state)}}});
        return;
    }
    if (!domain::is_final(result.state)) {
        on_acknowledged(world, {from, result.id, result.state, result.code, result.detail});
        return;
    }
    bool const known = domain::is_final(row->state);
    if (known && !only_assumed(*row)) {
        // The acknowledgement said it first; the journal knows the steps.
        if (row->state != result.state || !row->result->steps.empty()) return;
        row->result = result;
        world.save(*row);
        return;
    }
    row->acknowledged = true;
    finish(world, *row, result);
}

void resume(World& world, CommandRow& row) {
    if (domain::is_final(row.state)) {
        if (row.command.incident.empty())
            world.timers.set({TimerKind::forget_command, row.command.id},
                             world.now.boot + kOrdersKept);
        return;
    }
    if (row.held) {
        auto const left = row.asked_until.value_or(world.now.wall) - world.now.wall;
        world.timers.set({TimerKind::command, row.command.id},
                         world.now.boot + std::clamp(left, base::Duration::zero(),
                                                     world.settings.approval_within));
        return;
    }
    world.outbox[row.command.host].insert(row.command.id);
    if (row.acknowledged)
        set_timer(world, row);
    else
        send(world, row);
}

}  // namespace coordinator
