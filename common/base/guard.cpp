#include "common/base/guard.hpp"

#ifdef TOMTE_GUARD_SWITCH
#include <cstdlib>

namespace base {

bool guard_is_off(std::string_view id) {
    auto const* off = std::getenv("TOMTE_GUARD_OFF");
    return off != nullptr && id == off;
}

}  // namespace base
#endif
