// The hand as a process: killed at the worst moment, spoken to by strangers, with a policy somebody
// else can write. The patient writes down every real start, and that is what is counted.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <exception>
#include <fstream>

#include "tests/system/hand/real_hand.hpp"

namespace hand_test {
namespace {

using domain::CommandState;
using domain::ResultCode;

std::string policy_for(std::string const& patient_folder) {
    auto const argv = [&](std::string const& action) {
        return "[\"" + std::string{TOMTE_SOURCE_DIR} + "/tools/demo/patient\", \"" + action +
               "\", \"" + patient_folder + "\"]";
    };
    return "mode = \"auto\"\nremedies = [\"*\"]\nremediable = [\"service/patient\", \"job/*\"]\n"
           "managers = [\"script\"]\n"
           "[scripts.patient]\nstart = " + argv("start") + "\nstop = " + argv("stop") +
           "\nstatus = " + argv("status") + "\n"
           "[jobs.ok]\nargv = [\"/usr/bin/true\"]\n"
           "[jobs.bad]\nargv = [\"/usr/bin/false\"]\n"
           "[limits]\ncooldown = \"0s\"\n";
}

class HandProcess : public testing::Test {
  protected:
    HandProcess() : hand(policy_for(patient.path())) {}
    ~HandProcess() override {
        hand.client.reset();
        farm::run({std::string{TOMTE_SOURCE_DIR} + "/tools/demo/patient", "stop", patient.path()});
    }
    int starts() const {
        std::ifstream file{patient / "effects"};
        int count = 0;
        for (std::string line; std::getline(file, line);)
            if (line.starts_with("start")) ++count;
        return count;
    }
    void patient_is_slow() { farm::write_text(patient / "slow", "3"); }

    Folder patient;
    RealHand hand;
    domain::Params const unit{{"unit", "patient.service"}};
};

TEST_F(HandProcess, Heals_a_scripted_service_by_each_remedy_that_can) {
    hand.start();
    hand.connect();
    auto const restarted = hand.run("restart_service", unit);
    EXPECT_EQ(restarted.state, CommandState::succeeded) << restarted.detail << hand.log();
    EXPECT_EQ(starts(), 1);
    auto const started = hand.run("start_service", unit);
    EXPECT_EQ(started.state, CommandState::succeeded) << started.detail;
    EXPECT_EQ(starts(), 1) << "it ran already";
    EXPECT_EQ(hand.run("run_job", {{"job", "ok"}}).state, CommandState::succeeded);
    EXPECT_EQ(hand.run("run_job", {{"job", "bad"}}).code, ResultCode::exec_failed);
    EXPECT_EQ(hand.run("run_job", {{"job", "unknown"}}).state, CommandState::rejected);
    EXPECT_EQ(hand.stop(), 0);
}

TEST_F(HandProcess, Killed_between_started_and_finished_says_interrupted_and_never_runs_it_again) {
    patient_is_slow();
    hand.start();
    hand.connect();
    auto command = hand.order("restart_service", unit);
    hand.send(command);
    ASSERT_TRUE(farm::eventually([&] { return starts() == 1; })) << hand.log();
    hand.kill();
    for (int restart = 0; restart < 2; ++restart) {
        hand.start();
        hand.connect();
        command.counter = ++hand.counter;
        hand.send(command);
        auto const result = hand.result_of(command.id);
        EXPECT_EQ(result.state, CommandState::interrupted) << result.detail;
        EXPECT_EQ(result.code, ResultCode::interrupted);
        hand.kill();
    }
    EXPECT_EQ(starts(), 1);
}

TEST_F(HandProcess, Killed_at_any_moment_of_forty_commands_does_nothing_twice) {
    std::vector<domain::Command> commands;
    hand.start();
    hand.connect();
    for (int i = 0; i < 40; ++i) {
        auto command = hand.order("run_job", {{"job", "ok"}});
        commands.push_back(command);
        hand.send(command);
        // A different moment every time: before the row, between the rows, after them.
        auto const until = std::chrono::steady_clock::now() + std::chrono::microseconds{700 * i};
        while (std::chrono::steady_clock::now() < until) {}
        hand.kill();
        hand.start();
        hand.connect();
        command.counter = ++hand.counter;
        hand.send(command);
        auto const result = hand.result_of(command.id);
        EXPECT_TRUE(domain::is_final(result.state));
        // Asked again it says the same.
        hand.client->send(wire::HandQuery{command.id});
        EXPECT_EQ(hand.result_of(command.id), result);
    }
}

TEST_F(HandProcess, Speaks_with_the_agent_s_user_alone) {
    ASSERT_EQ(::geteuid(), 0u) << "these tests run as root";
    hand.start();
    hand.connect();
    // Whoever else is let near the socket by its mode is turned away by who it is.
    ::chmod(hand.socket().c_str(), 0666);
    pid_t const child = ::fork();
    if (child == 0) {
        if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(3);
        try {
            Client stranger{hand.socket()};
            stranger.send(wire::HandAsk{});
            ::_exit(stranger.next().has_value() ? 1 : 0);
        } catch (std::exception const&) {
            ::_exit(0);  // it hung up before the packet was out
        }
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0) << "a stranger was answered";
    EXPECT_NE(hand.log().find("hand.stranger"), std::string::npos);
}

TEST_F(HandProcess, Only_observes_and_says_so_when_others_can_write_its_policy) {
    ::chmod((hand.folder / "policy.toml").c_str(), 0666);
    hand.start();
    hand.connect();
    EXPECT_EQ(hand.run("restart_service", unit).code, ResultCode::observe_only);
    EXPECT_NE(hand.log().find("hand.policy_refused"), std::string::npos);
    EXPECT_EQ(starts(), 0);
}

TEST_F(HandProcess, Only_observes_when_its_policy_has_a_mistake_and_names_the_line) {
    farm::write_text(hand.folder / "policy.toml", "mode = \"auto\"\nremedie = [\"*\"]\n");
    auto const checked = farm::run({std::string{TOMTE_BIN_DIR} + "/tomte-hand", "--check-config",
                                    "--config", hand.folder / "hand.toml"});
    EXPECT_EQ(checked.exit_code, 78);
    EXPECT_NE(checked.output.find("policy.toml:2"), std::string::npos) << checked.output;
    hand.start();
    hand.connect();
    EXPECT_EQ(hand.run("restart_service", unit).code, ResultCode::observe_only);
}

TEST_F(HandProcess, Ends_the_running_step_when_it_is_told_to_end_and_remembers_it) {
    patient_is_slow();
    hand.start();
    hand.connect();
    auto command = hand.order("restart_service", unit);
    hand.send(command);
    ASSERT_TRUE(farm::eventually([&] { return starts() == 1; }));
    EXPECT_EQ(hand.stop(), 0);
    hand.start();
    hand.connect();
    command.counter = ++hand.counter;
    hand.send(command);
    EXPECT_EQ(hand.result_of(command.id).state, CommandState::cancelled);
    EXPECT_EQ(starts(), 1);
}

TEST_F(HandProcess, Reads_its_policy_again_when_told_and_keeps_the_old_one_if_it_is_wrong) {
    hand.start();
    hand.connect();
    auto const policy = hand.folder / "policy.toml";
    auto const good = farm::read_text(policy);
    auto const reload = [&](std::string const& text, char const* says) {
        farm::write_text(policy, text);
        auto const before = hand.log().size();
        ::kill(hand.process.pid(), SIGHUP);
        ASSERT_TRUE(farm::eventually([&] {
            return hand.log().find(says, before) != std::string::npos;
        })) << hand.log();
    };
    reload("mode = \"observe\"\n", "hand.policy_taken");
    EXPECT_EQ(hand.run("restart_service", unit).code, ResultCode::observe_only);
    reload("mode = \"auto\"\nremedis = []\n", "hand.policy_kept");
    EXPECT_EQ(hand.run("restart_service", unit).code, ResultCode::observe_only);
    reload(good, "hand.policy_taken");
    EXPECT_EQ(hand.run("restart_service", unit).state, CommandState::succeeded) << hand.log();
}

TEST_F(HandProcess, Is_thawed_by_root_on_the_host) {
    hand.start();
    hand.connect();
    farm::write_text(hand.folder / "freeze", "");
    EXPECT_EQ(hand.run("restart_service", unit).code, ResultCode::frozen);
    must_run({std::string{TOMTE_BIN_DIR} + "/tomte-hand", "--thaw", "--config",
              hand.folder / "hand.toml"});
    EXPECT_EQ(hand.run("restart_service", unit).state, CommandState::succeeded);
}

TEST_F(HandProcess, Reads_in_the_other_lane_and_changes_nothing_there) {
    hand.start("read");
    hand.connect();
    auto const line = hand.line("true");
    hand.send(line);
    EXPECT_EQ(hand.result_of(line.id).state, CommandState::succeeded);
    EXPECT_EQ(hand.run("restart_service", unit).code, ResultCode::unsupported);
    EXPECT_FALSE(std::filesystem::exists(hand.folder / "state"));
}

TEST_F(HandProcess, Drops_who_sends_no_packet_of_ours_and_goes_on) {
    hand.start();
    hand.connect();
    {
        Client broken{hand.socket()};
        broken.send(wire::HandAsk{});
        ASSERT_TRUE(broken.next());
        broken.send_raw("{\"type\":\"order\",\"jws\":1}");
        EXPECT_FALSE(broken.next());
    }
    EXPECT_EQ(hand.run("restart_service", unit).state, CommandState::succeeded);
}

}  // namespace
}  // namespace hand_test
