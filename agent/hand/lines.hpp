// From what the command language accepted to programs that can be started: where the program is and
// that only root can have put it there, where a path really leads, what a pattern matches.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/hand/programs.hpp"
#include "common/base/result.hpp"
#include "common/command/classify.hpp"

namespace hand {

struct PreparedPipeline {
    command::Join join = command::Join::always;
    std::string name;                   // "journalctl|grep"
    std::vector<Stage> stages;
    std::vector<std::string> left_out;  // matches of patterns that may not be read, with the reason
};

// Looks at the disk, changes nothing. `reader` is whom a command runs as that needs no privilege.
// Errors: not_found (no such program), denied (a rule of the host's disk said no).
base::Result<std::vector<PreparedPipeline>> prepare(std::vector<command::Pipeline> const& line,
                                                    std::optional<User> const& reader);

// Is the file, with every folder above it, root's and writable by nobody else? Follows links.
bool is_roots_own(std::string const& path);

// Nobody, with the groups that may read logs; none unless we are root.
std::optional<User> find_reader();

}  // namespace hand
