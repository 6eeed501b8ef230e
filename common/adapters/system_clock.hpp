// The one place where the programs read the time. Cores get it as an argument.
#pragma once

#include "common/base/time.hpp"

namespace adapters {

// CLOCK_BOOTTIME and CLOCK_REALTIME now. `synced` is false while the wall clock stands before this
// program existed: a machine without a battery clock that has not heard of the time yet. Any
// thread.
base::Time system_now();

}  // namespace adapters
