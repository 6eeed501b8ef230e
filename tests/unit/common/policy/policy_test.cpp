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
TEST(PolicyTest, ReadsWhoMayDoWhatAndWhen) {
    auto const read = policy::parse(R"(
approval = "web"
quiet_hours = ["22:30-06:00", "12:00-24:00"]
[classes]
claude = "readonly"
lease = "risky"
)",
                                    "policy.toml");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->approval, policy::ApprovalRule::web);
    EXPECT_EQ(read->classes.of(policy::Source::claude), domain::Risk::readonly);
    EXPECT_EQ(read->classes.of(policy::Source::lease), domain::Risk::risky);
    EXPECT_EQ(read->classes.of(policy::Source::coordinator), domain::Risk::risky);
    EXPECT_EQ(read->classes.of(policy::Source::home_assistant), domain::Risk::reversible);
    ASSERT_EQ(read->quiet_hours.size(), 2u);
    EXPECT_TRUE(read->quiet_hours[0].holds(0));
    EXPECT_FALSE(read->quiet_hours[0].holds(6 * 60));
    EXPECT_TRUE(read->quiet_hours[1].holds(23 * 60 + 59));
}

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
             {"approval = \"nobody\"", "'approval' is approver, web or coordinator"},
             {"[classes]\nclaud = \"risky\"", "did you mean 'claude'"},
             {"[classes]\nclaude = \"forbidden\"", "is readonly, reversible or risky"},
             {"classes = 3", "write [classes]"},
             {"quiet_hours = [\"22-6\"]", "are no hours"},
             {"quiet_hours = [\"22:00-25:00\"]", "are no hours"},
             {"quiet_hours = [\"22:00-22:00\"]", "are no hours"},
             {"mode = ", "policy.toml:1: "},
         })
        EXPECT_NE(refusal(text).find(says), std::string::npos) << text << ": " << refusal(text);
}
