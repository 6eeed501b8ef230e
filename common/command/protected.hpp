// What no command line touches on any host: what ends the host's reach, or ours. A policy may only
// add to it; these are healed by shipped remedies that the policy names, or by a person.
#pragma once

#include <string_view>

#include "common/domain/subject.hpp"

namespace command {

enum class Protection {
    none,
    reach,  // must go on running: to start it again or have it reload takes nothing away
    whole,  // not even that
};
Protection protection_of(domain::SubjectKind kind, std::string_view name);

bool is_always_protected(domain::SubjectKind kind, std::string_view name);

}  // namespace command
