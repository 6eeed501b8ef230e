// A check that keeps something bad from happening, with a name: `if (!GUARD("hand.target", …))
// refuse`. In a build for tests (TOMTE_GUARD_SWITCH) the environment's TOMTE_GUARD_OFF=<id> turns
// one off, so that tools/dev/guards can prove that a test fails without it. In every other build
// GUARD(id, good) is `good` and nothing else.
#pragma once

#ifdef TOMTE_GUARD_SWITCH
#include <string_view>

namespace base {
bool guard_is_off(std::string_view id);
}  // namespace base

#define GUARD(id, good) ((good) || ::base::guard_is_off(id))
#else
#define GUARD(id, good) (good)
#endif
