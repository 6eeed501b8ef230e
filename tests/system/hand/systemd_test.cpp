// systemd as PID 1, in a container, with tomte-hand inside it. The container gets this machine's
// libraries mounted, so that the very binary under test runs there.
#include <gtest/gtest.h>
#include <sys/timex.h>
#include <unistd.h>

#include "tests/system/hand/real_hand.hpp"

namespace hand_test {
namespace {

using domain::CommandState;
using domain::ResultCode;

constexpr char const* kPolicy = R"(
mode = "auto"
remedies = ["*"]
remediable = ["service/*", "job/*", "mount/*", "tunnel/*"]
managers = ["systemd"]
[jobs.whoami]
argv = ["/usr/bin/id", "-un"]
user = "nobody"
[limits]
cooldown = "0s"
fixes_per_hour = 100
fixes_per_day = 100
failures_block = 10
)";

// One booted machine for all tests of this file.
class Machine {
  public:
    Machine() {
        farm::write_text(folder / "containers.conf",
                         "[containers]\ndefault_ulimits = [\"nofile=16384:16384\", "
                         "\"nproc=16384:16384\"]\n[engine]\ncgroup_manager = \"cgroupfs\"\n"
                         "runtime = \"runc\"\nevents_logger = \"file\"\n");
        podman({"import", root_archive(), "localhost/systemd:1"});
        podman({"run", "-d", "--name", "machine", "--network", "none", "--systemd=always",
                "--cap-add", "SYS_ADMIN,NET_ADMIN", "--security-opt", "seccomp=unconfined", "-v",
                "/usr/lib/x86_64-linux-gnu:/hostlib:ro", "-v",
                std::string{TOMTE_BIN_DIR} + ":/tomte:ro", "-v",
                hand.folder.path() + ":/tomte-test", "localhost/systemd:1",
                "/lib/systemd/systemd"});
        bool const booted = farm::eventually([this] {
            return farm::run(argv({"exec", "machine", "systemctl", "is-system-running"}), env())
                       .output.find("running") != std::string::npos;
        }, farm::Milliseconds{60'000});
        if (!booted) throw std::runtime_error("systemd did not boot in its container");
        hand.launcher = [this](std::string const& lane, std::string const&,
                               std::string const& log) {
            return farm::Process{argv({"exec", "machine", "/hostlib/ld-linux-x86-64.so.2",
                                       "--library-path", "/hostlib", "/tomte/tomte-hand",
                                       "--lane=" + lane, "--config", "/tomte-test/hand.toml"}),
                                 log, env()};
        };
        units();
        hand.start();
        hand.connect();
    }
    ~Machine() {
        hand.client.reset();
        farm::run(argv({"rm", "-f", "--time", "0", "machine"}), env());
        farm::run(argv({"rmi", "-f", "localhost/systemd:1"}), env());
    }

    std::string in(std::vector<std::string> words) {
        words.insert(words.begin(), {"exec", "machine"});
        return podman(std::move(words));
    }
    std::string state(std::string const& unit) {
        auto const words = argv({"exec", "machine", "systemctl", "is-active", unit});
        auto text = farm::run(words, env()).output;
        while (text.ends_with('\n')) text.pop_back();
        return text;
    }

    Folder folder;
    RealHand hand{kPolicy};

  private:
    void unit(std::string const& name, std::string const& text) {
        farm::write_text(hand.folder / name, text);
        in({"cp", "/tomte-test/" + name, "/etc/systemd/system/" + name});
    }
    void units() {
        unit("patient.service", "[Service]\nExecStart=/bin/sleep infinity\n");
        unit("limited.service",
             "[Unit]\nStartLimitIntervalSec=600\nStartLimitBurst=2\n"
             "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/test -e /cured\n");
        // Stands in for WireGuard's own unit, whose kernel module a test machine need not have.
        unit("wg-quick@.service",
             "[Service]\nType=oneshot\nRemainAfterExit=yes\n"
             "ExecStart=/usr/sbin/ip link add %i type veth peer name %i-peer\n"
             "ExecStart=/usr/sbin/ip link set %i up\nExecStop=/usr/sbin/ip link del %i\n");
        in({"systemctl", "daemon-reload"});
    }
    std::vector<std::string> argv(std::vector<std::string> words) {
        words.insert(words.begin(), {"/usr/bin/podman", "--root", folder / "root", "--runroot",
                                     folder / "run"});
        return words;
    }
    std::map<std::string, std::string> env() {
        return {{"CONTAINERS_CONF", folder / "containers.conf"}};
    }
    std::string podman(std::vector<std::string> words) {
        return must_run(argv(std::move(words)), env());
    }
};

class Systemd : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        if (::geteuid() != 0) throw std::runtime_error("these tests run as root");
        machine = new Machine;
    }
    static void TearDownTestSuite() {
        delete machine;
        machine = nullptr;
    }
    domain::CommandResult run(std::string const& remedy, domain::Params params) {
        return machine->hand.run(remedy, std::move(params));
    }
    static Machine* machine;
};
Machine* Systemd::machine = nullptr;

TEST_F(Systemd, Restarts_a_service_that_was_killed) {
    machine->in({"systemctl", "start", "patient.service"});
    machine->in({"systemctl", "kill", "--signal=KILL", "patient.service"});
    ASSERT_TRUE(farm::eventually([] { return machine->state("patient.service") == "failed"; }));
    auto const result = run("restart_service", {{"unit", "patient.service"}});
    EXPECT_EQ(result.state, CommandState::succeeded) << result.detail << machine->hand.log();
    EXPECT_EQ(machine->state("patient.service"), "active");
}

TEST_F(Systemd, Starts_a_service_that_was_stopped) {
    machine->in({"systemctl", "stop", "patient.service"});
    auto const result = run("start_service", {{"unit", "patient.service"}});
    EXPECT_EQ(result.state, CommandState::succeeded) << result.detail;
    EXPECT_EQ(machine->state("patient.service"), "active");
}

TEST_F(Systemd, Clears_a_failed_state_that_keeps_a_cured_service_from_starting) {
    for (int i = 0; i < 3; ++i)
        EXPECT_NE(run("restart_service", {{"unit", "limited.service"}}).state,
                  CommandState::succeeded);
    machine->in({"touch", "/cured"});
    EXPECT_EQ(run("restart_service", {{"unit", "limited.service"}}).code, ResultCode::exec_failed)
        << "systemd refuses: start request repeated too quickly";
    auto const result = run("reset_failed_unit", {{"unit", "limited.service"}});
    EXPECT_EQ(result.state, CommandState::succeeded) << result.detail;
    EXPECT_EQ(machine->state("limited.service"), "active");
}

TEST_F(Systemd, Says_failed_with_systemd_s_own_words_when_a_service_does_not_start) {
    machine->in({"rm", "-f", "/cured"});
    machine->in({"systemctl", "stop", "limited.service"});
    auto const result = run("restart_service", {{"unit", "limited.service"}});
    EXPECT_EQ(result.state, CommandState::failed);
    ASSERT_FALSE(result.steps.empty());
    EXPECT_NE(result.steps[0].output.find("limited.service"), std::string::npos);
}

TEST_F(Systemd, Touches_no_unit_that_does_not_exist_or_is_protected) {
    EXPECT_EQ(run("restart_service", {{"unit", "no-such.service"}}).code, ResultCode::precondition);
    EXPECT_EQ(run("restart_service", {{"unit", "dbus.service"}}).code, ResultCode::not_allowed);
    EXPECT_EQ(run("restart_service", {{"unit", "reboot.target"}}).state, CommandState::rejected);
}

TEST_F(Systemd, Shortens_the_journal_and_frees_the_disk) {
    auto const vacuumed = run("vacuum_journal", {{"mount", "/"}, {"percent", "1"}, {"keep", "2d"}});
    EXPECT_EQ(vacuumed.state, CommandState::succeeded) << vacuumed.detail;
    auto const short_keep =
        run("vacuum_journal", {{"mount", "/"}, {"percent", "1"}, {"keep", "1h"}});
    EXPECT_NE(short_keep.state, CommandState::succeeded) << "logs are evidence";
    machine->in({"touch", "/var/cache/apt/archives/old_1_amd64.deb", "/var/tmp/fresh"});
    auto const freed = run("free_disk", {{"mount", "/"}, {"percent", "1"}});
    EXPECT_EQ(freed.state, CommandState::succeeded) << freed.detail;
    EXPECT_EQ(machine->in({"ls", "/var/cache/apt/archives"}).find(".deb"), std::string::npos);
    EXPECT_NE(machine->in({"ls", "/var/tmp"}).find("fresh"), std::string::npos);
    auto command = machine->hand.order("free_disk", {{"mount", "/"}, {"percent", "99"}});
    command.limits.timeout = base::Duration{8'000};
    machine->hand.send(command);
    auto const full = machine->hand.result_of(command.id);
    EXPECT_EQ(full.code, ResultCode::check_failed)
        << "it did what it could and says that it was not enough: " << full.detail;
}

TEST_F(Systemd, Brings_a_tunnel_up_that_is_down_and_leaves_one_that_is_up) {
    auto const result = run("restart_vpn_tunnel", {{"tunnel", "wg0"}});
    EXPECT_EQ(result.state, CommandState::succeeded) << result.detail;
    EXPECT_NE(machine->in({"ip", "link", "show", "wg0"}).find("UP"), std::string::npos);
    EXPECT_EQ(run("restart_vpn_tunnel", {{"tunnel", "wg0"}}).code, ResultCode::precondition);
}

TEST_F(Systemd, Restarts_the_time_service_and_believes_the_kernel_about_the_result) {
    auto command = machine->hand.order("restart_time_service", {{"unit", "patient.service"}});
    command.limits.timeout = base::Duration{8'000};
    machine->hand.send(command);
    auto const result = machine->hand.result_of(command.id);
    timex facts{};
    bool const synced = ::adjtimex(&facts) != TIME_ERROR && (facts.status & STA_UNSYNC) == 0;
    EXPECT_EQ(result.state, synced ? CommandState::succeeded : CommandState::failed)
        << result.detail;
    EXPECT_EQ(result.code, synced ? ResultCode::ok : ResultCode::check_failed);
}

TEST_F(Systemd, Runs_a_job_as_the_user_its_policy_names) {
    auto const result = run("run_job", {{"job", "whoami"}});
    EXPECT_EQ(result.state, CommandState::succeeded) << result.detail;
    ASSERT_FALSE(result.steps.empty());
    EXPECT_EQ(result.steps[0].output, "nobody\n");
}

}  // namespace
}  // namespace hand_test
