#include "agent/hand/approval.hpp"

#include "common/base/guard.hpp"
#include "common/remedy/hash.hpp"
#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"

namespace hand {

namespace {

using domain::ResultCode;

tl::unexpected<ApprovalFault> fault(ResultCode code, std::string reason) {
    return tl::make_unexpected(ApprovalFault{code, "approval: " + std::move(reason)});
}

std::optional<std::string> signed_by_any(std::vector<trust::PublicKey> const& keys,
                                         std::string const& jws) {
    for (auto const& key : keys)
        if (auto payload = trust::verify(trust::Purpose::approval, key, jws)) return *payload;
    return std::nullopt;
}

}  // namespace

tl::expected<bool, ApprovalFault> check_approval(domain::Command const& command,
                                                 Approvers const& approvers,
                                                 policy::ApprovalRule rule, base::WallTime now) {
    if (command.approval.empty()) return false;
    auto payload = signed_by_any(approvers.keys, command.approval);
    if (!payload) {
        payload = signed_by_any(approvers.web_keys, command.approval);
        if (payload && !GUARD("approval.web", rule == policy::ApprovalRule::web))
            return fault(ResultCode::not_allowed,
                         "this host's policy accepts no signature made in a browser");
    }
    if (!payload) return fault(ResultCode::bad_signature, "no approver known here signed it");
    auto const approval = wire::decode<wire::Approval>(*payload);
    if (!approval) return fault(ResultCode::bad_arguments, approval.error().message);
    if (!GUARD("approval.command",
               approval->host == command.host && approval->id == command.id))
        return fault(ResultCode::not_allowed, "it is for another command");
    if (!GUARD("approval.plan", approval->plan_hash == remedy::plan_hash(command)))
        return fault(ResultCode::not_allowed, "it is for another plan");
    if (!GUARD("approval.yes", approval->approved))
        return fault(ResultCode::not_allowed, "it says no");
    if (!GUARD("approval.expiry", now < approval->expires_at))
        return fault(ResultCode::expired, "it came too late");
    return true;
}

}  // namespace hand
