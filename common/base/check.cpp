#include "common/base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace base {

void check_failed(char const* condition, char const* file, int line) {
    std::fprintf(stderr, "event=check_failed condition=\"%s\" at=%s:%d\n", condition, file, line);
    std::abort();
}

}  // namespace base
