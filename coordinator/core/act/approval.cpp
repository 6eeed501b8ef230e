#include "coordinator/core/act/approval.hpp"

#include <algorithm>

#include "common/remedy/hash.hpp"
#include "coordinator/core/act/act.hpp"
#include "coordinator/core/act/outbox.hpp"
#include "coordinator/core/advance.hpp"

namespace coordinator {
namespace {

using domain::CommandState;
using domain::ResultCode;

std::string what_of(domain::Command const& command) {
    if (auto const* line = std::get_if<domain::LineOrder>(&command.order)) return line->line;
    auto const& remedy = std::get<domain::RemedyOrder>(command.order);
    auto text = remedy.remedy;
    for (auto const& [name, value] : remedy.params) text += " " + name + "=" + value;
    return text;
}

void refuse(World& world, Ticket ticket, base::Code code, std::string reason) {
    world.emit(Ordered{ticket, "", base::Error{code, std::move(reason)}});
}

// What the signature must be of; empty: it is.
std::string mismatch(World const& world, CommandRow const& row, ApprovalArrived const& event) {
    if (event.host != row.command.host.text()) return "the approval is for another host";
    if (event.plan_hash != remedy::plan_hash(row.command))
        return "the approval is for another plan";
    if (event.expires_at <= world.now.wall) return "the approval has expired";
    return {};
}

void note(World& world, CommandRow const& row, std::string text, domain::Labels data) {
    data.emplace("id", row.command.id);
    world.emit(Record{"approval", row.command.incident, row.command.host.text(), std::move(text),
                      std::move(data)});
}

void deny(World& world, CommandRow& row, ApprovalArrived const& event) {
    auto const reason = "denied by " + event.actor +
                        (event.reason.empty() ? std::string{} : ": " + event.reason);
    auto* incident = world.incident(row.command.incident);
    end_unsent(world, row, CommandState::rejected, ResultCode::not_allowed, reason);
    if (incident != nullptr) raise(world, *incident, Trigger::refused, reason);
}

}  // namespace

CommandRow& hold(World& world, domain::Command command, std::string const& why) {
    auto const* host = world.host(command.host);
    if (host != nullptr) command.incarnation = host->incarnation;
    command.issued_at = world.now.wall;
    command.expires_at = world.now.wall + world.settings.approval_within;
    CommandRow made{std::move(command), false, CommandState::accepted, false, 0, {}, {}};
    made.held = true;
    made.asked_until = world.now.wall + world.settings.approval_within;
    made.asked_why = why;
    auto& row = world.add(std::move(made));
    world.need_durable();
    if (!row.command.incident.empty()) world.held[row.command.incident] = row.command.id;
    world.timers.set({TimerKind::command, row.command.id},
                     world.now.boot + world.settings.approval_within);
    note(world, row, "waiting for approval: " + what_of(row.command), {{"why", why}});
    world.emit(Tell{"approval_wanted", "warning", row.command.incident,
                    "Approval wanted on " + row.command.host.text(),
                    what_of(row.command) + " waits for an approver: " + why + ". tomte approve " +
                        row.command.id});
    return row;
}

std::optional<std::string> needs_approval(World& world, domain::Command const& command,
                                          domain::Risk risk) {
    if (risk >= domain::Risk::risky) return "it is risky";
    auto const* host = world.host(command.host);
    if (risk != domain::Risk::readonly && host != nullptr && host->mode == "ask")
        return command.host.text() + "'s policy asks a person before anything runs";
    return std::nullopt;
}

void ask_approval(World& world, domain::Incident& incident, std::string const& why) {
    auto const& plan = *incident.plan;
    auto command = new_command(world, plan.host, actor_of(plan), incident.title, plan.remedy,
                               plan.timeout);
    command.incident = incident.id;
    command.attempt = incident.attempts + 1;
    auto const id = hold(world, std::move(command), why).command.id;
    raise(world, incident, Trigger::needs_approval,
          "waiting for approval: " + why + " (tomte approve " + id + ")");
    arm(world, incident, world.settings.approval_within);
}

CommandRow* approved_command(World& world, domain::Incident const& incident) {
    auto const found = world.held.find(incident.id);
    if (found == world.held.end()) return nullptr;
    auto* row = world.command(found->second);
    return row != nullptr && row->approved_until ? row : nullptr;
}

void withdraw(World& world, domain::Incident const& incident, std::string const& reason) {
    auto const found = world.held.find(incident.id);
    if (found == world.held.end()) return;
    if (auto* row = world.command(found->second); row != nullptr && row->held)
        end_unsent(world, *row, CommandState::cancelled, ResultCode::cancelled, reason);
    world.held.erase(incident.id);
}

void on_unanswered(World& world, CommandRow& row) {
    // An incident's own deadline says it, and ends its command with it.
    if (!row.held || !row.command.incident.empty()) return;
    end_unsent(world, row, CommandState::expired, ResultCode::expired,
               "nobody approved it in time");
}

void on_approval(World& world, ApprovalArrived const& event) {
    auto* row = world.command(event.id);
    if (row == nullptr)
        return refuse(world, event.ticket, base::Code::not_found, "no command " + event.id);
    if (!row->held || row->approved_until)
        return refuse(world, event.ticket, base::Code::invalid,
                      "command " + event.id + " does not wait for an approval");
    if (auto const wrong = mismatch(world, *row, event); !wrong.empty())
        return refuse(world, event.ticket, base::Code::invalid, wrong);
    world.need_durable();
    note(world, *row, (event.approved ? "approved by " : "denied by ") + event.actor,
         {{"key", event.key_id}, {"reason", event.reason}});
    world.emit(Ordered{event.ticket, event.id, std::nullopt});
    if (!event.approved) return deny(world, *row, event);
    row->command.approval = event.jws;
    row->approved_until = event.expires_at;
    row->asked_until.reset();
    world.save(*row);
    auto* incident = world.incident(row->command.incident);
    if (incident == nullptr) return release_held(world, *row);
    raise(world, *incident, Trigger::approved, "approved by " + event.actor);
    wait_for_host(world, *incident);
}

}  // namespace coordinator
