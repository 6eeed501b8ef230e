// The broker's second listener, as a host sees it that has no certificate yet or one that ran out.
// Blocking; for the commands that join and renew, never for the running agent.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace agent {

// The certificate (PEM) with this SHA-256 that the server shows: the fleet's authority. Nothing
// else that the server says is believed. Errors: unavailable (nobody answers), denied (another
// authority: somebody is in between, or the invitation is of another fleet).
base::Result<std::string> fetch_authority(std::string const& host, int port,
                                          std::string const& fingerprint_hex,
                                          base::Duration within);

struct JoinDoor {
    std::string host;
    int port = 8884;
    std::string user;
    std::string password;
    std::string ca_file;
};

struct Talk {
    std::string say_on;
    std::string say;  // again every `again` while nothing final was heard
    std::string listen_on;
    std::function<bool(std::string_view)> heard;  // true: that was all
    base::Duration again{3'000};
    base::Duration within{30'000};
};

// Errors: denied (the broker refuses user or password), timeout, unavailable.
base::Status converse(JoinDoor const& door, Talk const& talk);

}  // namespace agent
