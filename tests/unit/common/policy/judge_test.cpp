#include "common/policy/judge.hpp"

#include <gtest/gtest.h>

using domain::ResultCode;
using domain::Risk;
using domain::SubjectKind;
using policy::Authority;
using policy::Judgement;
using policy::Mode;
using policy::Policy;

namespace {

domain::Remedy restart() {
    domain::Remedy remedy;
    remedy.name = "restart_service";
    remedy.params = {{"unit", domain::ParamType::unit, {"service"}, std::nullopt}};
    remedy.steps = {{"service.restart", {{"unit", "{unit}"}}, base::Duration{1000}}};
    remedy.check = domain::Check{{"service.state", {{"unit", "{unit}"}, {"is", "active"}}, {}}, {},
                                 {}};
    return remedy;
}

Policy healing() {
    Policy policy;
    policy.mode = Mode::automatic;
    policy.remedies = {"restart_service"};
    policy.remediable = {{SubjectKind::service, "nginx"}};
    return policy;
}

Judgement judge(domain::Remedy const& remedy, Policy const& policy,
                policy::Asking const& asking = Authority::order,
                std::string const& unit = "nginx.service") {
    return policy::judge_remedy(remedy, {{"unit", unit}}, asking, policy);
}

policy::Asking approved(Authority authority = Authority::order) {
    policy::Asking asking{authority};
    asking.approved = true;
    return asking;
}

policy::Asking at_minute(Authority authority, int minute) {
    policy::Asking asking{authority};
    asking.minute = minute;
    return asking;
}

void expect_denied(Judgement const& judgement, std::string const& rule,
                   ResultCode code = ResultCode::not_allowed) {
    EXPECT_FALSE(judgement.allowed) << judgement.rule;
    EXPECT_EQ(judgement.rule, rule);
    EXPECT_EQ(judgement.code, code);
    EXPECT_FALSE(judgement.reason.empty());
}

}  // namespace

TEST(JudgeTest, AllowsWhatTheOwnerNamed) {
    auto const judgement = judge(restart(), healing());

    EXPECT_TRUE(judgement.allowed) << judgement.reason;
    EXPECT_EQ(judgement.code, ResultCode::ok);
}

TEST(JudgeTest, TheEmptyPolicyChangesNothing) {
    auto silent = policy::observe_only();
    expect_denied(judge(restart(), silent), "mode_observe", ResultCode::observe_only);

    silent.mode = Mode::automatic;
    expect_denied(judge(restart(), silent), "remedy_not_named");
}

TEST(JudgeTest, ObserveIsACeilingForEveryAuthority) {
    auto observing = healing();
    observing.mode = Mode::observe;

    for (auto const authority :
         {Authority::order, Authority::offer, Authority::lease, Authority::person})
        expect_denied(judge(restart(), observing, authority), "mode_observe",
                      ResultCode::observe_only);
}

TEST(JudgeTest, AskLetsOnlyWhatAnApproverSignedAndOffersChangeSomething) {
    auto asking = healing();
    asking.mode = Mode::ask;
    asking.offers["web"] = {"Web", "restart_service", {{"unit", {"nginx.service"}}}};

    expect_denied(judge(restart(), asking, Authority::order), "mode_ask");
    expect_denied(judge(restart(), asking, Authority::lease), "mode_ask");
    expect_denied(judge(restart(), asking, Authority::person), "mode_ask");
    EXPECT_TRUE(judge(restart(), asking, approved()).allowed);
    EXPECT_TRUE(judge(restart(), asking, Authority::offer).allowed);

    asking.approval = policy::ApprovalRule::coordinator;
    EXPECT_TRUE(judge(restart(), asking, Authority::person).allowed);
    expect_denied(judge(restart(), asking, Authority::order), "mode_ask");
}

TEST(JudgeTest, RemediesAreAllowedByNameOrAllTogether) {
    auto other = healing();
    other.remedies = {"restart_servic", "restart_services"};
    expect_denied(judge(restart(), other), "remedy_not_named");

    other.remedies = {"*"};
    EXPECT_TRUE(judge(restart(), other).allowed);
}

TEST(JudgeTest, SubjectsMustBeRemediable) {
    expect_denied(judge(restart(), healing(), Authority::order, "apache2.service"),
                  "subject_not_remediable");
    expect_denied(judge(restart(), healing(), Authority::person, "nginx.timer"),
                  "subject_not_remediable");
}

TEST(JudgeTest, ProtectedSubjectsStayUntouchedWhateverIsRemediable) {
    auto wide = healing();
    wide.remedies = {"*"};
    wide.remediable = {{SubjectKind::service, "*"}};
    wide.protected_subjects = {{SubjectKind::service, "nginx"}};

    for (auto const* unit :
         {"tomte-agent.service", "tomte-hand-fix.socket", "tomte-coordinator.service",
          "mosquitto.service", "ssh.service", "ssh.socket", "sshd.service", "ssh@1.service",
          "NetworkManager.service", "systemd-networkd.service", "networking.service",
          "docker.service", "docker.socket", "containerd.service", "dbus.service",
          "dbus-broker.service", "reboot.target", "multi-user.target", "home.mount", "user.slice",
          "swapfile.swap", "init.scope", "nginx.service"})
        expect_denied(judge(restart(), wide, Authority::order, unit), "subject_protected");
    EXPECT_TRUE(judge(restart(), wide, Authority::order, "sshguard.service").allowed);
    EXPECT_TRUE(judge(restart(), wide, Authority::order, "docker-registry.service").allowed);
    EXPECT_TRUE(judge(restart(), wide, Authority::order, "wg-quick@wg0.service").allowed);
}

TEST(JudgeTest, ProtectsContainersAndAppsOfOurOwn) {
    EXPECT_TRUE(policy::is_protected(SubjectKind::container, "mosquitto", healing()));
    EXPECT_TRUE(policy::is_protected(SubjectKind::container, "tomte-coordinator", healing()));
    EXPECT_TRUE(policy::is_protected(SubjectKind::addon, "core_mosquitto", healing()));
    EXPECT_TRUE(policy::is_protected(SubjectKind::addon, "a0d7b954_tomte", healing()));
    EXPECT_FALSE(policy::is_protected(SubjectKind::container, "caddy", healing()));
    EXPECT_FALSE(policy::is_protected(SubjectKind::addon, "core_zwave", healing()));
    EXPECT_FALSE(policy::is_protected(SubjectKind::mount, "/", healing()));
}

// The class is the worst of everything that may run, not what the remedy says of itself.
TEST(JudgeTest, TheClassIsTheWorstStepsOrWorse) {
    auto pretending = restart();
    pretending.risk = Risk::readonly;
    expect_denied(judge(pretending, policy::observe_only()), "mode_observe",
                  ResultCode::observe_only);

    auto hidden = restart();
    hidden.steps.clear();
    hidden.risk = Risk::readonly;
    hidden.undo = {{"service.stop", {{"unit", "{unit}"}}, {}}};
    expect_denied(judge(hidden, policy::observe_only()), "mode_observe", ResultCode::observe_only);
    expect_denied(judge(hidden, healing(), Authority::order, "apache2.service"),
                  "subject_not_remediable");

    auto in_front = restart();
    in_front.preconditions = {{"service.stop", {{"unit", "sshd.service"}}, {}}};
    expect_denied(judge(in_front, healing()), "subject_protected");

    auto risky = restart();
    risky.risk = Risk::risky;
    expect_denied(judge(risky, healing()), "class_risky");
    expect_denied(judge(risky, healing(), Authority::person), "class_risky");
    risky.risk = Risk::forbidden;
    expect_denied(judge(risky, healing()), "class_forbidden");
}

TEST(JudgeTest, RiskyNeedsASignatureAndItsNameInThePolicy) {
    auto risky = restart();
    risky.risk = Risk::risky;
    auto policy = healing();
    expect_denied(judge(risky, policy), "class_risky");
    EXPECT_TRUE(judge(risky, policy, approved()).allowed);
    policy.remedies = {"*"};
    expect_denied(judge(risky, policy, approved()), "remedy_not_named");
    policy = healing();
    policy.approval = policy::ApprovalRule::coordinator;
    EXPECT_TRUE(judge(risky, policy).allowed);
}

TEST(JudgeTest, EachSourceHasItsOwnCeilingThatNoSignatureLifts) {
    auto policy = healing();
    auto& claude = policy.classes.worst[static_cast<std::size_t>(policy::Source::claude)];
    claude = Risk::readonly;
    policy::Asking asking{policy::Source::claude};
    asking.approved = true;
    expect_denied(judge(restart(), policy, asking), "class_of_source");
    EXPECT_TRUE(judge(restart(), policy).allowed) << "another source";
    claude = Risk::reversible;
    EXPECT_TRUE(judge(restart(), policy, asking).allowed);
    auto risky = restart();
    risky.risk = Risk::risky;
    expect_denied(judge(risky, policy, asking), "class_of_source");
}

TEST(JudgeTest, WhatTheHostDoesAloneIsRiskyOnlyIfItsOwnerLeasedIt) {
    auto risky = restart();
    risky.risk = Risk::risky;
    auto policy = healing();
    expect_denied(judge(risky, policy, Authority::lease), "class_of_source");
    policy.classes.worst[static_cast<std::size_t>(policy::Source::lease)] = Risk::risky;
    EXPECT_TRUE(judge(risky, policy, Authority::lease).allowed);
}

TEST(JudgeTest, InQuietHoursOnlyPersonsChangeSomething) {
    auto policy = healing();
    policy.quiet_hours = {{22 * 60, 6 * 60}, {12 * 60, 13 * 60}};
    for (int const minute : {22 * 60, 23 * 60 + 59, 0, 6 * 60 - 1, 12 * 60}) {
        expect_denied(judge(restart(), policy, at_minute(Authority::order, minute)), "quiet_hours",
                      ResultCode::quiet_hours);
        expect_denied(judge(restart(), policy, at_minute(Authority::lease, minute)), "quiet_hours",
                      ResultCode::quiet_hours);
        EXPECT_TRUE(judge(restart(), policy, at_minute(Authority::person, minute)).allowed);
    }
    for (int const minute : {6 * 60, 11 * 60 + 59, 13 * 60, 22 * 60 - 1})
        EXPECT_TRUE(judge(restart(), policy, at_minute(Authority::order, minute)).allowed)
            << minute;
}

TEST(JudgeTest, AProtectedSubjectIsTouchedOnlyByANamedRiskyRemedyThatAnApproverSigned) {
    auto policy = healing();
    policy.remediable = {{SubjectKind::service, "*"}};
    expect_denied(judge(restart(), policy, approved(), "ssh.service"), "subject_protected");
    auto risky = restart();
    risky.risk = Risk::risky;
    EXPECT_TRUE(judge(risky, policy, approved(), "ssh.service").allowed);
    for (auto const* unit : {"tomte-hand.service", "multi-user.target", "home.mount"})
        expect_denied(judge(risky, policy, approved(), unit), "subject_protected");
    policy.protected_subjects = {{SubjectKind::service, "ssh"}};
    expect_denied(judge(risky, policy, approved(), "ssh.service"), "subject_protected");
    policy.protected_subjects.clear();
    policy.approval = policy::ApprovalRule::coordinator;
    expect_denied(judge(risky, policy, Authority::order, "ssh.service"), "subject_protected");
}

TEST(JudgeTest, AHostThatObservesSaysWhatItWouldHaveDone) {
    auto observing = healing();
    observing.mode = Mode::observe;
    auto const would = judge(restart(), observing);
    EXPECT_NE(would.reason.find("would have run restart_service unit=nginx.service"),
              std::string::npos)
        << would.reason;
    auto const would_not = judge(restart(), observing, Authority::order, "apache2.service");
    EXPECT_NE(would_not.reason.find("subject_not_remediable"), std::string::npos)
        << would_not.reason;
}

TEST(JudgeTest, TheSourceIsTheActorsFirstWord) {
    EXPECT_EQ(policy::source_of("operator:admin"), policy::Source::person);
    EXPECT_EQ(policy::source_of("claude"), policy::Source::claude);
    EXPECT_EQ(policy::source_of("home_assistant:press"), policy::Source::home_assistant);
    for (auto const* actor : {"coordinator", "", "somebody", "lease", "Operator:x"})
        EXPECT_EQ(policy::source_of(actor), policy::Source::coordinator) << actor;
}

TEST(JudgeTest, QuestionsPassInEveryMode) {
    auto asking = restart();
    asking.steps = {{"service.state", {{"unit", "{unit}"}}, {}}};
    asking.risk = Risk::readonly;

    EXPECT_TRUE(judge(asking, policy::observe_only()).allowed);
}

TEST(JudgeTest, RefusesUnknownVerbsAndBadArguments) {
    auto unknown = restart();
    unknown.steps[0].verb = "sh.run";
    expect_denied(judge(unknown, healing()), "unknown_verb", ResultCode::unsupported);
    expect_denied(judge(restart(), healing(), Authority::order, "nginx"), "arguments",
                  ResultCode::bad_arguments);
    expect_denied(policy::judge_remedy(restart(), {}, Authority::order, healing()), "arguments",
                  ResultCode::bad_arguments);
    auto broken = restart();
    broken.steps[0].args["unit"] = "{other}";
    expect_denied(judge(broken, healing()), "arguments", ResultCode::bad_arguments);
}

TEST(JudgeTest, OffersAllowExactlyTheirEnumeratedParameters) {
    auto offering = healing();
    offering.remedies.clear();
    offering.remediable = {{SubjectKind::service, "*"}};
    expect_denied(judge(restart(), offering, Authority::offer), "not_offered");

    offering.offers["web"] = {"Web", "restart_service", {{"unit", {"nginx.service"}}}};
    EXPECT_TRUE(judge(restart(), offering, Authority::offer).allowed);
    expect_denied(judge(restart(), offering, Authority::offer, "apache2.service"), "not_offered");
    expect_denied(judge(restart(), offering, Authority::order), "remedy_not_named");
    auto other = restart();
    other.name = "stop_service";
    expect_denied(judge(other, offering, Authority::offer), "not_offered");
}

TEST(JudgeTest, JobsRunOnlyIfTheOwnerRegisteredThem) {
    domain::Remedy run;
    run.name = "run_job";
    run.params = {{"job", domain::ParamType::job, {}, std::nullopt}};
    run.steps = {{"job.run", {{"job", "{job}"}}, {}}};
    auto policy = healing();
    policy.remedies = {"run_job"};
    policy.jobs["backup"] = {{"/usr/local/bin/backup"}, "", base::Duration{1000}};

    EXPECT_TRUE(policy::judge_remedy(run, {{"job", "backup"}}, Authority::order, policy).allowed);
    expect_denied(policy::judge_remedy(run, {{"job", "node"}}, Authority::order, policy),
                  "job_not_registered");
}

TEST(JudgeTest, BoundedStepsOnTheHostNeedOnlyTheRemedysName) {
    domain::Remedy free;
    free.name = "free_disk";
    free.steps = {{"journal.vacuum", {{"keep", "7d"}}, {}}};
    auto policy = healing();

    expect_denied(policy::judge_remedy(free, {}, Authority::order, policy), "remedy_not_named");
    policy.remedies = {"free_disk"};
    EXPECT_TRUE(policy::judge_remedy(free, {}, Authority::order, policy).allowed);
}

TEST(JudgeTest, ReadingLinesPassInEveryModeAndForbiddenOnesInNone) {
    EXPECT_TRUE(policy::judge_line(command::classify("uptime"), Authority::order,
                                   policy::observe_only())
                    .allowed);
    expect_denied(policy::judge_line(command::classify("reboot"), Authority::person, healing()),
                  "program.unknown");
}

TEST(JudgeTest, ALineThatChangesSomethingNeedsTheModeAndEverySubjectItNames) {
    command::Classified line{Risk::reversible, command::Lane::fix, "x", "x", {}, {}};
    expect_denied(policy::judge_line(line, Authority::order, policy::observe_only()),
                  "mode_observe", ResultCode::observe_only);
    EXPECT_TRUE(policy::judge_line(line, Authority::order, healing()).allowed);
    auto const with = [&](command::OperandType type, std::optional<domain::SubjectKind> kind,
                          std::string name) {
        auto changed = line;
        changed.changes = {{type, kind, std::move(name)}};
        return changed;
    };
    auto policy = healing();
    policy.remediable = {{domain::SubjectKind::service, "nginx"},
                         {domain::SubjectKind::host, "vmid/10*"}};
    auto const service = domain::SubjectKind::service;
    using enum command::OperandType;
    EXPECT_TRUE(
        policy::judge_line(with(unit_, service, "nginx"), Authority::order, policy).allowed);
    expect_denied(policy::judge_line(with(unit_, service, "caddy"), Authority::order, policy),
                  "subject_not_remediable");
    EXPECT_TRUE(policy::judge_line(with(vmid_, {}, "101"), Authority::order, policy).allowed);
    expect_denied(policy::judge_line(with(vmid_, {}, "201"), Authority::order, policy),
                  "subject_not_remediable");
    policy.protected_subjects = {{service, "nginx"}};
    expect_denied(policy::judge_line(with(unit_, service, "nginx"), Authority::order, policy),
                  "subject_protected");
    line.risk = Risk::risky;
    expect_denied(policy::judge_line(line, Authority::order, healing()), "class_risky");
}
