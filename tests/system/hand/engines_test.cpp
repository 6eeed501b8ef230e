// The same remedies on podman and on Docker, each with an engine of this test's own: private
// storage, private socket, no network.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "tests/system/hand/real_hand.hpp"

namespace hand_test {
namespace {

using domain::CommandState;
using domain::ResultCode;

constexpr char const* kPolicyHead =
    "mode = \"auto\"\nremedies = [\"*\"]\nremediable = [\"container/*\"]\n";
constexpr char const* kPolicyTail =
    "[limits]\ncooldown = \"0s\"\nfixes_per_hour = 100\nfixes_per_day = 100\nfailures_block = 10\n";

class Engine {
  public:
    explicit Engine(std::string name)
        : name_(std::move(name)),
          hand(std::string{kPolicyHead} + "managers = [\"" + name_ + "\"]\n" + name_ +
               "_socket = \"" + folder.path() + "/engine.sock\"\n" + kPolicyTail) {
        if (::geteuid() != 0) throw std::runtime_error("these tests run as root");
        if (name_ == "podman")
            start_podman();
        else
            start_docker();
        bool const up = farm::eventually([this] {
            return farm::run(client({"version"}), {}, farm::Milliseconds{10'000}).exit_code == 0;
        }, farm::Milliseconds{60'000});
        if (!up) throw std::runtime_error(name_ + " did not come up:\n" + engine_.log());
        must_run(client({"import", root_archive(), "tomte-test:1"}), {},
                 farm::Milliseconds{240'000});
        must_run(client({"run", "-d", "--name", "patient", "--network", "none", "--stop-timeout",
                         "1", "tomte-test:1", "/bin/sleep", "1000000"}));
        hand.start();
        hand.connect();
    }
    ~Engine() {
        hand.client.reset();
        farm::run(client({"rm", "-f", "patient"}));
        farm::run(client({"rmi", "-f", "tomte-test:1"}));
        engine_.stop();
        // What the engine mounted for its containers.
        farm::run({"/usr/bin/umount", "-q", "-R", folder / "root/overlay"});
    }

    std::vector<std::string> client(std::vector<std::string> words) const {
        auto const url = "unix://" + (folder / "engine.sock");
        if (name_ == "podman")
            words.insert(words.begin(), {"/usr/bin/podman", "--url", url});
        else
            words.insert(words.begin(), {"/usr/bin/docker", "--host", url});
        return words;
    }
    std::string field(std::string const& what) {
        return must_run(
            client({"container", "inspect", "--format", "{{" + what + "}}", "patient"}));
    }
    // An untagged image made years ago: what `engine.prune` is for.
    std::string add_old_dangling_image() {
        must_run({std::string{TOMTE_SOURCE_DIR} + "/tests/system/hand/make-dangling-image",
                  folder / "dangling.tar"});
        auto const said = must_run(client({"load", "--input", folder / "dangling.tar"}));
        auto const at = said.find("sha256:");
        return at == said.npos ? said : said.substr(at + 7, 12);
    }

  private:
    void start_podman() {
        farm::write_text(folder / "containers.conf",
                         "[containers]\ndefault_ulimits = [\"nofile=16384:16384\", "
                         "\"nproc=16384:16384\"]\n[engine]\ncgroup_manager = \"cgroupfs\"\n"
                         "runtime = \"runc\"\nevents_logger = \"file\"\n");
        engine_ = farm::Process{{"/usr/bin/podman", "--root", folder / "root", "--runroot",
                                 folder / "run", "system", "service", "--time=0",
                                 "unix://" + (folder / "engine.sock")},
                                folder / "engine.log",
                                {{"CONTAINERS_CONF", folder / "containers.conf"}}};
    }
    void start_docker() {
        engine_ = farm::Process{{"/usr/sbin/dockerd", "--data-root", folder / "root", "--exec-root",
                                 folder / "run", "-H", "unix://" + (folder / "engine.sock"),
                                 "--pidfile", folder / "engine.pid", "--bridge=none",
                                 "--iptables=false"},
                                folder / "engine.log"};
    }

    std::string name_;
    Folder folder;
    farm::Process engine_;

  public:
    RealHand hand;
};

// The holder is restarted, and what counts is the certificate that is served afterwards.
void certificates(RealHand& hand) {
    auto const port = std::to_string(farm::free_port());
    Folder folder;
    must_run({"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
              "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=localhost",
              "-keyout", folder / "key", "-out", folder / "crt"});
    farm::Process server{{"/usr/bin/openssl", "s_server", "-accept", "127.0.0.1:" + port, "-key",
                          folder / "key", "-cert", folder / "crt", "-quiet"},
                         folder / "log"};
    domain::Params params{{"holder", "patient"}, {"host", "127.0.0.1"}, {"port", port},
                          {"days", "20"}};
    auto const good = hand.run("restart_certificate_holder", params);
    EXPECT_EQ(good.state, CommandState::succeeded) << good.detail;
    params["days"] = "60";
    auto command = hand.order("restart_certificate_holder", params);
    command.limits.timeout = base::Duration{20'000};
    hand.send(command);
    auto const short_lived = hand.result_of(command.id);
    EXPECT_EQ(short_lived.code, ResultCode::check_failed) << short_lived.detail;
}

class Engines : public testing::TestWithParam<char const*> {
  protected:
    Engine engine{GetParam()};
};

TEST_P(Engines, Are_healed_by_every_shipped_remedy_for_containers) {
    auto& hand = engine.hand;
    domain::Params const patient{{"container", "patient"}};
    auto const before = engine.field(".State.StartedAt");
    auto const restarted = hand.run("restart_container", patient);
    EXPECT_EQ(restarted.state, CommandState::succeeded) << restarted.detail << hand.log();
    EXPECT_NE(engine.field(".State.StartedAt"), before);

    must_run(engine.client({"kill", "patient"}));
    ASSERT_TRUE(farm::eventually([&] { return engine.field(".State.Status") != "running\n"; }));
    auto const started = hand.run("start_container", patient);
    EXPECT_EQ(started.state, CommandState::succeeded) << started.detail;
    EXPECT_EQ(engine.field(".State.Status"), "running\n");

    EXPECT_EQ(hand.run("restart_container", {{"container", "nobody-here"}}).code,
              ResultCode::precondition);
    EXPECT_EQ(hand.run("restart_container", {{"container", "tomte-agent"}}).code,
              ResultCode::not_allowed);

    auto const dangling = engine.add_old_dangling_image();
    auto const pruned = hand.run("prune_dangling_images",
                                 {{"mount", "/"}, {"percent", "1"}, {"keep", "1d"}});
    EXPECT_EQ(pruned.state, CommandState::succeeded) << pruned.detail;
    auto const images = must_run(engine.client({"images", "--all", "--quiet"}));
    EXPECT_EQ(images.find(dangling), std::string::npos) << dangling << " is still in " << images;
    EXPECT_NE(must_run(engine.client({"images"})).find("tomte-test"), std::string::npos)
        << "what has a name stays";

    certificates(hand);
}

INSTANTIATE_TEST_SUITE_P(Real, Engines, testing::Values("podman", "docker"),
                         [](auto const& one) { return std::string{one.param}; });

}  // namespace
}  // namespace hand_test
