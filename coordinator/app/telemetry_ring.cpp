#include "coordinator/app/telemetry_ring.hpp"

namespace coordinator {

void TelemetryRing::add(base::WallTime now, domain::HostId const& host,
                        domain::ReadingGroup const& group) {
    auto const minute = static_cast<std::uint32_t>(base::unix_ms(now) / 60'000);
    std::lock_guard const guard{mutex_};
    auto& of_host = hosts_[host];
    for (auto const& reading : group.readings) {
        auto const key = Key{group.group, reading.metric};
        auto found = of_host.find(key);
        if (found == of_host.end()) {
            if (of_host.size() >= kSeriesPerHostMax) continue;
            found = of_host.emplace(key, Series{}).first;
        }
        found->second.last = {now, reading.value};
        add_point(found->second, minute, reading.value);
    }
}

void TelemetryRing::add_point(Series& series, std::uint32_t minute, double value) {
    auto& points = series.points;
    if (!points.empty() && points.back().minute >= minute) {
        points.back().value = static_cast<float>(value);  // also when the clock was set back
        return;
    }
    points.push_back({minute, static_cast<float>(value)});
    ++points_;
    auto const too_old = [&] { return points.front().minute + kPointsMax <= minute; };
    while (points.size() > 1 && (too_old() || points_ * kPointBytes > bytes_max_)) {
        points.pop_front();
        --points_;
    }
}

std::optional<std::vector<TelemetrySeries>> TelemetryRing::series(domain::HostId const& host,
                                                                  bool with_points) const {
    std::lock_guard const guard{mutex_};
    auto const found = hosts_.find(host);
    if (found == hosts_.end()) return std::nullopt;
    std::vector<TelemetrySeries> all;
    for (auto const& [key, series] : found->second) {
        TelemetrySeries one{key.first, key.second, series.last, {}};
        if (with_points)
            for (auto const& point : series.points)
                one.points.push_back({base::wall_from_unix_ms(std::int64_t{point.minute} * 60'000),
                                      static_cast<double>(point.value)});
        all.push_back(std::move(one));
    }
    return all;
}

std::int64_t TelemetryRing::bytes() const {
    std::lock_guard const guard{mutex_};
    return points_ * kPointBytes;
}

}  // namespace coordinator
