#include "coordinator/app/mailbox.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace coordinator {
namespace {

AdvisorFailed numbered(int number) { return {std::to_string(number), ""}; }

TEST(Mailbox, Gives_what_was_posted_in_its_order) {
    Mailbox mailbox{10};
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(mailbox.post(numbered(i)));
    EXPECT_EQ(mailbox.depth(), 5);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(mailbox.take(base::Duration{0}), Event{numbered(i)});
    EXPECT_FALSE(mailbox.take(base::Duration{0}));
    EXPECT_EQ(mailbox.depth(), 0);
}

TEST(Mailbox, Is_busy_when_full_and_takes_again_afterwards) {
    Mailbox mailbox{2};
    ASSERT_TRUE(mailbox.post(TimerFired{}));
    ASSERT_TRUE(mailbox.post(TimerFired{}));
    auto const refused = mailbox.post(TimerFired{});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::Code::busy);
    EXPECT_EQ(mailbox.depth(), 2);
    ASSERT_TRUE(mailbox.take(base::Duration{0}));
    EXPECT_TRUE(mailbox.post(TimerFired{}));
}

TEST(Mailbox, Once_closed_takes_nothing_more_but_gives_what_it_has) {
    Mailbox mailbox{4};
    ASSERT_TRUE(mailbox.post(numbered(1)));
    mailbox.close();
    auto const refused = mailbox.post(numbered(2));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::Code::unavailable);
    EXPECT_EQ(mailbox.take(base::Duration{0}), Event{numbered(1)});
}

TEST(Mailbox, Frees_what_nobody_took) {
    Mailbox mailbox{4};
    ASSERT_TRUE(mailbox.post(numbered(1)));  // the leak checker looks
}

TEST(Mailbox, Wake_ends_a_wait_without_an_event) {
    Mailbox mailbox{4};
    std::jthread const waker{[&] { mailbox.wake(); }};
    EXPECT_FALSE(mailbox.take(base::Duration{60'000}));
    EXPECT_EQ(mailbox.depth(), 0);
}

TEST(Mailbox, Loses_and_repeats_nothing_with_many_posting) {
    constexpr int kThreads = 8;
    constexpr int kEach = 500;
    Mailbox mailbox{kThreads * kEach};
    std::vector<std::jthread> posters;
    for (int t = 0; t < kThreads; ++t)
        posters.emplace_back([&mailbox, t] {
            for (int i = 0; i < kEach; ++i)
                if (!mailbox.post(numbered(t * kEach + i))) std::abort();
        });
    std::vector<int> seen(kThreads * kEach);
    for (int i = 0; i < kThreads * kEach; ++i) {
        auto const event = mailbox.take(base::Duration{10'000});
        ASSERT_TRUE(event) << "after " << i;
        auto const number = std::atoi(std::get<AdvisorFailed>(*event).incident.c_str());
        ++seen[static_cast<std::size_t>(number)];
    }
    EXPECT_EQ(seen, std::vector<int>(seen.size(), 1));
}

}  // namespace
}  // namespace coordinator
