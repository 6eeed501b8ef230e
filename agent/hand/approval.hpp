// The second key: does the signature that came with a command allow this very plan? Pure.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "common/domain/command.hpp"
#include "common/policy/policy.hpp"
#include "common/trust/keys.hpp"

namespace hand {

// Pinned on this host, by nobody but its owner.
struct Approvers {
    std::vector<trust::PublicKey> keys;      // on a person's own machine
    std::vector<trust::PublicKey> web_keys;  // in a browser; count only if the policy says so
};

struct ApprovalFault {
    domain::ResultCode code = domain::ResultCode::not_allowed;
    std::string reason;
};

// True: approved. False: the command carries no approval. A fault: it carries one that is nobody's
// who counts here (bad_signature), malformed (bad_arguments), out of date (expired), or for another
// command, plan or host, or a denial (not_allowed).
tl::expected<bool, ApprovalFault> check_approval(domain::Command const& command,
                                                 Approvers const& approvers,
                                                 policy::ApprovalRule rule, base::WallTime now);

}  // namespace hand
