// tomte lease HOST show | grant | revoke: a host's right to heal itself while the coordinator is
// away.
#pragma once

#include <string>
#include <vector>

#include "tools/tomte/client.hpp"
#include "tools/tomte/screen.hpp"

namespace tomte {

struct LeaseOptions {
    std::string host;
    std::string action = "show";        // show, grant, revoke
    std::vector<std::string> remedies;  // of a grant
    int per_hour = 6;
    std::string lasts = "7d";
    int wait_s = 5;  // for the host, if it is online, to say that it holds it
};

// Gives back the exit status: 1 when it was refused, or a host that is online did not say in time
// that it holds it.
int lease(Client& client, Screen& screen, LeaseOptions const& options);

}  // namespace tomte
