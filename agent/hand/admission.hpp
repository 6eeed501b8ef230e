// May this order or press become work here? Every check of protocol.md and safety.md 0.6 in its
// order, each with its code. Pure but for the counter that Session takes; nothing is started here.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/hand/approval.hpp"
#include "agent/hand/id_log.hpp"
#include "agent/hand/session.hpp"
#include "agent/hand/work.hpp"
#include "common/command/classify.hpp"
#include "common/policy/judge.hpp"
#include "common/policy/policy.hpp"
#include "common/remedy/catalog.hpp"
#include "common/trust/keys.hpp"
#include "common/wire/hand_protocol.hpp"

namespace hand {

// What the checks are made against.
struct Standing {
    command::Lane lane;
    std::string const& host;
    trust::PublicKey const& coordinator;
    Approvers const& approvers;
    policy::Policy const& policy;
    remedy::Catalog const& remedies;
    IdLog const& log;
    // Admitted and not finished: id -> body hash.
    std::map<std::string, std::string> const& pending;
    bool frozen = false;
    bool busy = false;  // no room for one more
    base::Time now;
    int utc_offset_minutes = 0;  // of the host's own day, for quiet hours
};

struct Refusal {
    std::string id;  // empty: whose it was cannot be believed
    domain::ResultCode code = domain::ResultCode::not_allowed;
    std::string reason;
    // An id that is known: what it came to, or that it runs (then without a value); not a refusal.
    bool known = false;
    std::optional<domain::CommandResult> stored;
    // Of an order past every check that a later one could pass: worth remembering with its hash.
    std::string hash;
    base::WallTime expires{};
};

using Admitted = tl::expected<Work, Refusal>;

Admitted admit_order(std::string_view jws, Standing const& standing, Session& session);
Admitted admit_press(wire::HandPress const& press, Standing const& standing,
                     Session const& session);

// `forbidden`: what the lease has against this remedy now (LeaseBook::forbids).
Admitted admit_lease(wire::HandLease const& request, std::optional<std::string> const& forbidden,
                     Standing const& standing, Session const& session);

// Policy, parameters, limits: the same whoever asks. Fills in what `work` is to do.
tl::expected<void, Refusal> check_remedy(domain::Remedy const& remedy, domain::Params const& params,
                                         policy::Asking const& asking, Standing const& standing,
                                         Work& work);

// The command without what changes with every sending: two with the same id must have the same.
std::string body_hash(domain::Command command);

}  // namespace hand
