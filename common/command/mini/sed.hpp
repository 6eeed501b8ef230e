// sed(1) scripts that only choose, delete and rewrite lines on their way to standard output.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/command/mini/verdict.hpp"

namespace command {

// One script (the word after -e, or the first operand). GNU sed's and POSIX' common part without
// e, r, R, w, W, F, branching loops and files; the flags e and w of s are refused as well.
Verdict check_sed(std::string_view script);

}  // namespace command
