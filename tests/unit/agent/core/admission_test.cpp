#include "agent/core/admission.hpp"
#include "agent/core/orders.hpp"

#include <functional>

#include "tests/unit/agent/core/core_fixture.hpp"

namespace agent::test {
namespace {

struct Refusal {
    std::string name;
    std::function<void(CommandArrived&)> spoil;
    Gate gate;
    ResultCode code;
};

std::vector<Refusal> const& refusals() {
    static std::vector<Refusal> const kRefusals{
        {"retained", [](auto& d) { d.retained = true; }, Gate::refuse, ResultCode::replayed},
        {"another host", [](auto& d) { d.command.host = host_id("other"); }, Gate::refuse,
         ResultCode::wrong_target},
        {"no ULID", [](auto& d) { d.command.id = "../../etc/passwd"; }, Gate::refuse,
         ResultCode::bad_arguments},
        {"an earlier session", [](auto& d) { d.command.session = "gone"; }, Gate::refuse,
         ResultCode::replayed},
        {"a used counter", [](auto& d) { d.command.counter = 7; }, Gate::refuse,
         ResultCode::replayed},
        {"an older counter", [](auto& d) { d.command.counter = 6; }, Gate::refuse,
         ResultCode::replayed},
        {"an older coordinator", [](auto& d) { d.command.epoch = 2; }, Gate::refuse,
         ResultCode::stale_epoch},
        {"another enrolment", [](auto& d) { d.command.incarnation = 2; }, Gate::reject,
         ResultCode::wrong_target},
        {"expired just now", [](auto& d) { d.command.expires_at = kCoordinatorNow; }, Gate::reject,
         ResultCode::expired},
    };
    return kRefusals;
}

// A core whose counter stands at 7.
void spend_counter(Core& core) {
    core.ready();
    core.step(Core::delivery(7, 7));
    core.report(7, CommandState::succeeded);
    core.forget();
}

TEST(Admission, Accepts_a_good_delivery_and_makes_it_durable_before_the_hand_has_it) {
    Core core;
    core.ready();
    auto const effects = core.agent.step(core.now, Core::delivery(1));
    ASSERT_TRUE(effects.durable);
    std::vector<std::string> order;
    for (auto const& effect : effects.list) {
        if (std::holds_alternative<SaveCommand>(effect)) order.push_back("save");
        if (auto const* publish = std::get_if<Publish>(&effect))
            if (std::holds_alternative<wire::Ack>(publish->message)) order.push_back("ack");
        if (std::holds_alternative<ToHand>(effect)) order.push_back("hand");
    }
    EXPECT_EQ(order, (std::vector<std::string>{"save", "hand"}));
}

TEST(Admission, Acknowledges_an_acceptance_once_unless_the_run_begins_before) {
    Core core;
    core.ready();
    core.step(Core::delivery(1));
    EXPECT_TRUE(core.published<wire::Ack>().empty());
    core.pass(kAcceptedWait);
    ASSERT_EQ(core.published<wire::Ack>().size(), 1U);
    EXPECT_EQ(core.published<wire::Ack>()[0].state, CommandState::accepted);
    core.report(1, CommandState::running);
    EXPECT_EQ(core.published<wire::Ack>().size(), 2U);

    core.step(Core::delivery(2, 2));
    core.report(2, CommandState::running);
    ASSERT_EQ(core.published<wire::Ack>().size(), 3U);
    EXPECT_EQ(core.published<wire::Ack>()[2].state, CommandState::running);
    core.pass(kAcceptedWait);
    EXPECT_EQ(core.published<wire::Ack>().size(), 3U) << "it was told with the run";
}

TEST(Admission, Hands_the_envelope_on_exactly_as_received) {
    Core core;
    core.ready();
    core.step(Core::delivery(1));
    ASSERT_EQ(core.to_hand<wire::HandOrder>().size(), 1U);
    EXPECT_EQ(core.to_hand<wire::HandOrder>()[0].jws, "jws-1");
    EXPECT_TRUE(core.to_hand<wire::HandOrder>(Lane::read).empty());
    auto readonly = Core::delivery(2, 2);
    readonly.lane = Lane::read;
    core.step(readonly);
    EXPECT_EQ(core.to_hand<wire::HandOrder>(Lane::read).size(), 1U);
}

TEST(Admission, Refuses_every_bad_delivery_with_its_code_and_runs_none) {
    for (auto const& refusal : refusals()) {
        SCOPED_TRACE(refusal.name);
        Core core;
        spend_counter(core);
        auto delivery = Core::delivery(1, 8);
        refusal.spoil(delivery);
        core.step(delivery);
        EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
        auto const results = core.journalled<domain::CommandResult>();
        if (refusal.gate == Gate::reject) {
            ASSERT_EQ(results.size(), 1U);
            EXPECT_EQ(results[0].code, refusal.code);
            EXPECT_TRUE(domain::is_final(results[0].state));
            EXPECT_TRUE(core.durable);
        } else {
            EXPECT_TRUE(results.empty());
            EXPECT_TRUE(core.effects<SaveCommand>().empty());
            EXPECT_TRUE(core.published<wire::Ack>().empty());
            auto const notes = core.journalled<wire::NoteRecord>();
            ASSERT_EQ(notes.size(), 1U);
            EXPECT_NE(notes[0].text.find(domain::to_string(refusal.code)), std::string::npos)
                << notes[0].text;
        }
        // None of them spoils the id: the right delivery still gets through, unless it is final.
        core.forget();
        core.step(Core::delivery(1, 9));
        EXPECT_EQ(core.to_hand<wire::HandOrder>().size(), refusal.gate == Gate::refuse ? 1U : 0U);
    }
}

TEST(Admission, Refuses_a_command_before_any_welcome_told_the_time) {
    Core core;
    core.start();
    core.step(LinkUp{});
    core.forget();
    core.step(Core::delivery(1));
    EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
    EXPECT_TRUE(core.published<wire::Ack>().empty());
    core.welcome();
    core.step(Core::delivery(1, 2));
    EXPECT_EQ(core.to_hand<wire::HandOrder>().size(), 1U);
}

TEST(Admission, Judges_expiry_by_the_coordinators_time_on_the_boot_clock) {
    Core core;
    core.ready();
    core.pass(base::Duration{59'999});
    core.step(Core::delivery(1));
    EXPECT_EQ(core.to_hand<wire::HandOrder>().size(), 1U);
    core.pass(base::Duration{1});
    core.forget();
    core.now.wall = base::WallTime{};  // a clock that jumps back changes nothing
    core.step(Core::delivery(2, 2));
    EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
    ASSERT_EQ(core.journalled<domain::CommandResult>().size(), 1U);
    EXPECT_EQ(core.journalled<domain::CommandResult>()[0].state, CommandState::expired);
}

TEST(Admission, Does_not_let_an_old_recording_turn_the_time_back) {
    Core core;
    core.ready();
    core.pass(base::Duration{61'000});
    core.welcome(3, kCoordinatorNow);  // the same welcome, replayed
    core.step(CoordinatorBeat{{.site = "home", .time = kCoordinatorNow, .epoch = 3}});
    core.forget();
    core.step(Core::delivery(1));
    EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
}

TEST(Admission, Refuses_an_older_coordinator_after_a_heartbeat_of_the_newer_one) {
    Core core;
    core.ready();
    core.step(CoordinatorBeat{{.site = "home", .time = kCoordinatorNow, .epoch = 4}});
    core.forget();
    core.step(Core::delivery(1));
    EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
    core.welcome(3);  // and does not take its welcome either
    EXPECT_TRUE(core.to_hand<wire::HandWelcome>().empty());
}

TEST(Admission, Takes_no_welcome_that_answers_another_birth) {
    Core core;
    core.start();
    core.step(LinkUp{});
    core.forget();
    core.step(WelcomeArrived{wire::Welcome{.host = host_id(),
                                           .session = "another",
                                           .time = kCoordinatorNow,
                                           .epoch = 3,
                                           .incarnation = 1,
                                           .remedies_digest = {}},
                             "jws"});
    EXPECT_TRUE(core.to_hand<wire::HandWelcome>().empty());
    core.step(Core::delivery(1));
    EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
}

TEST(Admission, Answers_a_known_id_with_its_stored_state_and_runs_it_once) {
    Core core;
    core.ready();
    for (int sends = 1; sends <= 5; ++sends) core.step(Core::delivery(1, sends));
    EXPECT_EQ(core.to_hand<wire::HandOrder>().size(), 1U);
    ASSERT_EQ(core.published<wire::Ack>().size(), 4U) << "each redelivery is answered";
    core.report(1, CommandState::running);
    core.report(1, CommandState::failed, ResultCode::check_failed);
    core.forget();
    core.step(Core::delivery(1, 6));
    EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
    ASSERT_EQ(core.published<wire::Ack>().size(), 1U);
    EXPECT_EQ(core.published<wire::Ack>()[0].state, CommandState::failed);
    EXPECT_EQ(core.published<wire::Ack>()[0].code, ResultCode::check_failed);
}

TEST(Admission, Answers_an_id_it_knew_before_a_restart) {
    Core core;
    core.ready({row(1, CommandState::succeeded)});
    core.step(Core::delivery(1));
    EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
    ASSERT_EQ(core.published<wire::Ack>().size(), 1U);
    EXPECT_EQ(core.published<wire::Ack>()[0].state, CommandState::succeeded);
}

TEST(Admission, Refuses_a_known_id_with_another_body_and_keeps_the_first) {
    for (bool const over : {false, true}) {
        SCOPED_TRACE(over);
        Core core;
        core.ready();
        core.step(Core::delivery(1, 1));
        if (over) core.report(1, CommandState::succeeded);
        core.forget();
        auto other = Core::delivery(1, 2);
        other.body_hash = "another-body-0123456789";
        core.step(other);
        EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
        ASSERT_EQ(core.published<wire::Ack>().size(), 1U);
        EXPECT_EQ(core.published<wire::Ack>()[0].code, ResultCode::bad_arguments);
        core.forget();
        core.step(Core::delivery(1, 3));
        ASSERT_EQ(core.published<wire::Ack>().size(), 1U);
        EXPECT_EQ(core.published<wire::Ack>()[0].state,
                  over ? CommandState::succeeded : CommandState::accepted);
    }
}

TEST(Admission, Turns_away_more_commands_than_it_can_hold) {
    Core core;
    core.ready();
    int const most = static_cast<int>(kMaxLiveCommands);
    for (int n = 1; n <= most + 1; ++n) core.step(Core::delivery(n, n));
    EXPECT_EQ(core.to_hand<wire::HandOrder>().size(), kMaxLiveCommands);
    ASSERT_EQ(core.journalled<domain::CommandResult>().size(), 1U);
    EXPECT_EQ(core.journalled<domain::CommandResult>()[0].code, ResultCode::busy);
}

TEST(Admission, Notes_refused_deliveries_once_a_minute_with_their_number) {
    Core core;
    core.ready();
    for (int n = 0; n < 500; ++n)
        core.step(DeliveryRefused{"cmd", ResultCode::bad_signature, "not the coordinator's"});
    EXPECT_EQ(core.journalled<wire::NoteRecord>().size(), 1U);
    core.pass(base::Duration{60'000});
    auto const notes = core.journalled<wire::NoteRecord>();
    ASSERT_EQ(notes.size(), 2U);
    EXPECT_NE(notes[1].text.find("499"), std::string::npos) << notes[1].text;
    core.pass(base::Duration{600'000});
    EXPECT_EQ(core.journalled<wire::NoteRecord>().size(), 2U);
}

TEST(Admission, Cancels_a_command_that_the_hand_has_by_asking_the_hand) {
    Core core;
    core.ready();
    core.step(Core::delivery(1));
    core.forget();
    core.step(Core::cancel(1));
    ASSERT_EQ(core.to_hand<wire::HandCancel>().size(), 1U);
    EXPECT_EQ(core.to_hand<wire::HandCancel>()[0].jws, "cancel-jws");
    EXPECT_TRUE(core.journalled<domain::CommandResult>().empty());
}

TEST(Admission, Remembers_a_cancel_that_overtook_its_command) {
    Core core;
    core.ready();
    core.step(Core::cancel(1));
    core.step(Core::delivery(1));
    EXPECT_TRUE(core.to_hand<wire::HandOrder>().empty());
    ASSERT_EQ(core.published<wire::Ack>().size(), 1U);
    EXPECT_EQ(core.published<wire::Ack>()[0].state, CommandState::cancelled);
}

TEST(Admission, Refuses_cancels_that_are_not_for_this_session_host_or_epoch) {
    for (int spoiled = 0; spoiled < 4; ++spoiled) {
        SCOPED_TRACE(spoiled);
        Core core;
        core.ready();
        core.step(Core::delivery(1));
        core.forget();
        auto delivery = Core::cancel(1);
        if (spoiled == 0) delivery.cancel.host = host_id("other");
        if (spoiled == 1) delivery.cancel.epoch = 2;
        if (spoiled == 2) delivery.cancel.session = "gone";
        if (spoiled == 3) delivery.cancel.id = "no-ulid";
        core.step(delivery);
        EXPECT_TRUE(core.to_hand<wire::HandCancel>().empty());
        EXPECT_EQ(core.journalled<wire::NoteRecord>().size(), 1U);
    }
}

TEST(Admission, Takes_a_press_once_and_never_a_retained_one) {
    Core core;
    core.ready();
    PressArrived press{wire::Press{"abcdefgh", "restart_patient", {}}, true};
    core.step(press);
    EXPECT_TRUE(core.to_hand<wire::HandPress>().empty());
    press.retained = false;
    core.step(press);
    core.step(press);
    ASSERT_EQ(core.to_hand<wire::HandPress>().size(), 1U);
    EXPECT_EQ(core.to_hand<wire::HandPress>()[0].id, "press-abcdefgh");
    domain::CommandResult result;
    result.id = "press-abcdefgh";
    result.state = CommandState::succeeded;
    core.step(HandReplied{Lane::fix, wire::HandReport{result}});
    ASSERT_EQ(core.published<PublishResult>().size(), 1U);
    // A press is not a command: its result never enters the command id space of the journal.
    EXPECT_TRUE(core.journalled<domain::CommandResult>().empty());
}

}  // namespace
}  // namespace agent::test
