#include "coordinator/app/api_impl.hpp"

#include <utility>

#include "common/command/classify.hpp"
#include "common/remedy/hash.hpp"
#include "common/trust/freeze.hpp"
#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"

namespace coordinator {

void ApiImpl::post(Ticket ticket, Event event) {
    // While the store is away nothing can be promised, and the loop takes nothing anyway.
    if (parts_.board.store_is_away()) {
        parts_.waiters.refuse(ticket, {base::Code::unavailable, "the store is away; try again"});
        return;
    }
    if (auto posted = parts_.mailbox.post(std::move(event)); !posted)
        parts_.waiters.refuse(ticket, posted.error());
}

void ApiImpl::submit_signals(std::vector<domain::Signal> signals,
                             std::function<void(base::Result<Accepted>)> answer) {
    auto const ticket = parts_.waiters.add(std::move(answer));
    post(ticket, SignalsArrived{ticket, std::move(signals)});
}

void ApiImpl::order_command(OrderRequest request,
                            std::function<void(base::Result<std::string>)> answer) {
    CommandOrdered event;
    event.host = std::move(request.host);
    if (auto const* line = std::get_if<domain::LineOrder>(&request.order)) {
        auto const known = command::classify(line->line);
        if (known.risk == domain::Risk::forbidden) {
            answer(base::fail(base::Code::denied, known.rule + ": " + known.reason));
            return;
        }
        event.readonly = known.risk == domain::Risk::readonly;
        event.risky = known.risk == domain::Risk::risky;
    }
    event.order = std::move(request.order);
    event.actor = std::move(request.actor);
    event.reason = std::move(request.reason);
    event.timeout = request.timeout;
    event.ticket = parts_.waiters.add(std::move(answer));
    auto const ticket = event.ticket;
    post(ticket, std::move(event));
}

base::Result<FreezeOrdered> ApiImpl::read_freeze(FreezeRequest const& request) const {
    FreezeOrdered event;
    event.reason = request.reason;
    event.actor = request.actor;
    if (request.jws.empty()) return event;
    auto const& trust = parts_.trust;
    if (!trust.coordinator || trust.approvers.empty())
        return base::fail(base::Code::denied,
                          "the coordinator knows no approver: set trust.approver_keys");
    auto const opened = trust::open_freeze(*trust.coordinator, trust.approvers, request.jws);
    if (!opened) return tl::make_unexpected(opened.error());
    auto const freeze = wire::decode<wire::Freeze>(opened->payload);
    if (!freeze) return tl::make_unexpected(freeze.error());
    if (freeze->frozen == opened->thaw)
        return base::fail(base::Code::invalid, "it was signed as the other of freeze and thaw");
    if (freeze->site != trust.site)
        return base::fail(base::Code::invalid, "it is for the site '" + freeze->site + "'");
    event.rev = freeze->rev;
    event.frozen = freeze->frozen;
    event.reason = freeze->reason;
    event.actor = freeze->actor;
    event.jws = request.jws;
    return event;
}

void ApiImpl::freeze(FreezeRequest request,
                     std::function<void(base::Result<std::string>)> answer) {
    auto event = read_freeze(request);
    if (!event) {
        answer(tl::make_unexpected(event.error()));
        return;
    }
    auto const ticket = event->ticket = parts_.waiters.add(std::move(answer));
    post(ticket, std::move(*event));
}

void ApiImpl::lease(LeaseRequest request, std::function<void(base::Result<std::string>)> answer) {
    auto const ticket = parts_.waiters.add(std::move(answer));
    post(ticket, LeaseOrdered{ticket, std::move(request.host), std::move(request.remedies),
                              request.per_hour, request.lasts, std::move(request.actor)});
}

std::vector<ApprovalWanted> ApiImpl::approvals() {
    std::vector<ApprovalWanted> all;
    for (auto& row : parts_.board.waiting_for_approval()) {
        ApprovalWanted wanted{std::move(row), "", std::nullopt};
        wanted.plan_hash = remedy::plan_hash(wanted.row.command);
        auto const* order = std::get_if<domain::RemedyOrder>(&wanted.row.command.order);
        auto const* known = order != nullptr && parts_.trust.catalog != nullptr
                                ? parts_.trust.catalog->find(order->remedy)
                                : nullptr;
        if (known != nullptr) wanted.remedy = *known;
        all.push_back(std::move(wanted));
    }
    return all;
}

base::Result<ApprovalArrived> ApiImpl::read_approval(std::string const& id,
                                                     std::string const& jws) const {
    auto keys = parts_.trust.approvers;
    keys.insert(keys.end(), parts_.trust.web_approvers.begin(), parts_.trust.web_approvers.end());
    for (auto const& key : keys) {
        auto const payload = trust::verify(trust::Purpose::approval, key, jws);
        if (!payload) continue;
        auto const approval = wire::decode<wire::Approval>(*payload);
        if (!approval) return tl::make_unexpected(approval.error());
        if (approval->id != id)
            return base::fail(base::Code::invalid, "the approval is for " + approval->id);
        return ApprovalArrived{0,
                               approval->id,
                               approval->host.text(),
                               approval->plan_hash,
                               approval->expires_at,
                               approval->approved,
                               approval->actor,
                               approval->reason,
                               key.id(),
                               jws};
    }
    return base::fail(base::Code::denied, "no approver that the coordinator knows signed it");
}

void ApiImpl::approve(std::string const& id, std::string jws,
                      std::function<void(base::Result<std::string>)> answer) {
    auto event = read_approval(id, jws);
    if (!event) {
        answer(tl::make_unexpected(event.error()));
        return;
    }
    auto const ticket = event->ticket = parts_.waiters.add(std::move(answer));
    post(ticket, std::move(*event));
}

void ApiImpl::wait_finished(std::string const& id, base::Duration within,
                            std::function<void(base::Result<domain::CommandResult>)> answer) {
    if (parts_.waiters.wait(id, parts_.now().boot + within, std::move(answer))) return;
    // Not ordered since the start: it may have ended before, or still be open from then. Asked
    // after the waiter was entered, so that an end in between is not missed.
    auto const row = parts_.history.command(id);
    if (!row)
        parts_.waiters.settle(id, tl::make_unexpected(row.error()));
    else if (!*row)
        parts_.waiters.settle(id, base::fail(base::Code::not_found, "no command " + id));
    else if ((*row)->result && domain::is_final((*row)->state))
        parts_.waiters.settle(id, *(*row)->result);
}

StatusReport ApiImpl::status() {
    return parts_.board.report(parts_.now().wall, parts_.mailbox.depth(), parts_.mailbox.limit());
}

std::optional<std::vector<TelemetrySeries>> ApiImpl::telemetry(domain::HostId const& host,
                                                               bool with_points) {
    return parts_.telemetry.series(host, with_points);
}

std::string ApiImpl::metrics_text() { return parts_.metrics_text(status()); }

}  // namespace coordinator
