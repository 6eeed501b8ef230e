// A host joins by the line that `tomte invite` prints, obeys, is replaced, and is thrown out: real
// programs, a real broker, and a folder in the place of the second machine's /etc and /var.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/system/places.hpp"

namespace system_test {
using namespace farm;
namespace {

class Joining : public testing::Test {
  protected:
    void SetUp() override {
        farm_.emplace(here());
        farm_->start_broker();
        farm_->start_coordinator();
    }

    // The line as it is printed, with what places it in a folder after it; sudo is a word of the
    // line that does nothing here.
    std::string line(std::vector<std::string> const& options = {}) {
        std::vector<std::string> words{"invite", "pi", "--no-wait"};
        words.insert(words.end(), options.begin(), options.end());
        auto const printed = farm_->tomte(words).output;
        auto const from = printed.find("sudo tomte-agent join ");
        EXPECT_NE(from, std::string::npos) << printed << farm_->logs();
        return printed.substr(from, printed.find('\n', from) - from);
    }
    std::string pasted(std::string const& line, std::string const& more = "") const {
        return "sudo() { PATH=" + std::string{TOMTE_BIN_DIR} + ":$PATH \"$@\"; }; " + line +
               " --allow restart_service --no-start --agent-user " + std::to_string(::geteuid()) +
               " --etc " + place("etc") + " --state " + place("state") + " --hand-state " +
               place("hand") + " --sockets " + place("run") + " " + more;
    }
    Ran paste(std::string const& line, std::string const& more = "") const {
        return run({"/usr/bin/env", "sh", "-c", pasted(line, more)});
    }
    std::string place(std::string const& name) const { return farm_->folder() + "/pi/" + name; }
    void start_host() {
        std::filesystem::create_directories(place("run"));
        std::filesystem::create_directories(place("hand"));
        auto const bin = std::string{TOMTE_BIN_DIR};
        hand_ = Process({bin + "/tomte-hand", "--lane=read", "--config", place("etc/hand.toml")},
                        farm_->folder() + "/pi-hand.log");
        agent_ = Process({bin + "/tomte-agent", "--config", place("etc/agent.toml")},
                         farm_->folder() + "/pi-agent.log");
    }
    std::string doctor() const {
        return run({std::string{TOMTE_BIN_DIR} + "/tomte-agent", "doctor", "--config",
                    place("etc/agent.toml")})
            .output;
    }
    bool online() {
        return farm_->get("/api/v1/hosts").body.find("\"online\":true") != std::string::npos;
    }
    // Whether the broker takes these files.
    bool taken(std::string const& cert, std::string const& key) const {
        return run({"mosquitto_pub", "-h", "127.0.0.1", "-p",
                    std::to_string(farm_->broker_port()), "--cafile",
                    farm_->folder() + "/fleet/broker/ca.crt", "--cert", cert, "--key", key, "-t",
                    "x", "-m", "x"},
                   {}, Milliseconds{10'000})
                   .exit_code == 0;
    }

    std::optional<Farm> farm_;
    Process hand_, agent_;
};

TEST_F(Joining, A_host_joins_by_the_printed_line_after_the_words_were_compared_and_obeys) {
    auto const command = line();
    auto const log = farm_->folder() + "/join.log";
    Process joining({"/usr/bin/env", "sh", "-c", pasted(command)}, log);
    std::string words;
    ASSERT_TRUE(eventually([&] {
        auto const text = read_text(log);
        auto const at = text.find("\n    ");
        if (at == std::string::npos || text.find('\n', at + 5) == std::string::npos) return false;
        words = text.substr(at + 5, text.find('\n', at + 5) - at - 5);
        return farm_->tomte({"invites"}).output.find("claimed") != std::string::npos;
    })) << read_text(log) << farm_->logs();
    EXPECT_NE(farm_->tomte({"confirm", "pi", "--words", "six other words"}).exit_code, 0);
    EXPECT_FALSE(std::filesystem::exists(place("etc")));

    ASSERT_EQ(farm_->tomte({"confirm", "pi", "--words", words}).exit_code, 0);
    ASSERT_TRUE(eventually([&] { return !joining.running(); })) << read_text(log);

    EXPECT_NE(read_text(place("etc/policy.toml")).find("remedies = [\"restart_service\"]"),
              std::string::npos)
        << read_text(log);
    start_host();
    ASSERT_TRUE(eventually([&] { return online(); })) << farm_->logs();
    auto const ran = farm_->tomte({"run", "pi", "true"});
    EXPECT_EQ(ran.exit_code, 0) << ran.output << farm_->logs();
    auto const looked = doctor();
    EXPECT_NE(looked.find("accept each other"), std::string::npos) << looked;
    EXPECT_NE(looked.find("read lane listens"), std::string::npos) << looked;
    EXPECT_TRUE(online()) << "looking must not disturb";
}

TEST_F(Joining, An_invitation_is_good_for_one_host_once) {
    auto const command = line({"--token-only"});
    ASSERT_EQ(paste(command).exit_code, 0);

    auto const again = paste(command, "--replace");

    EXPECT_EQ(again.exit_code, 1);
    EXPECT_NE(again.output.find("somebody else used this invitation"), std::string::npos)
        << again.output;
    auto forged = command;
    forged.back() = forged.back() == '0' ? '1' : '0';  // of the authority's fingerprint
    auto const foreign = paste(forged, "--replace");
    EXPECT_EQ(foreign.exit_code, 1);
    EXPECT_NE(foreign.output.find("somebody may be in between"), std::string::npos)
        << foreign.output;
}

TEST_F(Joining, A_replaced_host_is_refused_within_five_seconds_and_so_is_a_revoked_one) {
    ASSERT_EQ(paste(line({"--token-only"})).exit_code, 0);
    auto const cert = farm_->folder() + "/old.crt";
    auto const key = farm_->folder() + "/old.key";
    std::filesystem::copy_file(place("state/identity/host.crt"), cert);
    std::filesystem::copy_file(place("state/identity/host.key"), key);
    ASSERT_TRUE(taken(cert, key)) << farm_->logs();

    auto const replacing = line({"--token-only", "--replace"});
    EXPECT_EQ(paste(replacing).exit_code, 1) << "not without --replace on the host";
    EXPECT_TRUE(taken(cert, key));
    ASSERT_EQ(paste(replacing, "--replace").exit_code, 0);

    EXPECT_TRUE(eventually([&] { return !taken(cert, key); }, Milliseconds{5'000}));
    EXPECT_TRUE(taken(place("state/identity/host.crt"), place("state/identity/host.key")));
    EXPECT_NE(farm_->get("/api/v1/hosts").body.find("\"incarnation\":2"), std::string::npos);
    ASSERT_EQ(farm_->tomte({"revoke", "pi"}).exit_code, 0);
    EXPECT_TRUE(eventually(
        [&] { return !taken(place("state/identity/host.crt"), place("state/identity/host.key")); },
        Milliseconds{5'000}));
    EXPECT_NE(doctor().find("the broker refuses"), std::string::npos) << doctor();
}

TEST_F(Joining, A_certificate_is_renewed_for_the_same_key) {
    ASSERT_EQ(paste(line({"--token-only"})).exit_code, 0);
    auto const before = read_text(place("state/identity/host.crt"));
    auto const agent = std::string{TOMTE_BIN_DIR} + "/tomte-agent";
    auto const config = place("etc/agent.toml");

    EXPECT_EQ(run({agent, "renew", "--config", config}).exit_code, 0);
    EXPECT_EQ(read_text(place("state/identity/host.crt")), before) << "it was not time";
    auto const renewed = run({agent, "renew", "--now", "--config", config});

    ASSERT_EQ(renewed.exit_code, 0) << renewed.output << farm_->logs();
    EXPECT_NE(read_text(place("state/identity/host.crt")), before);
    EXPECT_TRUE(taken(place("state/identity/host.crt"), place("state/identity/host.key")));
}

}  // namespace
}  // namespace system_test
