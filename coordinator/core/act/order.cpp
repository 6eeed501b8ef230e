// Orders of people and programs: a command without an incident.
#include <algorithm>

#include "common/remedy/fill.hpp"
#include "coordinator/core/act/act.hpp"
#include "coordinator/core/act/approval.hpp"
#include "coordinator/core/act/outbox.hpp"
#include "coordinator/core/guard/freeze.hpp"

namespace coordinator {
namespace {

constexpr std::size_t kLineMax = 4'096;
constexpr base::Duration kTimeoutMax{3'600'000};

base::Status complete(World const& world, domain::RemedyOrder& order) {
    auto const* remedy = world.catalog.find(order.remedy);
    if (remedy == nullptr)
        return base::fail(base::Code::not_found, "no remedy is called '" + order.remedy + "'");
    if (!order.hash.empty() && order.hash != remedy->hash)
        return base::fail(base::Code::invalid,
                          "remedy " + order.remedy + " has another content than was meant");
    if (remedy->risk == domain::Risk::forbidden)
        return base::fail(base::Code::denied, "remedy " + order.remedy + " is forbidden");
    order.hash = remedy->hash;
    return remedy::check_params(*remedy, order.params).map_error(
        base::with_context("remedy " + order.remedy));
}

base::Status complete(World const&, domain::LineOrder& order) {
    if (order.line.empty()) return base::fail(base::Code::invalid, "the command line is empty");
    if (order.line.size() > kLineMax)
        return base::fail(base::Code::invalid, "the command line is longer than 4096 bytes");
    return {};
}

base::Result<domain::Command> check(World& world, CommandOrdered const& event) {
    auto const host = world.names.find(event.host);
    if (host == world.names.end())
        return base::fail(base::Code::not_found,
                          "no known host is called '" + event.host + "'");
    if (event.timeout <= base::Duration::zero() || event.timeout > kTimeoutMax)
        return base::fail(base::Code::invalid, "the time-out must be between 1 ms and 1 h");
    auto order = event.order;
    auto const fits = std::visit([&](auto& given) { return complete(world, given); }, order);
    if (!fits) return tl::make_unexpected(fits.error());
    return new_command(world, host->second, event.actor, event.reason, std::move(order),
                       event.timeout);
}

domain::Risk risk_of(World const& world, CommandOrdered const& event) {
    if (auto const* remedy = std::get_if<domain::RemedyOrder>(&event.order)) {
        auto const* known = world.catalog.find(remedy->remedy);
        return known == nullptr ? domain::Risk::risky : known->risk;
    }
    if (event.readonly) return domain::Risk::readonly;
    return event.risky ? domain::Risk::risky : domain::Risk::reversible;
}

}  // namespace

void on_ordered(World& world, CommandOrdered const& event) {
    auto command = check(world, event);
    bool const line = std::holds_alternative<domain::LineOrder>(event.order);
    if (auto const why = frozen(world); command && why && !(line && event.readonly))
        command = base::fail(base::Code::denied, *why);
    if (!command) {
        world.emit(Ordered{event.ticket, "", command.error()});
        return;
    }
    world.emit(Ordered{event.ticket, command->id, std::nullopt});
    if (auto const why = needs_approval(world, *command, risk_of(world, event)))
        hold(world, std::move(*command), *why);
    else
        post(world, std::move(*command), line && event.readonly);
}

}  // namespace coordinator
