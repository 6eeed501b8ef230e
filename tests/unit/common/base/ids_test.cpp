#include "common/base/ids.hpp"

#include <gtest/gtest.h>

TEST(IdsTest, MakesTheSameIdsFromTheSameSeed) {
    base::IdSource a{7};
    base::IdSource b{7};
    auto const now = base::wall_from_unix_ms(1'700'000'000'000);
    auto const first = a.next(now);
    EXPECT_EQ(first, b.next(now));
    EXPECT_NE(first, a.next(now));
    EXPECT_TRUE(base::is_ulid(first));
}

TEST(IdsTest, SortsByTime) {
    base::IdSource ids{1};
    EXPECT_LT(ids.next(base::wall_from_unix_ms(1)), ids.next(base::wall_from_unix_ms(2)));
}

TEST(IdsTest, KnowsWhatIsAUlid) {
    EXPECT_FALSE(base::is_ulid("01HMB3K5ZR0000000000000000x"));
    EXPECT_FALSE(base::is_ulid("81HMB3K5ZR0000000000000000"));
    EXPECT_FALSE(base::is_ulid("01HMB3K5ZR000000000000000I"));
    EXPECT_FALSE(base::is_ulid(""));
}
