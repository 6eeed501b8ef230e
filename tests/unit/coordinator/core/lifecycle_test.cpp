#include <gtest/gtest.h>

#include <set>

#include "coordinator/core/lifecycle.hpp"

namespace coordinator {
namespace {

using State = domain::IncidentState;

constexpr State kStates[] = {State::gathering,   State::asking,    State::waiting,
                             State::acting,      State::confirming, State::backing_off,
                             State::escalated,   State::resolved,  State::cancelled,
                             State::suppressed,  State::abandoned};

TEST(Lifecycle, Every_state_is_reachable_from_the_first) {
    std::set<State> reached{State::gathering};
    for (bool grew = true; grew;) {
        grew = false;
        for (auto const& row : lifecycle())
            if (reached.contains(row.from)) grew |= reached.insert(row.to).second;
    }
    for (auto const state : kStates)
        EXPECT_TRUE(reached.contains(state)) << domain::to_string(state);
}

TEST(Lifecycle, Every_state_that_is_not_final_times_out_into_another) {
    CoreSettings const settings;
    for (auto const state : kStates) {
        auto const* row = find_row(state, Trigger::time_out);
        if (domain::is_final(state)) {
            EXPECT_EQ(row, nullptr) << domain::to_string(state);
            continue;
        }
        ASSERT_NE(row, nullptr) << domain::to_string(state);
        EXPECT_NE(row->to, state);
        EXPECT_GT(lasts(settings, state, 1), base::Duration::zero()) << domain::to_string(state);
    }
}

TEST(Lifecycle, A_final_state_is_never_left) {
    for (auto const& row : lifecycle()) EXPECT_FALSE(domain::is_final(row.from));
}

TEST(Lifecycle, No_state_and_trigger_has_two_rows) {
    std::set<std::pair<State, Trigger>> seen;
    for (auto const& row : lifecycle())
        EXPECT_TRUE(seen.insert({row.from, row.trigger}).second)
            << domain::to_string(row.from) << " " << to_string(row.trigger);
}

TEST(Lifecycle, From_every_state_an_end_can_be_reached) {
    std::set<State> ending;
    for (auto const state : kStates)
        if (domain::is_final(state)) ending.insert(state);
    for (bool grew = true; grew;) {
        grew = false;
        for (auto const& row : lifecycle())
            if (ending.contains(row.to)) grew |= ending.insert(row.from).second;
    }
    EXPECT_EQ(ending.size(), std::size(kStates));
}

TEST(Lifecycle, A_person_is_told_at_most_once_because_no_work_follows_an_escalation) {
    for (auto const& row : lifecycle()) {
        EXPECT_TRUE(row.from != State::escalated || domain::is_final(row.to));
        EXPECT_EQ(row.to == State::escalated, row.action == Action::escalate);
    }
}

TEST(Lifecycle, Acting_is_entered_only_by_an_allowed_plan_that_was_dispatched) {
    for (auto const& row : lifecycle())
        // What a host began by itself, under its lease, its own hand allowed.
        if (row.to == State::acting && row.trigger != Trigger::host_acts) {
            EXPECT_EQ(row.from, State::waiting);
            EXPECT_EQ(row.trigger, Trigger::dispatched);
        }
}

TEST(Lifecycle, The_back_off_doubles) {
    CoreSettings const settings;
    EXPECT_EQ(lasts(settings, State::backing_off, 1), settings.backoff_first);
    EXPECT_EQ(lasts(settings, State::backing_off, 3), 4 * settings.backoff_first);
}

}  // namespace
}  // namespace coordinator
