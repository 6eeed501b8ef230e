#include "agent/app/doctor.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "common/trust/certificates.hpp"

namespace agent {
namespace {

namespace fs = std::filesystem;

base::WallTime at(char const* text) { return base::parse_rfc3339(text).value(); }

class Doctor : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (fs::temp_directory_path() / "tomte-doctor-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
        trust::CertificateRequest request;
        request.common_name = "pi";
        request.not_after = at("2027-01-31T00:00:00Z");
        auto const ca = trust::make_ca(ca_, "Tomte fleet home", at("2050-01-01T00:00:00Z")).value();
        write("ca.crt", ca);
        write("host.crt", trust::issue(ca_, ca, key_.public_key(), request).value());
        ASSERT_TRUE(key_.save(folder_ + "/host.key"));
        write("coordinator.pub", ca_.public_key().to_pem());
        write("policy.toml", "mode = \"auto\"\nremedies = []\nremediable = []\n");
        // Port 1 of this machine: nobody listens there.
        write("agent.toml",
              "host = \"pi\"\n[broker]\nhost = \"127.0.0.1\"\nport = 1\nca = \"ca.crt\"\n"
              "cert = \"host.crt\"\nkey = \"host.key\"\n[trust]\n"
              "coordinator_key = \"coordinator.pub\"\n[spool]\npath = \"spool.db\"\n"
              "[hand]\nread_socket = \"read.sock\"\nfix_socket = \"fix.sock\"\n");
    }
    void TearDown() override { fs::remove_all(folder_); }

    void write(std::string const& name, std::string const& text) const {
        std::ofstream{folder_ + "/" + name} << text;
    }
    // What was said of the thing whose sentence holds `about`.
    Finding of(std::string const& about, char const* now = "2026-12-01T00:00:00Z") {
        std::vector<Finding> all;
        wrong_ = examine(folder_ + "/agent.toml", at(now),
                         [&](Finding const& finding) { all.push_back(finding); });
        for (auto const& finding : all)
            EXPECT_EQ(finding.is == Finding::Is::right, finding.todo.empty()) << finding.what;
        for (auto const& finding : all)
            if (finding.what.find(about) != std::string::npos) return finding;
        ADD_FAILURE() << "nothing was said about " << about;
        return {};
    }

    std::string folder_;
    trust::PrivateKey ca_ = trust::PrivateKey::generate();
    trust::PrivateKey key_ = trust::PrivateKey::generate();
    int wrong_ = 0;
};

TEST_F(Doctor, Says_what_is_right_and_that_nobody_answers) {
    EXPECT_EQ(of("certified until").is, Finding::Is::right);
    EXPECT_EQ(of("is not reached").is, Finding::Is::wrong);
    EXPECT_EQ(of("read lane").is, Finding::Is::wrong);
    EXPECT_EQ(of("mode auto").is, Finding::Is::right);
    EXPECT_EQ(wrong_, 3) << "the broker and two lanes";
}

TEST_F(Doctor, Sees_a_certificate_that_runs_out_ran_out_or_is_of_another_key) {
    EXPECT_EQ(of("soon runs out", "2027-01-25T00:00:00Z").is, Finding::Is::doubtful);
    EXPECT_EQ(of("ran out", "2027-02-01T00:00:00Z").is, Finding::Is::wrong);
    ASSERT_TRUE(trust::PrivateKey::generate().save(folder_ + "/host.key"));
    EXPECT_EQ(of("not of one host").is, Finding::Is::wrong);
}

TEST_F(Doctor, Sees_a_policy_that_the_hand_refuses) {
    write("policy.toml", "mode = \"everything\"\n");
    EXPECT_EQ(of("only observes").is, Finding::Is::wrong);
    fs::permissions(folder_ + "/policy.toml", fs::perms::others_write, fs::perm_options::add);
    EXPECT_EQ(of("written by others").is, Finding::Is::wrong);
    fs::remove(folder_ + "/policy.toml");
    EXPECT_EQ(of("no policy").is, Finding::Is::wrong);
}

TEST_F(Doctor, Tells_a_host_without_settings_how_to_join) {
    fs::remove(folder_ + "/agent.toml");
    EXPECT_NE(of("agent.toml").todo.find("tomte invite"), std::string::npos);
    EXPECT_EQ(wrong_, 1);
}

}  // namespace
}  // namespace agent
