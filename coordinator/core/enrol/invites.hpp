// The invitations that are open: who may join as whom, until when, and who came. Pure; kept in
// memory only, so a restart of the coordinator withdraws them all.
//
//   open ──first right claim──▶ claimed ──the operator saw the same words──▶ issued
//     │                            └──the operator said no──▶ refused
//     └──time is over, from any state──▶ gone
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/domain/host.hpp"

namespace coordinator {

enum class InviteState { open, claimed, issued, refused };
std::string_view to_string(InviteState state);

struct Invite {
    std::string id;
    domain::HostId host;
    std::string key;          // authenticates requests and answers; derived from the token
    bool token_only = false;  // no person compares words
    bool replace = false;     // the host may be known already
    base::BootTime until{};
    InviteState state = InviteState::open;
    std::string request{};  // of the one who came first
    std::string words{};    // what both sides show
    std::string answer{};   // once issued: said again to the same claimant
    std::string reason{};   // of a refusal
};

class Invites {
  public:
    static constexpr base::Duration kLife{15 * 60 * 1000};
    static constexpr std::size_t kOpenMax = 32;

    // Errors: busy (too many are open).
    base::Status add(Invite invite, base::BootTime now);

    // A claim whose MAC was right. The first one wins; the same request again is no second claim.
    // Errors: not_found (no such invitation, or its time is over), denied (for another host, or
    // somebody else was here before).
    base::Result<Invite*> claim(std::string const& id, domain::HostId const& host,
                                std::string const& request, std::string const& words,
                                base::BootTime now);
    // The operator's answer. Errors: not_found, invalid (nobody came yet, other words), denied
    // (decided already).
    base::Result<Invite*> decide(std::string const& id, std::string const& words, bool accept,
                                 base::BootTime now);

    Invite const* find(std::string const& id, base::BootTime now);
    std::vector<Invite const*> list(base::BootTime now);
    // Whether one has run out since the last call of anything here: the broker is to be told.
    bool expire(base::BootTime now);

  private:
    Invite* live(std::string const& id, base::BootTime now);

    std::map<std::string, Invite, std::less<>> invites_;
};

}  // namespace coordinator
