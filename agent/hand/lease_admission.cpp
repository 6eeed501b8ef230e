// May the host heal itself by this remedy while the coordinator is away?
#include "agent/hand/admission.hpp"
#include "common/remedy/hash.hpp"
#include "common/trust/hash.hpp"
#include "common/wire/fields.hpp"

namespace hand {

namespace {

using domain::ResultCode;

bool is_lease_id(std::string_view id) {
    return id.starts_with(domain::kLeaseIdPrefix) && wire::kResultId.matches(id);
}

}  // namespace

Admitted admit_lease(wire::HandLease const& request, std::optional<std::string> const& forbidden,
                     Standing const& standing, Session const& session) {
    Refusal refusal;
    auto const no = [&](ResultCode code, std::string reason) {
        refusal.code = code;
        refusal.reason = std::move(reason);
        return tl::make_unexpected(std::move(refusal));
    };
    if (!is_lease_id(request.id))
        return no(ResultCode::bad_arguments, "a healing under the lease needs its own id");
    refusal.id = request.id;
    if (auto const known = standing.log.find(request.id);
        known || standing.pending.contains(request.id)) {
        refusal.known = true;
        if (known) refusal.stored = known->result;
        return tl::make_unexpected(std::move(refusal));
    }
    if (standing.lane != command::Lane::fix)
        return no(ResultCode::unsupported, "leases are the fixing lane's");
    if (standing.frozen) return no(ResultCode::frozen, "this host is frozen");
    if (forbidden) return no(ResultCode::not_allowed, *forbidden);
    auto const* remedy = standing.remedies.find(request.remedy);
    if (remedy == nullptr)
        return no(ResultCode::unknown_remedy, "this host holds no remedy " + request.remedy);
    // Without a question there is no way to see for oneself that something is ill.
    if (!remedy->check)
        return no(ResultCode::not_allowed, request.remedy + " has no check, so it needs an order");
    Work work;
    work.id = request.id;
    work.hash = trust::sha256_hex(remedy->hash);
    work.limits.timeout = remedy->timeout;
    work.boot = standing.now.boot;
    work.wall =
        session.time(standing.now.boot).value_or(std::max(standing.now.wall, standing.log.floor()));
    work.must_be_ill = true;
    auto const good =
        check_remedy(*remedy, request.params, policy::Authority::lease, standing, work);
    if (good) return work;
    return no(good.error().code, good.error().reason);
}

}  // namespace hand
