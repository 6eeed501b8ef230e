#include "agent/core/orders.hpp"

#include "tests/unit/agent/core/core_fixture.hpp"

namespace agent::test {
namespace {

using namespace std::chrono_literals;

domain::CommandResult only_result(Core const& core) {
    auto const results = core.journalled<domain::CommandResult>();
    EXPECT_EQ(results.size(), 1U);
    return results.empty() ? domain::CommandResult{} : results[0];
}

HandReplied unknown(int n, Lane lane = Lane::fix) {
    return {lane, wire::HandUnknown{id_of(n)}};
}

TEST(Recovery, Asks_the_hand_what_became_of_every_command_that_was_not_over) {
    Core core;
    core.start({row(1, CommandState::accepted), row(2, CommandState::running),
                row(3, CommandState::succeeded), row(4, CommandState::running, Lane::read)});
    auto const fix = core.to_hand<wire::HandQuery>();
    ASSERT_EQ(fix.size(), 2U);
    EXPECT_EQ(fix[0].id, id_of(1));
    EXPECT_EQ(fix[1].id, id_of(2));
    ASSERT_EQ(core.to_hand<wire::HandQuery>(Lane::read).size(), 1U);
    EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
}

TEST(Recovery, Takes_the_hands_word_for_a_command_that_ended_meanwhile) {
    for (auto const state : {CommandState::accepted, CommandState::running}) {
        Core core;
        core.start({row(1, state)});
        core.report(1, CommandState::interrupted, ResultCode::interrupted);
        EXPECT_EQ(only_result(core).state, CommandState::interrupted);
        EXPECT_TRUE(core.durable);
    }
}

TEST(Recovery, Never_runs_again_what_the_fix_lane_had_started) {
    Core core;
    core.start({row(1, CommandState::running)});
    core.step(unknown(1));
    EXPECT_EQ(only_result(core).state, CommandState::interrupted);
    core.step(LinkUp{});
    core.welcome();
    core.step(Core::delivery(1));
    EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
}

TEST(Recovery, Waits_for_a_fresh_envelope_for_a_command_the_hand_never_had) {
    Core core;
    core.start({row(1, CommandState::accepted)});
    core.step(unknown(1));
    EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
    core.step(LinkUp{});
    core.welcome();
    core.step(Core::delivery(1));
    ASSERT_EQ(core.to_hand<wire::HandOrder>().size(), 1U);
    EXPECT_EQ(core.to_hand<wire::HandOrder>()[0].jws, "jws-1");
}

TEST(Recovery, Takes_a_fresh_envelope_that_comes_before_the_hands_answer) {
    Core core;
    core.start({row(1, CommandState::accepted)});
    core.step(LinkUp{});
    core.welcome();
    core.step(Core::delivery(1));
    EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
    core.step(unknown(1));
    ASSERT_EQ(core.to_hand<wire::HandOrder>().size(), 1U);
    EXPECT_EQ(core.to_hand<wire::HandOrder>()[0].jws, "jws-1");
}

TEST(Recovery, Takes_no_stale_envelope_for_a_fresh_one) {
    Core core;
    core.start({row(1, CommandState::accepted)});
    core.step(unknown(1));
    core.step(LinkUp{});
    core.welcome();
    auto old_session = Core::delivery(1);
    old_session.command.session = "gone";
    core.step(old_session);
    auto old_coordinator = Core::delivery(1);
    old_coordinator.command.epoch = 2;
    core.step(old_coordinator);
    EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
}

TEST(Recovery, Says_that_nothing_ran_when_no_fresh_envelope_comes) {
    Core core;
    core.start({row(1, CommandState::accepted)});
    core.step(unknown(1));
    core.step(LinkUp{});
    core.welcome();
    core.pass(kRedeliveryWait);
    EXPECT_EQ(only_result(core).state, CommandState::rejected);
    EXPECT_EQ(only_result(core).code, ResultCode::interrupted);
}

TEST(Recovery, Tells_the_coordinator_again_what_waits_here) {
    Core core;
    core.ready();
    core.step(Core::delivery(1));
    core.forget();
    core.welcome(4);
    ASSERT_EQ(core.published<wire::Ack>().size(), 1U);
    EXPECT_EQ(core.published<wire::Ack>()[0].id, id_of(1));
}

TEST(Recovery, Gives_the_order_again_when_the_hand_was_gone_before_it_began) {
    Core core;
    core.ready();
    core.step(Core::delivery(1));
    core.step(HandGone{Lane::fix, "closed"});
    core.forget();
    core.pass(1s);
    // The newest welcome first: a hand that was restarted knows neither time nor session.
    ASSERT_EQ(core.to_hand<wire::HandWelcome>().size(), 1U);
    ASSERT_EQ(core.to_hand<wire::HandQuery>().size(), 1U);
    EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
    core.step(unknown(1));
    EXPECT_EQ(core.to_hand<wire::HandOrder>().size(), 1U);
}

TEST(Recovery, Interrupts_a_started_fix_when_its_hand_forgot_it) {
    Core core;
    core.ready();
    core.step(Core::delivery(1));
    core.report(1, CommandState::running);
    core.step(HandGone{Lane::fix, "closed"});
    core.pass(1s);
    core.forget();
    core.step(unknown(1));
    EXPECT_EQ(only_result(core).state, CommandState::interrupted);
    EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
}

TEST(Recovery, Runs_a_read_only_command_again_because_that_is_harmless) {
    Core core;
    core.ready();
    auto delivery = Core::delivery(1);
    delivery.lane = Lane::read;
    core.step(delivery);
    core.report(1, CommandState::running, ResultCode::ok, Lane::read);
    core.step(HandGone{Lane::read, "closed"});
    core.pass(1s);
    core.forget();
    core.step(unknown(1, Lane::read));
    EXPECT_EQ(core.to_hand<wire::HandOrder>(Lane::read).size(), 1U);
}

TEST(Recovery, Gives_up_a_command_that_kills_its_hand) {
    Core core;
    core.ready();
    core.step(Core::delivery(1));
    for (int i = 0; i < kMostOrders; ++i) {
        core.step(HandGone{Lane::fix, "closed"});
        core.pass(5s);
        core.step(unknown(1));
    }
    EXPECT_EQ(core.to_hand<wire::HandOrder>().size(), static_cast<std::size_t>(kMostOrders));
    EXPECT_EQ(only_result(core).state, CommandState::interrupted);
}

TEST(Recovery, Expires_a_command_whose_hand_never_had_it) {
    Core core;
    core.ready();
    core.step(Core::delivery(1));
    core.step(HandGone{Lane::fix, "no such file"});
    core.pass(1s);
    core.now.boot += 60s;
    core.step(unknown(1));
    EXPECT_EQ(only_result(core).state, CommandState::expired);
}

TEST(Recovery, Does_not_call_expired_what_an_absent_hand_may_have_run) {
    Core core;
    core.ready();
    core.step(Core::delivery(1));
    // Away for good: every try to reach it fails at once.
    for (int i = 0; i < 600 && core.journalled<domain::CommandResult>().empty(); ++i) {
        if (!core.to_hand<wire::HandAsk>().empty() || i == 0)
            core.step(HandGone{Lane::fix, "no such file"});
        std::erase_if(core.all, [](Effect const& e) { return std::holds_alternative<ToHand>(e); });
        core.pass(1s);
    }
    EXPECT_EQ(only_result(core).state, CommandState::interrupted);
}

TEST(Recovery, Keeps_a_cancel_while_the_hand_is_away) {
    Core core;
    core.ready();
    core.step(Core::delivery(1));
    core.step(HandGone{Lane::fix, "closed"});
    core.step(Core::cancel(1));
    core.step(HandGone{Lane::fix, "closed"});
    core.forget();
    core.pass(2s);
    EXPECT_EQ(core.to_hand<wire::HandCancel>().size(), 1U);
    core.step(unknown(1));
    EXPECT_EQ(only_result(core).state, CommandState::cancelled);
    EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
}

TEST(Recovery, Keeps_a_result_with_its_command_in_one_durable_step) {
    Core core;
    core.ready();
    core.step(Core::delivery(1));
    core.report(1, CommandState::running);
    core.forget();
    domain::CommandResult result;
    result.id = id_of(1);
    result.state = CommandState::succeeded;
    auto const effects =
        core.agent.step(core.now, HandReplied{Lane::fix, wire::HandReport{result}});
    EXPECT_TRUE(effects.durable);
    std::int64_t seq = 0;
    bool saved = false;
    bool sent = false;
    for (auto const& effect : effects.list) {
        if (auto const* append = std::get_if<Append>(&effect)) seq = append->record.seq;
        if (auto const* save = std::get_if<SaveCommand>(&effect)) {
            saved = true;
            EXPECT_EQ(save->row.result_seq, seq);
            EXPECT_EQ(save->row.state, CommandState::succeeded);
            EXPECT_TRUE(save->row.jws.empty());
        }
        if (auto const* batch = std::get_if<SendBatch>(&effect)) sent = batch->last_seq == seq;
    }
    EXPECT_TRUE(saved);
    EXPECT_TRUE(sent) << "a result is sent at once";
}

TEST(Recovery, Believes_no_lane_about_another_lanes_command_nor_twice) {
    Core core;
    core.ready();
    core.step(Core::delivery(1));
    core.report(1, CommandState::succeeded, ResultCode::ok, Lane::read);
    EXPECT_TRUE(core.journalled<domain::CommandResult>().empty());
    core.report(1, CommandState::succeeded);
    core.report(1, CommandState::failed, ResultCode::exec_failed);
    EXPECT_EQ(only_result(core).state, CommandState::succeeded);
    core.report(99, CommandState::succeeded);
    EXPECT_EQ(core.journalled<domain::CommandResult>().size(), 1U);
}

TEST(Recovery, Cuts_long_outputs_between_characters_and_keeps_head_and_tail) {
    Core core;
    core.ready();
    core.step(Core::delivery(1));
    domain::CommandResult result;
    result.id = id_of(1);
    result.state = CommandState::failed;
    std::string output = "BEGIN";
    for (int i = 0; i < 30'000; ++i) output += "\xC3\xA4";
    output += "END";
    result.steps.push_back({"command", 1, output, 0, {}});
    result.steps.push_back({"command", 1, std::string(50'000, '\x01'), 0, {}});
    result.steps.push_back({"check", 0, "short", 0, {}});
    core.step(HandReplied{Lane::fix, wire::HandReport{result}});
    auto const kept = only_result(core);
    ASSERT_EQ(kept.steps.size(), 3U);
    auto const& first = kept.steps[0];
    EXPECT_TRUE(first.output.starts_with("BEGIN"));
    EXPECT_TRUE(first.output.ends_with("END"));
    EXPECT_LT(first.output.size(), 16U * 1024);
    EXPECT_EQ(first.output_total, output.size());
    std::string letters;
    for (char const byte : first.output)
        if (static_cast<unsigned char>(byte) >= 0x80) letters += byte;
    EXPECT_EQ(letters.size() % 2, 0U);
    EXPECT_LT(kept.steps[1].output.size(), 4'000U) << "a control byte is six in JSON";
    EXPECT_EQ(kept.steps[2].output, "short");
}

}  // namespace
}  // namespace agent::test
