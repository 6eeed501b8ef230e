#include "coordinator/core/enrol/invites.hpp"

#include <gtest/gtest.h>

#include "tests/unit/coordinator/core/core_run.hpp"

namespace coordinator {
namespace {

using base::Code;

base::BootTime at(std::int64_t ms) { return base::BootTime{base::Duration{ms}}; }

Invite invite(std::string id = "i1") {
    return {.id = std::move(id), .host = host_id("nexus"), .key = "k", .until = at(1000)};
}

TEST(Invites, The_first_claim_wins_and_may_be_said_again) {
    Invites invites;
    ASSERT_TRUE(invites.add(invite(), at(0)));
    ASSERT_TRUE(invites.claim("i1", host_id("nexus"), "first", "w1", at(1)));

    EXPECT_TRUE(invites.claim("i1", host_id("nexus"), "first", "w1", at(2)));
    auto const second = invites.claim("i1", host_id("nexus"), "second", "w2", at(2));

    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::denied);
    EXPECT_EQ(invites.find("i1", at(2))->words, "w1");
}

TEST(Invites, Are_for_one_host_and_for_their_time) {
    Invites invites;
    ASSERT_TRUE(invites.add(invite(), at(0)));
    EXPECT_EQ(invites.claim("i1", host_id("pi"), "r", "w", at(1)).error().code, Code::denied);
    EXPECT_EQ(invites.claim("i2", host_id("nexus"), "r", "w", at(1)).error().code,
              Code::not_found);
    EXPECT_EQ(invites.claim("i1", host_id("nexus"), "r", "w", at(1000)).error().code,
              Code::not_found);
    EXPECT_TRUE(invites.expire(at(1000)));
    EXPECT_FALSE(invites.expire(at(1000)));
}

TEST(Invites, Are_decided_once_and_by_the_words_of_who_came) {
    Invites invites;
    ASSERT_TRUE(invites.add(invite(), at(0)));
    EXPECT_EQ(invites.decide("i1", "", true, at(1)).error().code, Code::invalid);
    ASSERT_TRUE(invites.claim("i1", host_id("nexus"), "r", "w", at(1)));
    EXPECT_EQ(invites.decide("i1", "other", true, at(1)).error().code, Code::invalid);
    ASSERT_TRUE(invites.decide("i1", "", false, at(1)));
    EXPECT_EQ(invites.find("i1", at(1))->state, InviteState::refused);
    EXPECT_EQ(invites.decide("i1", "w", true, at(1)).error().code, Code::denied);
    EXPECT_EQ(invites.decide("i1", "w", true, at(1000)).error().code, Code::not_found);
}

TEST(Invites, Are_bounded) {
    Invites invites;
    for (std::size_t i = 0; i < Invites::kOpenMax; ++i)
        ASSERT_TRUE(invites.add(invite(std::to_string(i)), at(0)));
    EXPECT_EQ(invites.add(invite("more"), at(0)).error().code, Code::busy);
    EXPECT_TRUE(invites.add(invite("more"), at(1000))) << "the others have run out";
}

TEST(Joining, A_host_that_joins_is_known_at_once_and_one_that_is_revoked_no_longer) {
    CoreRun run;
    run.step(HostEnrolled{host_id("newcomer"), 3, {"new.lan"}});
    run.born("newcomer");
    run.step(CommandOrdered{
        .ticket = 1, .host = "new.lan", .order = domain::LineOrder{"true"}, .readonly = true,
        .actor = "operator:x", .reason = ""});
    ASSERT_EQ(run.count<Ordered>(), 1);
    EXPECT_FALSE(run.all<Ordered>()[0].refused);
    ASSERT_EQ(run.count<SendCommand>(), 1);
    EXPECT_EQ(run.all<SendCommand>()[0].command.incarnation, 3);

    run.step(HostRevoked{host_id("newcomer")});
    run.step(CommandOrdered{
        .ticket = 2, .host = "newcomer", .order = domain::LineOrder{"true"}, .readonly = true,
        .actor = "operator:x", .reason = ""});
    EXPECT_TRUE(run.all<Ordered>().back().refused);
}

}  // namespace
}  // namespace coordinator
