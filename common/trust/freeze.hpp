// Who may freeze a site, and who may thaw it: the coordinator's key and every approver's freeze,
// only an approver's thaws. The signature is looked at here; whoever calls decodes the payload and
// refuses one that says the other thing (FreezeEnvelope::thaw).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/trust/keys.hpp"

namespace trust {

struct FreezeEnvelope {
    std::string payload;
    bool thaw = false;         // signed as a thaw, so by an approver
    bool by_approver = false;
    std::string key_id;
};

// Errors: invalid (shape), denied (nobody's signature who may).
base::Result<FreezeEnvelope> open_freeze(PublicKey const& coordinator,
                                         std::vector<PublicKey> const& approvers,
                                         std::string_view jws);

}  // namespace trust
