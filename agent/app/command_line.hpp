// The agent's four options. Read by hand: a command line library would be a third of the program.
#pragma once

#include <string>

#include "common/base/result.hpp"

namespace agent {

struct CommandLine {
    std::string config = "/etc/tomte/agent.toml";
    bool check_config = false;
    bool help = false;
    bool version = false;
};

// Error invalid: an unknown option, or --config without a file.
base::Result<CommandLine> read_command_line(int argc, char const* const* argv);
std::string usage();

}  // namespace agent
