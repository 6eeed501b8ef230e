#include "agent/hand/session.hpp"

#include <gtest/gtest.h>

namespace hand {
namespace {

using namespace std::chrono_literals;

constexpr base::WallTime kThen{base::Duration{1'790'000'000'000}};
base::BootTime boot(base::Duration since) { return base::BootTime{since}; }

wire::Welcome welcome(std::string session, base::WallTime time) {
    return {*domain::HostId::parse("nexus"), std::move(session), time, 1, 1, 1, ""};
}

TEST(Session, Knows_no_time_before_its_welcome) {
    Session session;
    EXPECT_FALSE(session.known());
    EXPECT_FALSE(session.time(boot(1h)));
}

TEST(Session, Counts_on_from_the_welcome_on_powered_on_time) {
    Session session;
    session.welcomed(welcome("a", kThen), boot(10s), boot(15s));
    EXPECT_EQ(session.time(boot(15s)), kThen + 5s);
    EXPECT_EQ(session.time(boot(25s)), kThen + 15s);
}

TEST(Session, Takes_a_receipt_in_the_future_for_now) {
    Session session;
    session.welcomed(welcome("a", kThen), boot(10h), boot(15s));
    EXPECT_EQ(session.time(boot(20s)), kThen + 5s) << "time must not be held back";
}

TEST(Session, Never_goes_back_within_a_session) {
    Session session;
    session.welcomed(welcome("a", kThen), boot(0s), boot(0s));
    session.welcomed(welcome("a", kThen), boot(1min), boot(1min));
    EXPECT_EQ(session.time(boot(1min)), kThen + 1min);
}

TEST(Session, Takes_each_counter_once_in_any_order_within_its_window) {
    Session session;
    session.welcomed(welcome("a", kThen), boot(0s), boot(0s));
    EXPECT_TRUE(session.take(5));
    EXPECT_FALSE(session.take(5));
    EXPECT_TRUE(session.take(3));
    EXPECT_FALSE(session.take(3));
    EXPECT_TRUE(session.take(70));
    EXPECT_TRUE(session.take(7));
    EXPECT_FALSE(session.take(6)) << "too old to tell";
    EXPECT_FALSE(session.take(5));
    EXPECT_FALSE(session.take(-1));
    EXPECT_TRUE(session.take(INT64_MAX));
    session.welcomed(welcome("b", kThen), boot(0s), boot(0s));
    EXPECT_TRUE(session.take(5)) << "counters are a session's";
}

}  // namespace
}  // namespace hand
