// jq and yq filters over what they are given: no environment, no other input, no module.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/command/mini/verdict.hpp"

namespace command {

// One filter. No env, $ENV, input*, include, import, debug, halt*, getpath of the environment,
// $__prog*, @-formats other than the known, no definition that recurses.
Verdict check_jq(std::string_view filter);

}  // namespace command
