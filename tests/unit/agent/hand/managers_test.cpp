// What each manager is asked and how its answers are read. The real ones are tested in
// tests/system/hand.
#include "agent/hand/managers.hpp"

#include <gtest/gtest.h>

namespace hand {
namespace {

Exit said(std::string output, int code = 0) {
    Exit exit;
    exit.code = code;
    exit.output = std::move(output);
    return exit;
}

TEST(Systemd, Reads_states_and_knows_a_unit_that_does_not_exist) {
    auto const systemd = make_systemd();
    auto const state = [&](std::string const& load, std::string const& active) {
        return systemd->state(said("LoadState=" + load + "\nActiveState=" + active + "\n"))->name;
    };
    EXPECT_EQ(state("loaded", "active"), "active");
    EXPECT_EQ(state("loaded", "failed"), "failed");
    EXPECT_EQ(state("loaded", "reloading"), "active");
    EXPECT_EQ(state("not-found", "inactive"), "missing");
    EXPECT_EQ(state("not-found", "active"), "active") << "its file was removed while it runs";
    EXPECT_FALSE(systemd->state(said("System has not been booted with systemd", 1)));
    EXPECT_FALSE(systemd->state(said("")));
}

TEST(Systemd, Tells_every_name_of_a_unit) {
    auto const systemd = make_systemd();
    auto const state = systemd->state(said("LoadState=loaded\nActiveState=active\nId=ssh.service\n"
                                           "Names=ssh.service sshd.service web.service\n"));
    ASSERT_TRUE(state);
    EXPECT_EQ(state->names, (std::vector<std::string>{"ssh.service", "sshd.service", "web.service",
                                                      "ssh.service"}));
}

TEST(Systemd, Is_asked_with_the_unit_behind_a_double_dash) {
    auto const calls = make_systemd()->calls(Action::restart, "nginx.service");
    ASSERT_TRUE(calls);
    ASSERT_EQ(calls->size(), 1u);
    auto const& argv = calls->front().argv;
    EXPECT_EQ(argv[0], "/usr/bin/systemctl");
    EXPECT_EQ(std::vector<std::string>(argv.end() - 3, argv.end()),
              (std::vector<std::string>{"restart", "--", "nginx.service"}));
}

TEST(Engine, Reads_states_and_health) {
    auto const docker = make_docker("/var/run/docker.sock");
    auto const state = [&](std::string const& text) { return *docker->state(said(text)); };
    EXPECT_TRUE(state("running/\n").is("running"));
    EXPECT_TRUE(state("running/\n").is("healthy")) << "it has no health check";
    EXPECT_TRUE(state("running/healthy\n").is("running"));
    EXPECT_FALSE(state("running/unhealthy\n").is("healthy"));
    EXPECT_FALSE(state("running/starting\n").is("healthy"));
    EXPECT_FALSE(state("exited/healthy\n").is("healthy"));
    EXPECT_TRUE(state("exited/\n").is("exited"));
    EXPECT_EQ(state("a warning\nrunning/\n").name, "running");
    EXPECT_TRUE(docker->state(said("Error: No such container: x", 1))->missing());
    EXPECT_FALSE(docker->state(said("Cannot connect to the Docker daemon", 1)));
    EXPECT_FALSE(docker->state(said("nonsense")));
    EXPECT_FALSE(docker->calls(Action::reset, "x"));
}

policy::Policy with_script() {
    policy::Policy policy;
    policy.scripts["patient"] = {{"/p", "start"}, {"/p", "stop"}, {"/p", "status"}};
    policy.managers = {"script"};
    return policy;
}

TEST(Script, Restarts_by_a_stop_that_may_fail_and_a_start_that_may_not) {
    auto const script = make_script(with_script());
    auto const calls = script->calls(Action::restart, "patient.service");
    ASSERT_TRUE(calls);
    EXPECT_EQ(*calls, (std::vector<Call>{{{"/p", "stop"}, true}, {{"/p", "start"}, false}}));
    EXPECT_EQ(script->state(said("", 0))->name, "active");
    EXPECT_EQ(script->state(said("", 3))->name, "inactive");
    EXPECT_EQ(script->state(said("", 1))->name, "failed");
    EXPECT_FALSE(script->calls(Action::start, "other"));
    EXPECT_FALSE(script->calls(Action::reset, "patient"));
}

TEST(Managers, Let_a_script_win_and_give_other_services_to_nobody_without_systemd) {
    auto const managers = Managers::find(with_script());
    EXPECT_EQ(managers.names(), std::vector<std::string>{"script"});
    ASSERT_NE(managers.service("patient.service"), nullptr);
    EXPECT_EQ(managers.service("patient.service")->name(), "script");
    EXPECT_EQ(managers.service("nginx.service"), nullptr);
    EXPECT_TRUE(managers.engines().empty());
}

TEST(Managers, Give_every_other_service_to_systemd) {
    auto const policy = with_script();
    std::vector<std::unique_ptr<Manager>> list;
    list.push_back(make_script(policy));
    list.push_back(make_systemd());
    Managers const managers{std::move(list), policy};
    EXPECT_EQ(managers.service("patient")->name(), "script");
    EXPECT_EQ(managers.service("nginx.service")->name(), "systemd");
}

}  // namespace
}  // namespace hand
