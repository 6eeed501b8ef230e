// The command line of tomte-coordinator.
#pragma once

#include <optional>
#include <string>

namespace coordinator {

struct Options {
    std::string config = "/etc/tomte/coordinator.toml";
    bool check_config = false;
    bool fresh_store = false;
};

// None: the program is to end with `exit_code` (help was shown, or an option is wrong).
std::optional<Options> parse_options(int argc, char** argv, int& exit_code);

}  // namespace coordinator
