#include "coordinator/app/waiters.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/sample_rows.hpp"

namespace coordinator {
namespace {

base::BootTime boot(std::int64_t ms) { return base::BootTime{base::Duration{ms}}; }

struct Heard {
    int times = 0;
    std::optional<base::Result<domain::CommandResult>> last;

    Waiters::ResultAnswer answer() {
        return [this](base::Result<domain::CommandResult> const& result) {
            ++times;
            last = result;
        };
    }
};

domain::CommandResult result_of(std::string id) {
    auto result = fakes::sample_result();
    result.id = std::move(id);
    return result;
}

TEST(Waiters, Answers_a_request_once_by_its_ticket) {
    Waiters waiters;
    std::vector<std::string> heard;
    auto const first = waiters.add([&](base::Result<Accepted> const& accepted) {
        heard.push_back("first " + accepted.value().alerts.at(0).status);
    });
    auto const second = waiters.add([&](base::Result<Accepted> const& accepted) {
        heard.push_back("second " + accepted.value().alerts.at(0).status);
    });
    EXPECT_NE(first, second);
    waiters.answer(Accepted{second, {{"f", "merged", "", ""}}});
    waiters.answer(Accepted{second, {{"f", "again", "", ""}}});
    waiters.answer(Accepted{0, {{"f", "nobody", "", ""}}});
    waiters.answer(Accepted{first, {{"f", "new_incident", "", ""}}});
    EXPECT_EQ(heard, (std::vector<std::string>{"second merged", "first new_incident"}));
}

TEST(Waiters, Tells_the_id_of_an_order_or_why_it_was_refused) {
    Waiters waiters;
    std::vector<std::string> heard;
    auto const hear = [&](base::Result<std::string> const& id) {
        heard.push_back(id ? *id : id.error().message);
    };
    auto const first = waiters.add(Waiters::OrderAnswer{hear});
    auto const second = waiters.add(Waiters::OrderAnswer{hear});
    waiters.answer(Ordered{first, "id-1", {}});
    waiters.answer(Ordered{second, "", base::Error{base::Code::not_found, "no such host"}});
    EXPECT_EQ(heard, (std::vector<std::string>{"id-1", "no such host"}));
}

TEST(Waiters, Refuses_all_requests_when_nothing_can_be_committed) {
    Waiters waiters;
    int refused = 0;
    waiters.add([&](base::Result<Accepted> const& accepted) {
        refused += accepted ? 0 : 1;
    });
    waiters.add([&](base::Result<std::string> const& id) { refused += id ? 0 : 1; });
    waiters.refuse_all({base::Code::unavailable, "disk full"});
    waiters.refuse_all({base::Code::unavailable, "disk full"});
    EXPECT_EQ(refused, 2);
}

TEST(Waiters, Knows_the_end_of_a_command_before_and_after_it) {
    Waiters waiters;
    waiters.answer(Ordered{0, "a", {}});
    Heard before;
    EXPECT_TRUE(waiters.wait("a", boot(100), before.answer()));
    EXPECT_EQ(before.times, 0);
    waiters.finished(result_of("a"));
    EXPECT_EQ(before.times, 1);
    EXPECT_EQ(before.last->value(), result_of("a"));
    Heard after;
    EXPECT_TRUE(waiters.wait("a", boot(100), after.answer()));
    EXPECT_EQ(after.last->value(), result_of("a"));
}

TEST(Waiters, Says_when_a_command_is_not_known_so_that_the_store_is_asked) {
    Waiters waiters;
    Heard heard;
    EXPECT_FALSE(waiters.wait("old", boot(100), heard.answer()));
    EXPECT_EQ(heard.times, 0);
    waiters.settle("old", base::fail(base::Code::not_found, "no command old"));
    EXPECT_EQ(heard.last->error().code, base::Code::not_found);
}

TEST(Waiters, Waiting_ends_with_a_time_out_and_the_command_goes_on) {
    Waiters waiters;
    waiters.answer(Ordered{0, "a", {}});
    Heard early, late;
    waiters.wait("a", boot(100), early.answer());
    waiters.wait("a", boot(200), late.answer());
    waiters.expire(boot(150));
    EXPECT_EQ(early.last->error().code, base::Code::timeout);
    EXPECT_EQ(late.times, 0);
    waiters.finished(result_of("a"));
    EXPECT_TRUE(late.last->has_value());
    EXPECT_EQ(early.times, 1);
}

TEST(Waiters, Is_busy_when_too_many_wait) {
    Waiters waiters;
    std::vector<Heard> heard(Waiters::kWaitingMax + 1);
    for (auto& each : heard) waiters.wait("a", boot(100), each.answer());
    EXPECT_EQ(heard.back().last->error().code, base::Code::busy);
    EXPECT_EQ(heard.front().times, 0);
}

TEST(Waiters, Forgets_old_ends) {
    Waiters waiters;
    for (std::size_t i = 0; i <= Waiters::kRecentMax; ++i)
        waiters.finished(result_of(std::to_string(i)));
    Heard oldest, newest;
    EXPECT_FALSE(waiters.wait("0", boot(1), oldest.answer()));
    EXPECT_TRUE(waiters.wait(std::to_string(Waiters::kRecentMax), boot(1), newest.answer()));
    EXPECT_EQ(newest.times, 1);
}

TEST(Waiters, Closing_answers_everybody_and_whoever_comes_later) {
    Waiters waiters;
    Heard heard, later;
    waiters.wait("a", boot(100), heard.answer());
    waiters.close({base::Code::unavailable, "stopping"});
    EXPECT_EQ(heard.last->error().message, "stopping");
    waiters.wait("a", boot(100), later.answer());
    EXPECT_EQ(later.last->error().message, "stopping");
}

TEST(Waiters, A_callback_may_ask_again) {
    Waiters waiters;
    Heard heard;
    waiters.add([&](base::Result<std::string> const& id) {
        waiters.wait(*id, boot(100), heard.answer());
    });
    waiters.answer(Ordered{1, "a", {}});
    waiters.finished(result_of("a"));
    EXPECT_EQ(heard.times, 1);
}

}  // namespace
}  // namespace coordinator
