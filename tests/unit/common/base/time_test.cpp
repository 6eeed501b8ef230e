#include "common/base/time.hpp"

#include <gtest/gtest.h>

using namespace std::chrono_literals;

TEST(TimeTest, WritesAndReadsRfc3339) {
    auto const time = base::parse_rfc3339("2026-01-31T08:05:09.042Z");
    ASSERT_TRUE(time);
    EXPECT_EQ(base::to_rfc3339(*time), "2026-01-31T08:05:09.042Z");
    EXPECT_EQ(base::parse_rfc3339("2026-01-31T10:05:09.042123456+02:00"), *time);
    EXPECT_TRUE(base::parse_rfc3339("0001-01-01T00:00:00Z"));
}

TEST(TimeTest, RefusesWhatIsNotATime) {
    for (auto const* text : {"", "yesterday", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
                             "2026-01-01T25:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z",
                             "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00+99:00"})
        EXPECT_FALSE(base::parse_rfc3339(text)) << text;
}

TEST(TimeTest, ReadsDurationsAsPeopleWriteThem) {
    EXPECT_EQ(base::parse_duration("90s"), 90s);
    EXPECT_EQ(base::parse_duration("1h30m"), 90min);
    EXPECT_EQ(base::parse_duration("250ms"), 250ms);
    EXPECT_EQ(base::parse_duration("1.5s"), 1500ms);
    EXPECT_EQ(base::parse_duration("0s"), 0s);
    for (auto const* text : {"", "5", "s", "-1s", "1y", "1 s", "nan", "99999999999999d"})
        EXPECT_FALSE(base::parse_duration(text)) << text;
}

TEST(TimeTest, WritesDurationsThatReadBack) {
    EXPECT_EQ(base::to_text(90s), "1m30s");
    EXPECT_EQ(base::to_text(0s), "0s");
    EXPECT_EQ(base::parse_duration(base::to_text(base::Duration{123'456'789})),
              base::Duration{123'456'789});
}
