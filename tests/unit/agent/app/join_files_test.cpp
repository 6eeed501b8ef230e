// A power cut while a host joins: whatever was written before, nobody is believed by half.
#include "agent/app/join_files.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <stdexcept>

#include "common/base/files.hpp"

namespace agent {
namespace {

namespace fs = std::filesystem;

class JoinFiles : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (fs::temp_directory_path() / "tomte-join-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
        options_.etc = folder_ + "/etc";
        options_.state = folder_ + "/state";
        options_.agent_user = "nobody-of-this-name";
    }
    void TearDown() override { fs::remove_all(folder_); }

    static Joined joined(std::string const& which) {
        wire::JoinAnswer answer;
        answer.certificate_pem = which + " certificate";
        answer.command_key_pem = which + " command key";
        answer.approver_keys_pem = which + " approver key";
        answer.site = "home";
        answer.broker_host = "broker.lan";
        answer.broker_port = 8883;
        return {{"broker.lan", 8884, domain::HostId::parse("pi").value(), "i", "t", "f"},
                answer,
                which + " authority",
                which + " key",
                {"restart_service"}};
    }
    std::string text(std::string const& name) const {
        return base::read_file(folder_ + "/" + name).value_or("");
    }

    std::string folder_;
    JoinOptions options_;
    JoinTalk talk_{[](std::string const&) {}, {}, [](std::string_view) {}};
};

struct PowerCut : std::runtime_error {
    PowerCut() : std::runtime_error{"power cut"} {}
};

TEST_F(JoinFiles, Keep_everything_that_the_programs_need) {
    ASSERT_TRUE(keep_joined(options_, joined("new"), talk_));
    EXPECT_EQ(text("etc/trust/ca.crt"), "new authority");
    EXPECT_EQ(text("etc/trust/coordinator.pub"), "new command key");
    EXPECT_EQ(text("etc/trust/approver.pub"), "new approver key");
    EXPECT_EQ(text("state/identity/host.key"), "new key");
    EXPECT_NE(text("etc/agent.toml").find("host = \"pi\""), std::string::npos);
    EXPECT_NE(text("etc/hand.toml").find("approver_keys"), std::string::npos);
    auto const perms = fs::status(folder_ + "/state/identity/host.key").permissions();
    EXPECT_EQ(perms & fs::perms::all, fs::perms::owner_read | fs::perms::owner_write);
    options_.replace = false;
    EXPECT_FALSE(check_free(options_));
}

TEST_F(JoinFiles, A_power_cut_before_the_end_leaves_nobody_believed) {
    for (auto const* where : {"settings", "policy", "identity", "trust"}) {
        talk_.step = [&](std::string_view step) {
            if (step == where) throw PowerCut{};
        };
        EXPECT_THROW(static_cast<void>(keep_joined(options_, joined("new"), talk_)), PowerCut);
        EXPECT_FALSE(fs::exists(folder_ + "/etc/trust")) << where;
        EXPECT_TRUE(check_free(options_)) << "the host may simply join again";
    }
    talk_.step = [](std::string_view) {};
    EXPECT_TRUE(keep_joined(options_, joined("new"), talk_));
}

TEST_F(JoinFiles, A_power_cut_while_replacing_keeps_believing_the_old_fleet) {
    ASSERT_TRUE(keep_joined(options_, joined("old"), talk_));
    for (auto const* where : {"settings", "policy", "identity", "trust"}) {
        talk_.step = [&](std::string_view step) {
            if (step == where) throw PowerCut{};
        };
        EXPECT_THROW(static_cast<void>(keep_joined(options_, joined("new"), talk_)), PowerCut);
        EXPECT_EQ(text("etc/trust/ca.crt"), "old authority") << where;
        EXPECT_EQ(text("etc/trust/coordinator.pub"), "old command key") << where;
        // Key and certificate always belong together.
        EXPECT_EQ(text("state/identity/host.key").substr(0, 3),
                  text("state/identity/host.crt").substr(0, 3));
    }
    talk_.step = [](std::string_view) {};
    ASSERT_TRUE(keep_joined(options_, joined("new"), talk_));
    EXPECT_EQ(text("etc/trust/ca.crt"), "new authority");
    EXPECT_FALSE(fs::exists(folder_ + "/etc/trust.new"));
}

TEST_F(JoinFiles, What_the_owner_allowed_is_never_written_over) {
    fs::create_directories(options_.etc);
    std::string const mine = "mode = \"observe\"\nremedies = []\n";
    FILE* const file = std::fopen((options_.etc + "/policy.toml").c_str(), "w");
    ASSERT_NE(file, nullptr);
    std::fputs(mine.c_str(), file);
    std::fclose(file);
    ASSERT_TRUE(keep_joined(options_, joined("new"), talk_));
    EXPECT_EQ(text("etc/policy.toml"), mine);
}

}  // namespace
}  // namespace agent
