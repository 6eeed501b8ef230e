// awk programs that read fields and print: the part of the language that mawk, gawk and busybox
// agree on, without files, pipes, commands, environment and endless loops.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/command/mini/verdict.hpp"

namespace command {

// One program text. No getline, system, close, fflush, ENVIRON, PROCINFO, '|', '>' after print,
// '@', loops only as 'for (name in array)' and counted for; anything not understood: forbidden.
Verdict check_awk(std::string_view program);
// The word after -v: 'name=value', where the name is not one awk gives a meaning of its own that
// reaches outside (ENVIRON, ARGV, …).
Verdict check_awk_assignment(std::string_view word);

}  // namespace command
