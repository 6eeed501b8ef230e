// Every check between a packet and a program, one by one: each test would fail without its guard.
#include <gtest/gtest.h>

#include "tests/unit/agent/hand/bench.hpp"

namespace hand::bench {
namespace {

using domain::CommandState;
using domain::ResultCode;

// One line of the table: what is changed about a good order, and the refusal it must meet.
struct Bad {
    char const* what;
    ResultCode code;
    std::function<void(domain::Command&)> spoil;
};

TEST(Desk, Runs_a_good_order_and_says_succeeded_only_after_the_check) {
    Lane lane;
    lane.start_ready();
    auto const result = lane.run(lane.command(ulid()));
    EXPECT_EQ(result.state, CommandState::succeeded) << result.detail;
    EXPECT_EQ(result.code, ResultCode::ok);
    ASSERT_EQ(result.steps.size(), 2u);
    EXPECT_EQ(result.steps[0].verb, "service.restart");
    EXPECT_EQ(result.steps[1].verb, "service.state");
    EXPECT_EQ(lane.programs.count("start"), 1);
    EXPECT_EQ(*result.started_at >= Lane::kNow, true) << "coordinator time, not the host's clock";
}

TEST(Desk, Refuses_each_spoiled_order_with_its_own_code_and_runs_nothing) {
    std::vector<Bad> const table = {
        {"another host", ResultCode::wrong_target,
         [](auto& c) { c.host = *domain::HostId::parse("skynet"); }},
        {"another enrolment", ResultCode::wrong_target, [](auto& c) { c.incarnation = 2; }},
        {"another session", ResultCode::replayed,
         [](auto& c) { c.session = trust::random_token(); }},
        {"an older epoch", ResultCode::stale_epoch, [](auto& c) { c.epoch = 0; }},
        {"too late", ResultCode::expired, [](auto& c) { c.expires_at = Lane::kNow - 1s; }},
        {"a remedy not held", ResultCode::unknown_remedy,
         [](auto& c) { std::get<domain::RemedyOrder>(c.order).remedy = "reboot"; }},
        {"another content of the remedy", ResultCode::unknown_remedy,
         [](auto& c) { std::get<domain::RemedyOrder>(c.order).hash = trust::sha256_hex("x"); }},
        {"a missing parameter", ResultCode::bad_arguments,
         [](auto& c) { std::get<domain::RemedyOrder>(c.order).params.clear(); }},
        {"a parameter too many", ResultCode::bad_arguments,
         [](auto& c) { std::get<domain::RemedyOrder>(c.order).params["force"] = "1"; }},
        {"an option as a unit", ResultCode::bad_arguments,
         [](auto& c) { std::get<domain::RemedyOrder>(c.order).params["unit"] = "--root=x"; }},
        {"a service the policy does not name", ResultCode::not_allowed,
         [](auto& c) { std::get<domain::RemedyOrder>(c.order).params["unit"] = "nginx.service"; }},
        {"a protected service", ResultCode::not_allowed,
         [](auto& c) { std::get<domain::RemedyOrder>(c.order).params["unit"] = "ssh.service"; }},
        {"a line outside the list", ResultCode::not_allowed,
         [](auto& c) { c.order = domain::LineOrder{"rm -rf /"}; }},
        {"a line of the other lane", ResultCode::unsupported,
         [](auto& c) { c.order = domain::LineOrder{"true"}; }},
    };
    for (auto const& bad : table) {
        Lane lane;
        lane.start_ready();
        auto command = lane.command(ulid());
        bad.spoil(command);
        auto const result = lane.run(command);
        EXPECT_EQ(result.code, bad.code) << bad.what << ": " << result.detail;
        EXPECT_EQ(result.state, bad.code == ResultCode::expired ? CommandState::expired
                                                                : CommandState::rejected)
            << bad.what;
        EXPECT_TRUE(lane.programs.runs().empty()) << bad.what;
    }
}

TEST(Desk, Believes_no_id_of_an_envelope_that_is_not_signed_by_the_coordinator) {
    Lane lane;
    lane.start_ready();
    auto const payload = wire::encode(lane.command(ulid()));
    auto const foreign = trust::PrivateKey::generate();
    auto const good = trust::sign(trust::Purpose::command, lane.coordinator, payload);
    auto flipped = good;
    flipped[flipped.size() / 2] = flipped[flipped.size() / 2] == 'A' ? 'B' : 'A';
    for (auto const& jws : {trust::sign(trust::Purpose::command, foreign, payload),
                            trust::sign(trust::Purpose::document, lane.coordinator, payload),
                            flipped, std::string{}, std::string{"a.b.c"}}) {
        lane.forget_replies();
        lane.desk->handle(wire::HandOrder{jws});
        auto const taken = lane.last<wire::HandTaken>();
        EXPECT_EQ(taken.what, "order");
        EXPECT_TRUE(taken.reason.starts_with("bad_signature")) << taken.reason;
    }
    EXPECT_TRUE(lane.programs.runs().empty());
}

TEST(Desk, Refuses_a_signed_envelope_that_does_not_parse) {
    Lane lane;
    lane.start_ready();
    auto payload = wire::encode(lane.command(ulid()));
    payload.insert(1, "\"extra\":1,");
    lane.desk->handle(wire::HandOrder{
        trust::sign(trust::Purpose::command, lane.coordinator, payload)});
    EXPECT_TRUE(lane.last<wire::HandTaken>().reason.starts_with("bad_arguments"));
    EXPECT_TRUE(lane.programs.runs().empty());
}

TEST(Desk, Takes_no_order_before_a_welcome_told_it_session_and_time) {
    Lane lane;
    lane.start();
    lane.give({restart_service()});
    EXPECT_EQ(lane.run(lane.command(ulid())).code, ResultCode::precondition);
    EXPECT_TRUE(lane.programs.runs().empty());
}

TEST(Desk, Takes_a_counter_only_once) {
    Lane lane;
    lane.start_ready();
    auto const first = lane.command(ulid());
    EXPECT_EQ(lane.run(first).state, CommandState::succeeded);
    auto second = lane.command(ulid());
    second.counter = first.counter;
    EXPECT_EQ(lane.run(second).code, ResultCode::replayed);
}

TEST(Desk, Answers_a_known_id_with_what_it_came_to_and_does_nothing_again) {
    Lane lane;
    lane.start_ready();
    auto command = lane.command(ulid());
    auto const first = lane.run(command);
    auto const runs = lane.programs.runs().size();
    auto resent = command;
    resent.counter = ++lane.counter;
    EXPECT_EQ(lane.run(resent), first);
    EXPECT_EQ(lane.run(command), first) << "the very same envelope";
    resent.counter = ++lane.counter;
    resent.session = trust::random_token();
    EXPECT_EQ(lane.run(resent), first) << "never 'refused' for what has succeeded";
    EXPECT_EQ(lane.programs.runs().size(), runs);
}

TEST(Desk, Answers_a_known_id_after_a_restart_too) {
    Lane lane;
    lane.start_ready();
    auto command = lane.command(ulid());
    auto const first = lane.run(command);
    auto const runs = lane.programs.runs().size();
    lane.stop();
    lane.forget_replies();
    lane.start();
    lane.welcome();
    command.counter = ++lane.counter;
    EXPECT_EQ(lane.run(command), first);
    EXPECT_EQ(lane.programs.runs().size(), runs);
    lane.forget_replies();
    lane.desk->handle(wire::HandQuery{command.id});
    EXPECT_EQ(lane.result_of(command.id), first);
}

TEST(Desk, Refuses_a_known_id_with_another_body) {
    Lane lane;
    lane.start_ready();
    auto command = lane.command(ulid());
    lane.run(command);
    lane.forget_replies();
    auto other = lane.command(command.id, "other.service");
    EXPECT_EQ(lane.run(other).code, ResultCode::bad_arguments);
}

TEST(Desk, Takes_one_change_at_a_time_and_knows_the_running_id) {
    Lane lane;
    lane.start_ready();
    lane.programs.hold(true);
    auto const first = lane.command(ulid());
    lane.order(first);
    ASSERT_TRUE(lane.programs.has_run("stop"));
    EXPECT_EQ(lane.run(lane.command(ulid(), "other.service")).code, ResultCode::busy);
    auto again = first;
    again.counter = ++lane.counter;
    lane.order(again);
    EXPECT_EQ(lane.last<wire::HandReport>().result.state, CommandState::running);
    lane.programs.hold(false);
    EXPECT_EQ(lane.result_of(first.id).state, CommandState::succeeded);
    EXPECT_EQ(lane.programs.count("start"), 1);
}

TEST(Desk, Keeps_the_limits_across_a_restart) {
    Lane lane;
    lane.start_ready();
    EXPECT_EQ(lane.run(lane.command(ulid())).state, CommandState::succeeded);
    EXPECT_EQ(lane.run(lane.command(ulid())).code, ResultCode::rate_limited) << "cooldown";
    lane.stop();
    lane.start();
    lane.welcome();
    EXPECT_EQ(lane.run(lane.command(ulid())).code, ResultCode::rate_limited);
    EXPECT_EQ(lane.programs.count("start"), 1);
}

TEST(Desk, Counts_no_more_fixes_than_allowed_whatever_the_agent_says_of_the_time) {
    auto policy = patient_policy();
    policy.limits.fixes_per_hour = 2;
    policy.limits.cooldown = 0s;
    Lane lane{command::Lane::fix, policy};
    lane.start_ready();
    lane.run(lane.command(ulid()));
    lane.run(lane.command(ulid()));
    // An old welcome told as if it had come long ago makes coordinator time look later.
    wire::Welcome message{*domain::HostId::parse("nexus"), lane.session, Lane::kNow, 1, 1, 1, ""};
    lane.desk->handle(wire::HandWelcome{lane.sign(trust::Purpose::welcome, message),
                                        adapters::system_now().boot - 10h});
    auto late = lane.command(ulid());
    late.expires_at = Lane::kNow + 24h;
    EXPECT_EQ(lane.run(late).code, ResultCode::rate_limited);
}

TEST(Desk, Only_observes_when_the_policy_says_so_or_is_missing) {
    auto policy = patient_policy();
    policy.mode = policy::Mode::observe;
    Lane lane{command::Lane::fix, policy};
    lane.start_ready();
    EXPECT_EQ(lane.run(lane.command(ulid())).code, ResultCode::observe_only);
    lane.desk->handle(wire::HandAsk{});
    EXPECT_EQ(lane.last<wire::HandHello>().mode, "observe");
}

TEST(Desk, Refuses_a_remedy_the_policy_does_not_name) {
    auto policy = patient_policy();
    policy.remedies = {"start_service"};
    Lane lane{command::Lane::fix, policy};
    lane.start_ready();
    EXPECT_EQ(lane.run(lane.command(ulid())).code, ResultCode::not_allowed);
    EXPECT_TRUE(lane.programs.runs().empty());
}

TEST(Desk, Runs_nothing_when_its_log_is_damaged_and_says_so) {
    Lane lane;
    lane.start_ready();
    lane.run(lane.command(ulid()));
    lane.stop();
    auto const path = lane.settings.state_folder + "/log";
    auto bytes = slurp(path);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    write(path, bytes);
    lane.forget_replies();
    auto const before = lane.programs.runs().size();
    lane.start();
    lane.welcome();
    auto const result = lane.run(lane.command(ulid(), "other.service"));
    EXPECT_EQ(result.code, ResultCode::exec_failed) << result.detail;
    EXPECT_EQ(lane.programs.runs().size(), before);
    lane.desk->handle(wire::HandAsk{});
    EXPECT_EQ(lane.last<wire::HandHello>().mode, "observe");
    EXPECT_FALSE(lane.last<wire::HandHello>().policy_error.empty());
}

TEST(Desk, Takes_only_welcomes_that_are_signed_for_this_host_and_not_from_an_older_coordinator) {
    Lane lane;
    lane.start();
    lane.welcome(5);
    EXPECT_TRUE(lane.last<wire::HandTaken>().applied);
    lane.welcome(4);
    EXPECT_FALSE(lane.last<wire::HandTaken>().applied) << "a fenced coordinator";
    wire::Welcome other{*domain::HostId::parse("skynet"), lane.session, Lane::kNow, 5, 1, 1, ""};
    lane.desk->handle(wire::HandWelcome{lane.sign(trust::Purpose::welcome, other), {}});
    EXPECT_FALSE(lane.last<wire::HandTaken>().applied);
    lane.stop();
    lane.start();
    lane.welcome(4);
    EXPECT_FALSE(lane.last<wire::HandTaken>().applied) << "the epoch is on disk";
}

TEST(Desk, Runs_no_command_that_expired_by_a_time_it_was_once_told) {
    Lane lane;
    lane.start_ready();
    lane.welcome(1, Lane::kNow + 1h);
    lane.stop();
    lane.start();
    // Replayed by whoever holds the old envelopes: the clock only moves forward.
    lane.welcome(1, Lane::kNow);
    EXPECT_EQ(lane.run(lane.command(ulid())).code, ResultCode::expired);
}

TEST(Desk, Keeps_the_remedies_and_refuses_an_older_revision_or_a_wrong_hash) {
    Lane lane;
    lane.start();
    lane.give({restart_service()}, 7);
    EXPECT_TRUE(lane.last<wire::HandTaken>().applied);
    lane.give({}, 6);
    EXPECT_FALSE(lane.last<wire::HandTaken>().applied);
    auto lying = restart_service();
    lying.hash = trust::sha256_hex("something else");
    lane.give({lying}, 8);
    EXPECT_FALSE(lane.last<wire::HandTaken>().applied);
    lane.stop();
    lane.start();
    lane.welcome();
    EXPECT_EQ(lane.run(lane.command(ulid())).state, CommandState::succeeded);
    lane.give({}, 6);
    EXPECT_FALSE(lane.last<wire::HandTaken>().applied) << "the revision is on disk";
}

TEST(Desk, Cancels_a_running_change_only_by_signature) {
    Lane lane;
    lane.start_ready();
    lane.programs.hold(true);
    auto const command = lane.command(ulid());
    lane.order(command);
    ASSERT_TRUE(lane.programs.has_run("stop"));
    lane.desk->handle(wire::HandCancel{""});
    EXPECT_EQ(lane.last<wire::HandTaken>().applied, false);
    wire::Cancel const cancel{command.id, command.host, 1, lane.session, ++lane.counter, "enough"};
    lane.desk->handle(wire::HandCancel{lane.sign(trust::Purpose::cancel, cancel)});
    lane.programs.nudge();
    auto const result = lane.result_of(command.id);
    EXPECT_EQ(result.state, CommandState::cancelled);
    EXPECT_EQ(lane.programs.count("start"), 0) << "no step begins after a cancel";
}

class Freezing : public testing::Test {
  protected:
    void freeze(bool frozen, std::int64_t rev, trust::PrivateKey const& key,
                trust::Purpose purpose) {
        wire::Freeze const message{"home", rev, frozen, "hands off", "somebody"};
        lane.desk->handle(wire::HandFreeze{trust::sign(purpose, key, wire::encode(message))});
    }
    bool taken() { return lane.last<wire::HandTaken>().applied; }
    Lane lane;
};

TEST_F(Freezing, Is_kept_over_a_restart_and_ended_by_an_approver_alone) {
    lane.start_ready();
    freeze(true, 1, lane.coordinator, trust::Purpose::freeze);
    EXPECT_TRUE(taken());
    EXPECT_EQ(lane.run(lane.command(ulid())).code, ResultCode::frozen);
    lane.stop();
    lane.start();
    lane.welcome();
    EXPECT_EQ(lane.run(lane.command(ulid())).code, ResultCode::frozen);
    freeze(false, 2, lane.coordinator, trust::Purpose::freeze);
    EXPECT_FALSE(taken()) << "the coordinator may freeze, never thaw";
    freeze(false, 2, trust::PrivateKey::generate(), trust::Purpose::thaw);
    EXPECT_FALSE(taken());
    freeze(false, 0, lane.approver, trust::Purpose::thaw);
    EXPECT_FALSE(taken()) << "an older revision";
    EXPECT_EQ(lane.run(lane.command(ulid())).code, ResultCode::frozen);
    freeze(false, 2, lane.approver, trust::Purpose::thaw);
    EXPECT_TRUE(taken());
    freeze(true, 1, lane.coordinator, trust::Purpose::freeze);
    EXPECT_FALSE(taken()) << "the first freeze, seen again";
    EXPECT_EQ(lane.run(lane.command(ulid())).state, CommandState::succeeded);
}

TEST_F(Freezing, Believes_neither_another_site_nor_a_signature_made_for_the_other_purpose) {
    lane.start_ready();
    auto const send = [&](wire::Freeze const& message, trust::PrivateKey const& key,
                          trust::Purpose purpose) {
        lane.desk->handle(wire::HandFreeze{trust::sign(purpose, key, wire::encode(message))});
        return taken();
    };
    EXPECT_FALSE(send({"cabin", 1, true, "", ""}, lane.coordinator, trust::Purpose::freeze));
    EXPECT_FALSE(send({"home", 1, true, "", ""}, lane.approver, trust::Purpose::thaw));
    EXPECT_FALSE(send({"home", 1, true, "", ""}, lane.coordinator, trust::Purpose::document));
    EXPECT_TRUE(send({"home", 1, true, "", ""}, lane.approver, trust::Purpose::freeze));
    EXPECT_FALSE(send({"home", 2, false, "", ""}, lane.approver, trust::Purpose::freeze));
    EXPECT_FALSE(send({"cabin", 2, false, "", ""}, lane.approver, trust::Purpose::thaw));
    EXPECT_EQ(lane.run(lane.command(ulid())).code, ResultCode::frozen);
}

TEST_F(Freezing, Lets_the_running_step_end_and_begins_no_other) {
    lane.start_ready();
    lane.programs.hold(true);
    auto const command = lane.command(ulid());
    lane.order(command);
    ASSERT_TRUE(lane.programs.has_run("stop"));
    freeze(true, 1, lane.coordinator, trust::Purpose::freeze);
    lane.programs.hold(false);
    auto const result = lane.result_of(command.id);
    EXPECT_TRUE(domain::is_final(result.state));
    EXPECT_EQ(lane.programs.count("start"), 1) << "a restart is one step";
    EXPECT_EQ(lane.run(lane.command(ulid(), "other.service")).code, ResultCode::frozen);
}

TEST_F(Freezing, By_a_file_on_the_host_and_thawed_by_root_there) {
    lane.start_ready();
    write(lane.settings.freeze_file, "");
    EXPECT_EQ(lane.run(lane.command(ulid())).code, ResultCode::frozen);
    std::filesystem::remove(lane.settings.freeze_file);
    freeze(true, 3, lane.coordinator, trust::Purpose::freeze);
    write(lane.settings.state_folder + "/thaw", "");
    lane.desk->tick();
    EXPECT_EQ(lane.run(lane.command(ulid())).state, CommandState::succeeded);
    freeze(true, 3, lane.coordinator, trust::Purpose::freeze);
    EXPECT_FALSE(taken()) << "the retained freeze of before does not come back";
}

TEST(Offers, Run_what_the_policy_enumerates_and_nothing_else) {
    Lane lane;
    lane.start();
    lane.give({restart_service()});
    auto const press = [&](std::string const& id, std::string const& offer, domain::Params params) {
        lane.desk->handle(wire::HandPress{id, offer, std::move(params)});
        return lane.result_of(id);
    };
    EXPECT_EQ(press("press-00000001", "reboot", {}).code, ResultCode::not_allowed);
    EXPECT_EQ(press("press-00000002", "heal", {{"unit", "other.service"}}).code,
              ResultCode::bad_arguments);
    EXPECT_EQ(press("press-00000003", "heal", {{"more", "1"}}).code, ResultCode::bad_arguments);
    EXPECT_TRUE(lane.programs.runs().empty());
    EXPECT_EQ(press("press-00000004", "heal", {}).state, CommandState::succeeded)
        << "no coordinator is needed";
    EXPECT_EQ(press("press-00000004", "heal", {}).state, CommandState::succeeded);
    EXPECT_EQ(lane.programs.count("start"), 1) << "a known id";
    EXPECT_EQ(press("press-00000005", "heal", {}).code, ResultCode::rate_limited);
}

TEST(Offers, Are_never_risky_and_never_run_in_a_host_that_observes) {
    auto risky = restart_service();
    risky.risk = domain::Risk::risky;
    risky.hash = remedy::content_hash(risky);
    Lane lane;
    lane.start();
    lane.give({risky});
    lane.desk->handle(wire::HandPress{"press-00000001", "heal", {}});
    EXPECT_EQ(lane.result_of("press-00000001").state, CommandState::rejected);
    auto policy = patient_policy();
    policy.mode = policy::Mode::observe;
    Lane watching{command::Lane::fix, policy};
    watching.start();
    watching.give({restart_service()});
    watching.desk->handle(wire::HandPress{"press-00000001", "heal", {}});
    EXPECT_EQ(watching.result_of("press-00000001").code, ResultCode::observe_only);
    EXPECT_TRUE(lane.programs.runs().empty());
    EXPECT_TRUE(watching.programs.runs().empty());
}

TEST(Offers, Need_an_id_of_their_own_kind) {
    Lane lane;
    lane.start_ready();
    lane.desk->handle(wire::HandPress{ulid(), "heal", {}});
    EXPECT_EQ(lane.last<wire::HandTaken>().applied, false);
    EXPECT_TRUE(lane.programs.runs().empty());
}

TEST(ReadLane, Runs_listed_lines_and_never_a_remedy) {
    Lane lane{command::Lane::read};
    lane.programs.answer = [](Program const&) {
        Exit exit;
        exit.output = "password=hunter2\n";
        return exit;
    };
    lane.start_ready();
    auto const result = lane.run(lane.line(ulid(), "true"));
    EXPECT_EQ(result.state, CommandState::succeeded) << result.detail;
    ASSERT_EQ(result.steps.size(), 1u);
    EXPECT_EQ(result.steps[0].output.find("hunter2"), std::string::npos) << "redacted";
    EXPECT_EQ(lane.run(lane.command(ulid())).code, ResultCode::unsupported);
    EXPECT_EQ(lane.run(lane.line(ulid(), "rm -rf /")).code, ResultCode::not_allowed);
    lane.desk->handle(wire::HandPress{"press-00000001", "heal", {}});
    EXPECT_EQ(lane.result_of("press-00000001").code, ResultCode::unsupported);
    EXPECT_EQ(lane.programs.runs().size(), 1u);
}

TEST(ReadLane, Says_that_it_does_not_know_an_id) {
    Lane lane{command::Lane::read};
    lane.start_ready();
    lane.desk->handle(wire::HandQuery{"01ARZ3NDEKTSV4RRFFQ69G5FAV"});
    EXPECT_EQ(lane.last<wire::HandUnknown>().id, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
}

}  // namespace
}  // namespace hand::bench
