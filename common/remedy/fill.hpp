// From labels to typed parameters, and from parameters to steps without placeholders. A value that
// does not fit its type, a missing parameter or an unknown placeholder refuses the whole plan.
#pragma once

#include "common/base/result.hpp"
#include "common/domain/remedy.hpp"

namespace remedy {

// Is `value` a well-formed value of this type? Closed grammars: a unit is a systemd unit name, a
// container [A-Za-z0-9][A-Za-z0-9_.-]{1,127}, a number is decimal digits; nothing may begin with
// '-' or contain white space, quotes, '$', '/' (mounts apart) or control characters.
base::Status check_value(domain::ParamType type, std::string_view value);

// Takes every parameter from the first label present in its `from` (an empty one is absent), else
// its default. A unit without a type gets ".service"; a host may be given as a URL or with a port,
// of which only the name is taken.
base::Result<domain::Params> bind(domain::Remedy const& remedy, domain::Labels const& labels);

// For parameters that came over the wire: none unknown, none missing, each of its type.
base::Status check_params(domain::Remedy const& remedy, domain::Params const& params);

// The step with its {placeholders} replaced, checked against the verb's arguments, their types and
// the verb's floors. What this gives may be run as far as grammar goes; the policy judges it.
base::Result<domain::Step> fill(domain::Step const& step, domain::Params const& params);

}  // namespace remedy
