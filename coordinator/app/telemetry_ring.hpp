// What hosts measured: the last value of every metric and 24 h of one-minute points, in memory only
// (long-term metrics belong to Prometheus). A point is 8 bytes, so one metric takes at most
// 11.3 KiB; 100 hosts with 20 metrics each, 22 MiB. Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/time.hpp"
#include "common/domain/host.hpp"
#include "common/domain/reading.hpp"
#include "coordinator/ports/api.hpp"

namespace coordinator {

class TelemetryRing {
  public:
    static constexpr int kPointsMax = 24 * 60;  // one a minute
    static constexpr int kSeriesPerHostMax = 256;
    static constexpr std::int64_t kPointBytes = 8;

    explicit TelemetryRing(std::int64_t bytes_max) : bytes_max_(bytes_max) {}

    // `now` is the time of arrival: a host's own clock may be unset. The last value of a minute is
    // its point. Above the limits new series are dropped, and the oldest points of the series that
    // grows give way.
    void add(base::WallTime now, domain::HostId const& host, domain::ReadingGroup const& group);

    std::optional<std::vector<TelemetrySeries>> series(domain::HostId const& host,
                                                       bool with_points) const;
    std::int64_t bytes() const;  // of points

  private:
    struct Point {
        std::uint32_t minute = 0;  // since 1970
        float value = 0;
    };
    struct Series {
        TelemetryPoint last;
        std::deque<Point> points;
    };
    using Key = std::pair<std::string, std::string>;  // group, metric

    void add_point(Series& series, std::uint32_t minute, double value);

    std::int64_t const bytes_max_;
    mutable std::mutex mutex_;
    std::int64_t points_ = 0;                                  // guarded by mutex_
    std::map<domain::HostId, std::map<Key, Series>> hosts_;  // guarded by mutex_
};

}  // namespace coordinator
