#include "common/policy/policy.hpp"

#include <gtest/gtest.h>

using domain::SubjectKind;
using policy::Mode;

namespace {

std::string refusal(std::string const& text) {
    auto const policy = policy::parse(text, "policy.toml");
    return policy ? "accepted" : policy.error().message;
}

}  // namespace

TEST(PolicyTest, ReadsEverythingAnOwnerMaySay) {
    auto const policy = policy::parse(R"(
mode = "auto"
remedies = ["restart_service", "run_job"]
remediable = ["service/nginx", "container/*"]
protected = ["service/db.service"]
managers = ["systemd", "script"]
docker_socket = "/run/other.sock"

[scripts.patient]
start = ["/opt/patient", "start"]
stop = ["/opt/patient", "stop"]
status = ["/opt/patient", "status"]

[jobs.backup]
argv = ["/usr/local/bin/backup", "--all"]
user = "backup"
timeout = "1h"

[offers.restart_web]
title = "Restart the web server"
remedy = "restart_service"
params = { unit = ["nginx.service"] }

[limits]
fixes_per_hour = 3
fixes_per_day = 10
cooldown = "1m"
failures_block = 2
block = "30m"
)",
                                      "policy.toml");

    ASSERT_TRUE(policy) << policy.error().message;
    EXPECT_EQ(policy->mode, Mode::automatic);
    EXPECT_EQ(policy->remedies, (std::vector<std::string>{"restart_service", "run_job"}));
    ASSERT_EQ(policy->remediable.size(), 2U);
    EXPECT_EQ(policy->remediable[1], (policy::SubjectPattern{SubjectKind::container, "*"}));
    EXPECT_EQ(policy->protected_subjects.size(), 1U);
    EXPECT_EQ(policy->managers, (std::vector<std::string>{"systemd", "script"}));
    EXPECT_EQ(policy->docker_socket, "/run/other.sock");
    EXPECT_EQ(policy->podman_socket, "/run/podman/podman.sock");
    EXPECT_EQ(policy->scripts.at("patient").stop,
              (std::vector<std::string>{"/opt/patient", "stop"}));
    EXPECT_EQ(policy->jobs.at("backup"),
              (policy::Job{
                  {"/usr/local/bin/backup", "--all"}, "backup", base::Duration{3'600'000}}));
    EXPECT_EQ(policy->offers.at("restart_web").params.at("unit"),
              (std::vector<std::string>{"nginx.service"}));
    EXPECT_EQ(policy->limits, (policy::Limits{3, 10, base::Duration{60'000}, 2,
                                              base::Duration{1'800'000}}));
    EXPECT_EQ(policy->digest.size(), 64U);
}

// A file that says nothing allows nothing.
TEST(PolicyTest, AnEmptyFileObserves) {
    auto const policy = policy::parse("", "policy.toml");

    ASSERT_TRUE(policy);
    EXPECT_EQ(policy->mode, Mode::observe);
    EXPECT_TRUE(policy->remedies.empty());
    EXPECT_TRUE(policy->remediable.empty());
    EXPECT_EQ(policy::observe_only().mode, Mode::observe);
    EXPECT_TRUE(policy::observe_only().remedies.empty());
}

TEST(PolicyTest, ServicePatternsAlsoMatchWithTheirType) {
    policy::SubjectPattern const exact{SubjectKind::service, "patient"};
    policy::SubjectPattern const prefix{SubjectKind::container, "web-*"};
    policy::SubjectPattern const all{SubjectKind::service, "*"};

    EXPECT_TRUE(exact.matches(SubjectKind::service, "patient"));
    EXPECT_TRUE(exact.matches(SubjectKind::service, "patient.service"));
    EXPECT_FALSE(exact.matches(SubjectKind::service, "patient.timer"));
    EXPECT_FALSE(exact.matches(SubjectKind::service, "patient2.service"));
    EXPECT_FALSE(exact.matches(SubjectKind::container, "patient"));
    EXPECT_TRUE(prefix.matches(SubjectKind::container, "web-1"));
    EXPECT_FALSE(prefix.matches(SubjectKind::container, "my-web-1"));
    EXPECT_TRUE(all.matches(SubjectKind::service, "x.service"));
    EXPECT_FALSE(all.matches(SubjectKind::container, "x"));
}

TEST(PolicyTest, AMistakeIsAnsweredWithFileLineAndWhatWasMeant) {
    EXPECT_EQ(refusal("mode = \"auto\"\nremedis = []\n"),
              "policy.toml:2: unknown key 'remedis'; did you mean 'remedies'?");
    EXPECT_EQ(refusal("[limits]\ncoldown = \"1m\"\n"),
              "policy.toml:2: unknown key 'coldown'; did you mean 'cooldown'?");
    EXPECT_EQ(refusal("managers = [\"sytemd\"]\n"),
              "policy.toml:1: unknown manager 'sytemd'; did you mean 'systemd'?");
}

TEST(PolicyTest, RefusesWhatItCannotMean) {
    struct Case {
        char const* text;
        char const* says;
    };
    for (auto const& [text, says] : std::vector<Case>{
             {"mode = \"automatic\"", "'mode' is observe, ask or auto"},
             {"mode = true", "must be a text"},
             {"remedies = \"*\"", "a list of texts"},
             {"remedies = [\"a b\"]", "not the name of a remedy"},
             {"remediable = [\"nginx\"]", "not a pattern of subjects"},
             {"remediable = [\"service/\"]", "not a pattern of subjects"},
             {"remediable = [\"service/a*b\"]", "not a pattern of subjects"},
             {"remediable = [\"host/nexus\"]", "not a pattern of subjects"},
             {"protected = [\"thing/x\"]", "not a pattern of subjects"},
             {"docker_socket = \"docker.sock\"", "must be absolute"},
             {"[jobs]\nbackup = \"x\"", "write [jobs.backup]"},
             {"[jobs.backup]", "'argv' is missing"},
             {"[jobs.backup]\nargv = []", "'argv' is missing or empty"},
             {"[jobs.backup]\nargv = [\"backup\"]", "absolute path"},
             {"[jobs.backup]\nargv = [\"/b\"]\ntimeout = \"0s\"", "'timeout' is zero"},
             {"[jobs.\"../x\"]\nargv = [\"/b\"]", "is not a name"},
             {"[scripts.p]\nstart = [\"/p\"]\nstop = [\"/p\"]", "'status' is missing"},
             {"[offers.x]", "'remedy' is missing"},
             {"[offers.x]\nremedy = \"r\"\nparams = { unit = [] }", "allows no value"},
             {"[limits]\nfixes_per_hour = -1", "must be 0 to 1000000"},
             {"[limits]\ncooldown = 5", "a duration in quotes"},
             {"mode = ", "policy.toml:1: "},
         })
        EXPECT_NE(refusal(text).find(says), std::string::npos) << text << ": " << refusal(text);
}
