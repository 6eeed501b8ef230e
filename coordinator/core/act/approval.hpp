// Commands that wait for an approver's signature before they are sent: a risky plan or order, or
// any change on a host whose policy is `ask`. The hand checks the signature itself.
#pragma once

#include <optional>
#include <string>

#include "coordinator/core/world.hpp"

namespace coordinator {

// Asks people; the incident is `asking` until one of them answers or the time is over.
void ask_approval(World& world, domain::Incident& incident, std::string const& why);

// The same for an order of a person or program.
CommandRow& hold(World& world, domain::Command command, std::string const& why);

// Why this order of a person needs an approver; nothing: it does not.
std::optional<std::string> needs_approval(World& world, domain::Command const& command,
                                          domain::Risk risk);

// An approver said yes or no. Answered by Ordered.
void on_approval(World& world, ApprovalArrived const& event);

// The incident's command that was approved and is still to be sent; null: none.
CommandRow* approved_command(World& world, domain::Incident const& incident);

// It will not be sent any more: what it was asked for is over.
void withdraw(World& world, domain::Incident const& incident, std::string const& reason);

// The time for an answer is over.
void on_unanswered(World& world, CommandRow& row);

}  // namespace coordinator
