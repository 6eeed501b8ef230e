#include "coordinator/core/guard/freeze.hpp"

#include <algorithm>

namespace coordinator {
namespace {

// A revision of our own: later than any before, and of the order of those that approvers make (the
// milliseconds of their clock), so that neither side runs out of them.
std::int64_t next_revision(World const& world) {
    return std::max(world.freeze.rev + 1, base::unix_ms(world.now.wall));
}

void refuse(World& world, Ticket ticket, base::Error error) {
    world.emit(Ordered{ticket, "", std::move(error)});
}

}  // namespace

void on_freeze(World& world, FreezeOrdered const& event) {
    if (!event.frozen && event.jws.empty())
        return refuse(world, event.ticket,
                      {base::Code::denied, "a thaw needs an approver's signature"});
    auto const rev = event.rev != 0 ? event.rev : next_revision(world);
    if (rev <= world.freeze.rev)
        return refuse(world, event.ticket,
                      {base::Code::invalid, "revision " + std::to_string(rev) +
                                                " is not newer than " +
                                                std::to_string(world.freeze.rev)});
    world.freeze = {rev, event.frozen, event.reason, event.actor, event.jws, world.now.wall};
    world.need_durable();
    world.emit(SaveFreeze{world.freeze});
    auto const* what = event.frozen ? "frozen" : "thawed";
    world.emit(Record{"freeze", "", "", std::string{what} + " by " + event.actor +
                                            (event.reason.empty() ? "" : ": " + event.reason),
                      {{"rev", std::to_string(rev)}}});
    world.emit(SendFreeze{world.freeze});
    world.emit(Tell{what, event.frozen ? "warning" : "info", "",
                    std::string{"The site is "} + what,
                    event.actor + ": " + (event.reason.empty() ? "no reason" : event.reason)});
    world.emit(Ordered{event.ticket, std::to_string(rev), std::nullopt});
    world.look_at_waiting = true;
}

void on_freeze_reported(World& world, HostRow& host, DocumentReported const& event) {
    if (event.applied && event.rev > host.freeze_rev) {
        host.freeze_rev = event.rev;
        world.save(host);
    }
    world.record_host("freeze", host.host,
                      event.applied ? "holds the freeze's revision " + std::to_string(event.rev)
                                    : "did not take the freeze: " + event.reason,
                      {{"rev", std::to_string(event.rev)}});
}

std::optional<std::string> frozen(World const& world) {
    if (!world.freeze.frozen) return std::nullopt;
    return "the site is frozen" +
           (world.freeze.reason.empty() ? std::string{} : ": " + world.freeze.reason);
}

void resume_freeze(World& world) {
    if (world.freeze.rev > 0) world.emit(SendFreeze{world.freeze});
}

}  // namespace coordinator
