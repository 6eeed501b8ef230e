#include "coordinator/app/telemetry_ring.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/sample_rows.hpp"

namespace coordinator {
namespace {

base::WallTime minute(int number) {
    return base::wall_from_unix_ms(60'000LL * (30'000'000 + number));
}

domain::ReadingGroup cpu(double value) { return {"cpu", {{"used_percent", value}}}; }

TEST(TelemetryRing, Knows_nothing_of_a_host_it_never_heard) {
    TelemetryRing const ring{1 << 20};
    EXPECT_FALSE(ring.series(fakes::host_id(), true));
}

TEST(TelemetryRing, Keeps_the_last_value_of_every_minute) {
    TelemetryRing ring{1 << 20};
    ring.add(minute(1), fakes::host_id(), cpu(1));
    ring.add(minute(1) + base::Duration{10'000}, fakes::host_id(), cpu(2));
    ring.add(minute(3), fakes::host_id(), cpu(3));
    auto const all = ring.series(fakes::host_id(), true).value();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].group, "cpu");
    EXPECT_EQ(all[0].metric, "used_percent");
    EXPECT_EQ(all[0].last, (TelemetryPoint{minute(3), 3}));
    EXPECT_EQ(all[0].points, (std::vector<TelemetryPoint>{{minute(1), 2}, {minute(3), 3}}));
    EXPECT_TRUE(ring.series(fakes::host_id(), false).value()[0].points.empty());
}

TEST(TelemetryRing, Holds_a_day_and_states_its_size) {
    TelemetryRing ring{1 << 20};
    for (int i = 0; i < 3'000; ++i) ring.add(minute(i), fakes::host_id(), cpu(i));
    auto const points = ring.series(fakes::host_id(), true).value()[0].points;
    EXPECT_EQ(points.size(), 1'440U);
    EXPECT_EQ(points.front().time, minute(3'000 - 1'440));
    EXPECT_EQ(ring.bytes(), 1'440 * TelemetryRing::kPointBytes);
}

TEST(TelemetryRing, Stays_within_its_memory_and_keeps_every_last_value) {
    TelemetryRing ring{100 * TelemetryRing::kPointBytes};
    for (int i = 0; i < 500; ++i) {
        ring.add(minute(i), fakes::host_id("a"), cpu(i));
        ring.add(minute(i), fakes::host_id("b"), cpu(i));
    }
    EXPECT_LE(ring.bytes(), 100 * TelemetryRing::kPointBytes);
    EXPECT_EQ(ring.series(fakes::host_id("a"), false).value()[0].last.value, 499);
    EXPECT_EQ(ring.series(fakes::host_id("b"), false).value()[0].last.value, 499);
}

TEST(TelemetryRing, A_host_cannot_invent_metrics_without_end) {
    TelemetryRing ring{1 << 20};
    for (int i = 0; i < 1'000; ++i)
        ring.add(minute(1), fakes::host_id(), {"net", {{"m" + std::to_string(i), 1}}});
    EXPECT_EQ(ring.series(fakes::host_id(), false).value().size(),
              static_cast<std::size_t>(TelemetryRing::kSeriesPerHostMax));
}

TEST(TelemetryRing, A_clock_set_back_changes_the_newest_point_and_loses_none) {
    TelemetryRing ring{1 << 20};
    ring.add(minute(5), fakes::host_id(), cpu(5));
    ring.add(minute(2), fakes::host_id(), cpu(9));
    auto const points = ring.series(fakes::host_id(), true).value()[0].points;
    EXPECT_EQ(points, (std::vector<TelemetryPoint>{{minute(5), 9}}));
}

}  // namespace
}  // namespace coordinator
