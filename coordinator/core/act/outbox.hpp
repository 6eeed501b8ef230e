// The command outbox: every command is sent again until its host signed that it durably knows it,
// or until it expired; then its result is waited for.
#pragma once

#include "coordinator/core/world.hpp"

namespace coordinator {

// Beyond expiry (an acknowledgement may be on its way) and beyond the command's own time-out.
inline constexpr base::Duration kGrace{5'000};

// One with a fresh id, for no incident.
domain::Command new_command(World& world, domain::HostId const& host, std::string actor,
                            std::string reason,
                            std::variant<domain::RemedyOrder, domain::LineOrder> order,
                            base::Duration timeout);

// Makes the row, saves it and sends it if its host is there.
CommandRow& post(World& world, domain::Command command, bool readonly);

// The row of a command that a host gave itself: its end is waited for, it is never sent.
void adopt_local(World& world, domain::Command command);
// Sends one that was held back and is approved now.
void release_held(World& world, CommandRow& row);
// One that was held back ends without ever having been sent.
void end_unsent(World& world, CommandRow& row, domain::CommandState state, domain::ResultCode code,
                std::string reason);

// Sends what this host has not acknowledged (it was born or came online). Another process of its
// agent also needs what it has acknowledged: the hand takes no envelope of an earlier session.
void send_outbox(World& world, domain::HostId const& host, bool other_process);

// Send again, give up, or stop waiting for a result.
void on_command_timer(World& world, CommandRow& row);

void on_acknowledged(World& world, CommandAcknowledged const& ack);
// A result out of a host's journal.
void on_result(World& world, domain::HostId const& from, domain::CommandResult const& result);

// After a restart.
void resume(World& world, CommandRow& row);

}  // namespace coordinator
