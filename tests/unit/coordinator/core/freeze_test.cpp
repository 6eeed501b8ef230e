#include <gtest/gtest.h>

#include "tests/unit/coordinator/core/core_run.hpp"

namespace coordinator {
namespace {

using namespace std::chrono_literals;
using State = domain::IncidentState;

Ordered answer(CoreRun const& run) { return run.all<Ordered>().back(); }

void freeze(CoreRun& run, bool frozen = true, std::int64_t rev = 0, std::string jws = "") {
    run.step(FreezeOrdered{4, rev, frozen, "hands off", "operator:x", std::move(jws)});
}

TEST(Freeze, Is_saved_told_and_sent_with_a_revision_that_rises) {
    CoreRun run;
    freeze(run);
    EXPECT_TRUE(run.last.durable);
    auto const first = run.all<SendFreeze>().at(0).row;
    EXPECT_TRUE(first.frozen);
    EXPECT_GE(first.rev, base::unix_ms(run.now.wall));
    EXPECT_EQ(answer(run).id, std::to_string(first.rev));
    EXPECT_EQ(run.store.freeze, first);
    EXPECT_EQ(run.told("frozen"), 1);
    freeze(run);
    EXPECT_EQ(run.all<SendFreeze>().at(1).row.rev, first.rev + 1);
}

TEST(Freeze, An_older_revision_and_a_thaw_without_a_signature_are_refused) {
    CoreRun run;
    freeze(run, true, 50, "a.b.c");
    freeze(run, false, 50, "a.b.c");
    EXPECT_TRUE(answer(run).refused);
    freeze(run, false, 49, "a.b.c");
    EXPECT_TRUE(answer(run).refused);
    freeze(run, false, 0, "");
    ASSERT_TRUE(answer(run).refused);
    EXPECT_EQ(answer(run).refused->code, base::Code::denied);
    EXPECT_TRUE(run.store.freeze.frozen);
    EXPECT_EQ(run.count<SendFreeze>(), 1);
    freeze(run, false, 51, "a.b.c");
    EXPECT_FALSE(answer(run).refused);
    EXPECT_FALSE(run.store.freeze.frozen);
}

TEST(Freeze, Holds_every_fix_back_and_a_thaw_lets_it_go) {
    CoreRun run;
    run.born();
    freeze(run);
    run.alert("caddy");
    run.pass(5s);
    EXPECT_EQ(run.state(), State::waiting) << run.incident().reason;
    EXPECT_NE(run.incident().reason.find("frozen"), std::string::npos);
    EXPECT_EQ(run.count<SendCommand>(), 0);
    freeze(run, false, run.store.freeze.rev + 1, "a.b.c");
    EXPECT_EQ(run.count<SendCommand>(), 1);
    EXPECT_EQ(run.state(), State::acting);
}

TEST(Freeze, Refuses_a_persons_change_but_not_a_look) {
    CoreRun run;
    run.born();
    freeze(run);
    run.step(CommandOrdered{5, "nexus",
                            domain::RemedyOrder{"restart_service", "", {{"service", "a"}}}, false,
                            "operator:x", "", 60s});
    ASSERT_TRUE(answer(run).refused);
    EXPECT_EQ(answer(run).refused->code, base::Code::denied);
    run.step(CommandOrdered{6, "nexus", domain::LineOrder{"true"}, true, "operator:x", "", 60s});
    EXPECT_FALSE(answer(run).refused);
}

TEST(Freeze, Is_sent_again_after_a_restart_and_still_holds) {
    CoreRun run;
    run.born();
    freeze(run, true, 60, "a.b.c");
    run.restart();
    ASSERT_EQ(run.count<SendFreeze>(), 2);
    EXPECT_EQ(run.all<SendFreeze>().at(1).row.jws, "a.b.c");
    run.alert("caddy");
    run.pass(5s);
    EXPECT_EQ(run.count<SendCommand>(), 0);
}

TEST(Freeze, Which_hosts_hold_it_is_known) {
    CoreRun run;
    run.born();
    run.step(DocumentReported{host_id("nexus"), "freeze", 60, "", false, "no"});
    EXPECT_EQ(run.store.hosts.at(0).freeze_rev, 0);
    run.step(DocumentReported{host_id("nexus"), "freeze", 60, "", true, ""});
    EXPECT_EQ(run.store.hosts.at(0).freeze_rev, 60);
    EXPECT_EQ(run.store.hosts.at(0).remedies_digest, "d1") << "it is no document of remedies";
}

}  // namespace
}  // namespace coordinator
