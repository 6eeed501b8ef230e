#include "common/adapters/system_clock.hpp"

#include <ctime>

namespace adapters {

namespace {

constexpr std::int64_t kProgramIsYoungerThanMs = 1'735'689'600'000;  // 2025-01-01T00:00:00Z

base::Duration read(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return std::chrono::duration_cast<base::Duration>(std::chrono::seconds{now.tv_sec} +
                                                      std::chrono::nanoseconds{now.tv_nsec});
}

}  // namespace

base::Time system_now() {
    base::Time now;
    now.boot = base::BootTime{read(CLOCK_BOOTTIME)};
    now.wall = base::WallTime{read(CLOCK_REALTIME)};
    now.synced = base::unix_ms(now.wall) >= kProgramIsYoungerThanMs;
    return now;
}

}  // namespace adapters
