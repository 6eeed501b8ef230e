// The commands that ask for something to be done. Each gives back the exit status.
#pragma once

#include <string>
#include <vector>

#include "tools/tomte/client.hpp"
#include "tools/tomte/screen.hpp"

namespace tomte {

struct RunOptions {
    std::string host;
    std::vector<std::string> words;   // a line of the restricted language, or …
    std::string remedy;               // … a remedy
    std::vector<std::string> params;  // "unit=nginx"
    std::string reason;
    int timeout_s = 60;
    int wait_s = 60;  // 0: give the id and go
};
// 0 when the command succeeded (or was taken, without waiting).
int run(Client& client, Screen& screen, RunOptions const& options);

struct AlertOptions {
    std::string name = "ServiceDown";
    std::string host;
    std::string service;
    std::string severity = "warning";
    std::vector<std::string> labels;  // "container=caddy"
    std::string summary;
    bool resolved = false;
};
// `now` is what startsAt says.
int test_alert(Client& client, Screen& screen, AlertOptions const& options, base::WallTime now);

}  // namespace tomte
