// tomte freeze and tomte thaw. What an approver's key signs is signed here, on the operator's
// machine: the key never leaves it.
#pragma once

#include <optional>
#include <string>

#include "common/trust/keys.hpp"
#include "tools/tomte/client.hpp"
#include "tools/tomte/screen.hpp"

namespace tomte {

// The approver's key: `path`, or approver.key beside the secrets.toml that tomte init wrote, or
// in the folder operator/ next to it; none if it is nowhere.
base::Result<std::optional<trust::PrivateKey>> find_approver_key(std::string const& path,
                                                                 std::string const& secrets);

struct FreezeOptions {
    bool frozen = true;
    std::string reason;
    std::string actor;    // who signs, for people
    int wait_s = 5;       // for the hosts that are online to have it on disk
};

// Without a key the coordinator signs a freeze; a thaw needs one. Gives back the exit status: 1
// when it was not taken, or a host that is online did not say so in time.
int freeze(Client& client, Screen& screen, FreezeOptions const& options,
           std::optional<trust::PrivateKey> const& key, base::WallTime now);

}  // namespace tomte
