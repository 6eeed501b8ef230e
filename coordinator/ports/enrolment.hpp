// How hosts come into the fleet and out of it, as operators ask for it. Thread-safe; may write
// files, so not for threads that must not wait.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace coordinator {

struct InviteOrder {
    std::string host;
    bool replace = false;
    bool token_only = false;
};
struct InviteMade {
    std::string id;
    std::string link;  // the only time that it is told
    base::WallTime expires_at{};
};
struct InviteReport {
    std::string id;
    std::string host;
    std::string state;  // open, claimed, issued, refused
    std::string words;  // once claimed
    std::string reason;
    bool token_only = false;
};

class Enrolment {
  public:
    virtual ~Enrolment() = default;

    // Errors: unavailable (no authority or no listener is configured), invalid (host id), denied
    // (the host is known and `replace` was not said), busy.
    virtual base::Result<InviteMade> invite(InviteOrder const& order) = 0;
    virtual std::vector<InviteReport> invites() = 0;
    // `words` as both sides show them. Errors: not_found, invalid, denied.
    virtual base::Status decide(std::string const& id, std::string const& words, bool accept) = 0;
    // The host's certificates hold no longer, its rights at the broker are gone, and it is heard no
    // more. Errors: not_found, unavailable.
    virtual base::Status revoke(std::string const& host) = 0;
};

}  // namespace coordinator
