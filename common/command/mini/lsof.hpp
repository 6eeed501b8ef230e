// lsof(8) as a whole argument list: which files and sockets are open, and by whom.
#pragma once

#include <span>
#include <string>

#include "common/command/mini/verdict.hpp"

namespace command {

// `args` without the program's name. Claims every file and folder named ("path_meta"). Forbidden:
// what never ends (-r), other kernels' files and caches (-k, -m, -A, -D). Pure.
Verdict check_lsof(std::span<std::string const> args);

}  // namespace command
