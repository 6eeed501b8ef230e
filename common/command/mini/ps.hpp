// ps(1) as a whole argument list. Its two grammars overlap: what fails as UNIX options is read
// again as BSD options, where 'e' shows every process' environment, passwords and all.
#pragma once

#include <span>
#include <string>

#include "common/command/mini/verdict.hpp"

namespace command {

// `args` without the program's name. Allowed: choosing, formatting and sorting in either grammar,
// unless ps could come to show an environment in any reading. Pure.
Verdict check_ps(std::span<std::string const> args);

}  // namespace command
