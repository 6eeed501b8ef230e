// curl(1) and wget(1) as whole argument lists: one GET or HEAD of a URL, nothing sent, nothing kept.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/command/mini/verdict.hpp"

namespace command {

// `args` without the program's name. Claims: every URL ("url_registered"). The command that runs is
// hardened by the engine: nothing of what is accepted here follows a redirect, reads a
// configuration, writes a file or talks to a proxy.
Verdict check_curl(std::span<std::string const> args);
Verdict check_wget(std::span<std::string const> args);

}  // namespace command
