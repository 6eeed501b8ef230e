// What a host that joined keeps on disk, and the order in which it comes to be (see join.hpp).
#pragma once

#include <string>
#include <vector>

#include "agent/app/join.hpp"

namespace agent {

struct Joined {
    wire::JoinLink link;
    wire::JoinAnswer answer;
    std::string ca_pem;
    std::string key_pem;
    std::vector<std::string> allowed;
};

// Error denied: the host belongs to a fleet already and `replace` was not said.
base::Status check_free(JoinOptions const& options);
base::Status keep_joined(JoinOptions const& options, Joined const& joined, JoinTalk const& talk);

}  // namespace agent
