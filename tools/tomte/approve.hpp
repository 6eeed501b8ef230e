// tomte approvals, approve and deny. What is signed is worked out here from what is shown here: a
// coordinator that shows one thing and wants another signed gets a signature that no host takes.
#pragma once

#include <functional>
#include <string>

#include "common/trust/keys.hpp"
#include "tools/tomte/client.hpp"
#include "tools/tomte/screen.hpp"

namespace tomte {

// Somebody at a terminal is asked whether to sign; a script must have said --yes.
bool confirmed_at_terminal(Screen& screen);

int show_approvals(Client& client, Screen& screen);

struct ApproveOptions {
    std::string id;
    bool approved = true;
    std::string reason;
    std::string actor;
    int valid_for_s = 900;
    // Asked before signing an approval, after everything was shown; none: nobody is asked.
    std::function<bool()> confirm;
};
int approve(Client& client, Screen& screen, ApproveOptions const& options,
            trust::PrivateKey const& key, base::WallTime now);

}  // namespace tomte
