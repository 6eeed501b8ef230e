// CHECK(condition): a broken invariant of our own ends the process, in release builds too. The
// service manager restarts it and the journal lets it go on; a core that runs on with a wrong state
// would act on hosts. Input from outside is never CHECKed, it is refused with an Error.
#pragma once

namespace base {

[[noreturn]] void check_failed(char const* condition, char const* file, int line);

}  // namespace base

#define CHECK(condition)                                             \
    do {                                                             \
        if (!(condition)) [[unlikely]]                               \
            ::base::check_failed(#condition, __FILE__, __LINE__);    \
    } while (false)
