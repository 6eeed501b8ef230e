// Time enters a core once, as the Time argument of step(); nothing below reads a clock.
//
// BootTime counts powered-on time including suspend (CLOCK_BOOTTIME) and only moves forward: every
// deadline and duration is measured on it. WallTime is what people read; it may jump, so it is only
// displayed, stored, and compared where a deadline must survive a reboot.
#pragma once

#include <chrono>
#include <compare>
#include <string>

#include "common/base/result.hpp"

namespace base {

using namespace std::chrono_literals;
using Duration = std::chrono::milliseconds;
using WallTime = std::chrono::sys_time<Duration>;

// A tag, not a real clock: it has no now(), so that nobody can read the time by accident.
struct BootClock {
    using rep = Duration::rep;
    using period = Duration::period;
    using duration = Duration;
    using time_point = std::chrono::time_point<BootClock, Duration>;
    static constexpr bool is_steady = true;
};
using BootTime = BootClock::time_point;

struct Time {
    BootTime boot{};
    WallTime wall{};
    bool synced = true;  // false: the wall clock was never set (a Pi without network)

    bool operator==(Time const&) const = default;
};

// "2026-01-31T08:05:09.042Z"; always UTC with milliseconds.
std::string to_rfc3339(WallTime time);

// Accepts what Alertmanager and Prometheus send: any fraction, "Z" or an offset. Go's zero time
// ("0001-01-01T00:00:00Z") parses too; it means "not set" to the sender.
Result<WallTime> parse_rfc3339(std::string_view text);

// "1.5s", "250ms", "45s", "10m", "2h", "7d", and sums of them ("1h30m"). Negative is invalid.
Result<Duration> parse_duration(std::string_view text);
// The shortest exact form that parse_duration takes back: "90s" is "1m30s".
std::string to_text(Duration duration);

inline std::int64_t unix_ms(WallTime time) { return time.time_since_epoch().count(); }
inline WallTime wall_from_unix_ms(std::int64_t ms) { return WallTime{Duration{ms}}; }

}  // namespace base
