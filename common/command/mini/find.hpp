// find(1) as a whole argument list: starting points and tests, no action but printing names.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/command/mini/verdict.hpp"

namespace command {

// `args` without the program's name. Claims: every starting point ("path_meta"), every file a test
// compares with ("path_meta"), every user and group. Not understood, or able to write, run or
// delete something: forbidden.
Verdict check_find(std::span<std::string const> args);

}  // namespace command
