// `tomte-agent join LINK`: makes this host's key, asks the fleet that invited it for a certificate,
// and pins whom the host believes from then on. Run once, by root.
//
//   ETC/trust/           ca.crt coordinator.pub approver.pub   root's; appears as a whole, last
//   STATE/identity/      host.key host.crt                     the agent's own; appears as a whole
//   ETC/agent.toml hand.toml                                   written anew
//   ETC/policy.toml                                            only if there is none
//
// Until ETC/trust is there nothing of it is believed by anybody, whatever else was written.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/wire/enroll.hpp"

namespace agent {

struct JoinOptions {
    std::string link;
    std::string etc = "/etc/tomte";
    std::string state = "/var/lib/tomte-agent";
    std::string hand_state = "/var/lib/tomte-hand";
    std::string sockets = "/run/tomte";
    std::string agent_user = "tomte-agent";
    std::optional<std::vector<std::string>> allow;  // none: ask
    bool replace = false;
    bool start = true;                              // the services, where systemd runs
    base::Duration patience{15 * 60 * 1000};
};

struct JoinTalk {
    std::function<void(std::string const&)> say;
    // Which of these may run alone here; asked once.
    std::function<std::vector<std::string>(std::vector<wire::ShippedRemedy> const&)> choose;
    // Called before each step that leaves a trace, with its name; for tests of a power cut.
    std::function<void(std::string_view)> step = [](std::string_view) {};
};

base::Status join(JoinOptions const& options, JoinTalk const& talk);

// The arguments after the verb. Gives the exit status.
int run_join(int argc, char const* const* argv);

}  // namespace agent
