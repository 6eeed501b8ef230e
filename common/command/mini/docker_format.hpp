// Go templates of 'docker|podman … --format': fields that tell a state, never an environment,
// arguments or labels, which hold passwords.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/command/mini/verdict.hpp"

namespace command {

// One template (the word after --format, -f), or one of the fixed words table, json. `inspects`
// says that whole objects are at hand (inspect, not a listing): there 'json' of everything holds
// secrets.
Verdict check_docker_format(std::string_view text, bool inspects = true);

}  // namespace command
