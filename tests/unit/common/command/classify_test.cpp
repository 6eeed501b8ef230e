#include "common/command/classify.hpp"

#include <gtest/gtest.h>

#include "common/command/names.hpp"
#include "common/command/protected.hpp"

using command::classify;
using command::Lane;
using domain::Risk;

namespace {

using Argv = std::vector<std::vector<std::string>>;

std::string rule_of(std::string_view line) { return classify(line).rule; }

}  // namespace

TEST(ClassifyTest, ReadingLinesGiveTheWordsAShellWouldHandOver) {
    struct Case {
        char const* line;
        Argv argv;
        char const* rule;
    };
    for (auto const& [line, argv, rule] : std::vector<Case>{
             {"true", {{"true"}}, "true"},
             {"  free   -m ", {{"free", "-m"}}, "free"},
             {"df -h \"/\" '/home'", {{"df", "-h", "/", "/home"}}, "df"},
             {"df /a\\ b", {{"df", "/a b"}}, "df"},
             {"df \"/a\\\"b\\$c d\"", {{"df", "/a\"b$c d"}}, "df"},
             {"df '/'ho\"me\"", {{"df", "/home"}}, "df"},
             {"/usr/bin/df -h&&true||uptime;free",
              {{"/usr/bin/df", "-h"}, {"true"}, {"uptime"}, {"free"}},
              "df"},
             {"sudo df -h", {{"df", "-h"}}, "df"},
         }) {
        auto const classified = classify(line);
        EXPECT_EQ(classified.risk, Risk::readonly) << line << ": " << classified.reason;
        EXPECT_EQ(classified.argv(), argv) << line;
        EXPECT_EQ(classified.rule, rule) << line;
    }
}

// Each is a way in which a checker that looks for patterns was once passed.
TEST(ClassifyTest, WhatAShellWouldDoWithALineIsRefusedNotIgnored) {
    for (auto const& [line, rule] : std::vector<std::pair<char const*, char const*>>{
             {"true;reboot", "program.unknown"},
             {"true&reboot", "grammar.background"},
             {"true & ", "grammar.background"},
             {"true |& true", "grammar.operator"},
             {"true ;; true", "grammar.operator"},
             {"true ;", "grammar.empty"},
             {"; true", "grammar.empty"},
             {"true > /etc/passwd", "grammar.redirection"},
             {"true >/dev/nullx", "grammar.redirection"},
             {"true >/dev/null/../sda", "grammar.redirection"},
             {"true >>/dev/null", "grammar.redirection"},
             {"true >|/dev/null", "grammar.redirection"},
             {"true 3>/dev/null", "grammar.redirection"},
             {"true 2>&11", "grammar.redirection"},
             {"true 2>&1</dev/null", "grammar.redirection"},
             {"true <<x", "grammar.redirection"},
             {"true <(true)", "grammar.redirection"},
             {">/dev/null true", "grammar.redirection"},
             {"true &>/dev/null", "grammar.background"},
             {"$(true)", "grammar.character"},
             {"`true`", "grammar.character"},
             {"df \"$(true)\"", "grammar.expansion"},
             {"df \"`true`\"", "grammar.expansion"},
             {"df \"$HOME\"", "grammar.expansion"},
             {"echo \"$\"\"(reboot)\"", "grammar.expansion"},
             {"echo x '>>' /etc/passwd", "operand.type"},
             {"echo '$(reboot)'", "operand.type"},
             {"df $HOME", "grammar.character"},
             {"df ~", "grammar.character"},
             {"df {/,/home}", "grammar.character"},
             {"true # x", "grammar.character"},
             {"! true", "grammar.character"},
             {"(true)", "grammar.character"},
             {"df 'x", "grammar.quote"},
             {"df \"x", "grammar.quote"},
             {"df \\", "grammar.backslash"},
             {"'true'", "grammar.program_quoted"},
             {"\"true\"", "grammar.program_quoted"},
             {"tr''ue", "grammar.program_quoted"},
             {"/bin/tr?e", "grammar.program_quoted"},
             {"FOO=1 true", "grammar.assignment"},
             {"if true", "grammar.reserved"},
             {"time true", "grammar.reserved"},
             {"sudo", "grammar.sudo"},
             {"sudo -u root true", "grammar.sudo"},
             {"sudo -n -E true", "grammar.sudo"},
             {"sudo sudo true", "grammar.sudo"},
             {"sudo FOO=1 true", "grammar.assignment"},
             {"env true", "program.unknown"},
             {"./true", "program.path"},
             {"/tmp/true", "program.path"},
             {"/usr/bin/../bin/true", "program.path"},
             {"//usr/bin/true", "program.path"},
             {"True", "program.unknown"},
         })
        EXPECT_EQ(rule_of(line), rule) << line << ": " << classify(line).reason;
}

TEST(ClassifyTest, AForbiddenLineGivesNothingToRunAndWakesNobody) {
    auto const classified = classify("reboot");
    EXPECT_EQ(classified.risk, Risk::forbidden);
    EXPECT_TRUE(classified.pipelines.empty());
    EXPECT_EQ(classified.lane, Lane::read);
    EXPECT_NE(classify("uptiem").reason.find("did you mean 'uptime'?"), std::string::npos);
}

TEST(ClassifyTest, BytesThatAreNotPrintableAsciiAreRefusedNotNormalised) {
    for (std::string const line : {"true\n", "\ttrue", "true\r", "tru\xc3\xa9", "true\xc2\xa0",
                                   "\x1b[0mtrue", "true\x7f", "\xe2\x80\x8btrue"})
        EXPECT_EQ(rule_of(line), "bytes.control") << line;
    EXPECT_EQ(rule_of(std::string_view{"true\0x", 6}), "bytes.control");
    EXPECT_EQ(rule_of(""), "bytes.empty");
    EXPECT_EQ(rule_of("   "), "bytes.empty");
    EXPECT_EQ(rule_of("true" + std::string(4092, ' ')), "true");
    EXPECT_EQ(rule_of("true" + std::string(4093, ' ')), "bytes.length");
    EXPECT_EQ(rule_of("df /" + std::string(1024, 'a')), "grammar.word");
    std::string many{"df"};
    for (int i = 0; i < 64; ++i) many += " /";
    EXPECT_EQ(rule_of(many), "grammar.words");
    EXPECT_EQ(rule_of("true;true;true;true;true;true;true;true;true"), "grammar.commands");
}

TEST(ClassifyTest, StreamsGoWhereAShellWouldSendThem) {
    using command::Sink;
    auto const streams = [](char const* line) {
        auto const one = classify(line).pipelines.at(0).commands.at(0);
        return std::pair{one.out, one.error};
    };
    EXPECT_EQ(streams("df"), (std::pair{Sink::out, Sink::error}));
    EXPECT_EQ(streams("df 2>&1"), (std::pair{Sink::out, Sink::out}));
    EXPECT_EQ(streams("df 2>&1 >/dev/null"), (std::pair{Sink::nothing, Sink::out}));
    EXPECT_EQ(streams("df >/dev/null 2>&1"), (std::pair{Sink::nothing, Sink::nothing}));
    EXPECT_EQ(streams("df 2> /dev/null </dev/null"), (std::pair{Sink::out, Sink::nothing}));
    EXPECT_EQ(classify("df /x2>/dev/null").argv(), (Argv{{"df", "/x2"}}));
}

TEST(ProtectedTest, KnowsOurselvesTheWayInAndTheNetworkByAllTheirNames) {
    using domain::SubjectKind;
    for (auto const* unit : {"ssh", "sshd.service", "ssh.socket", "docker", "docker.service",
                             "containerd", "NetworkManager", "systemd-networkd", "dbus.service",
                             "mosquitto", "tomte-hand-fix.socket", "reboot.target", "home.mount",
                             "-.slice", "init.scope", "systemd-resolved"})
        EXPECT_TRUE(command::is_always_protected(SubjectKind::service, unit)) << unit;
    for (auto const* unit :
         {"nginx", "wg-quick@wg0", "caddy.service", "backup.timer", "docker-cleanup", "sshguard"})
        EXPECT_FALSE(command::is_always_protected(SubjectKind::service, unit)) << unit;
}

TEST(ProtectedTest, LetsAPersonStartAgainWhatMustRunButNeverWhatDoesHarmByStarting) {
    EXPECT_EQ(classify("systemctl start docker").risk, Risk::risky);
    EXPECT_EQ(classify("systemctl reload mosquitto").risk, Risk::risky);
    EXPECT_EQ(rule_of("systemctl restart docker"), "protected");
    EXPECT_EQ(rule_of("systemctl stop ssh.socket"), "protected");
    for (auto const* unit : {"rescue", "reboot.target", "debug-shell", "systemd-poweroff",
                             "emergency.service", "home.mount", "kexec", "user@0.service"})
        EXPECT_EQ(rule_of(std::string{"systemctl start "} + unit), "protected") << unit;
    EXPECT_EQ(classify("systemctl restart nginx").risk, Risk::reversible);
    EXPECT_EQ(rule_of("systemctl restart nginx ssh"), "protected");
}

TEST(NamesTest, AUnitNeedsATypeAndNoPath) {
    EXPECT_TRUE(command::is_unit_name("a.service"));
    EXPECT_TRUE(command::has_unit_type("a.automount"));
    EXPECT_FALSE(command::has_unit_type(".service"));
    EXPECT_FALSE(command::has_unit_type("php8.2"));
    EXPECT_FALSE(command::is_unit_name("-a.service"));
    EXPECT_FALSE(command::is_unit_name("a/b.service"));
}

// "--version" with a value is no question after the version.
TEST(ClassifyTest, AVersionThatIsAnOperandDoesNotMakeAChangeAQuestion) {
    EXPECT_EQ(classify("ha core update --version 1").risk, Risk::risky);
    EXPECT_EQ(classify("ha --version").risk, Risk::readonly);
}

TEST(ClassifyTest, SignsThatMeanNothingWhereTheyStandAreWords) {
    EXPECT_EQ(classify("find /etc ! -name x").argv(), (Argv{{"find", "/etc", "!", "-name", "x"}}));
    EXPECT_EQ(classify("git -C /opt/x diff --stat HEAD~1").argv(),
              (Argv{{"git", "-C", "/opt/x", "diff", "--stat", "HEAD~1"}}));
    for (auto const line :
         {"! uptime", "find /etc !-name x", "df ~", "df ~root", "df a=~", "df 'a'~"})
        EXPECT_EQ(rule_of(line), "grammar.character") << line;
}

TEST(ClassifyTest, AServicesScriptIsTheServiceProgram) {
    auto const line = classify("/etc/init.d/nginx reload");
    EXPECT_EQ(line.risk, Risk::reversible);
    EXPECT_EQ(line.argv(), (Argv{{"service", "nginx", "reload"}}));
    for (auto const bad : {"/etc/init.d/../x reload", "/etc/init.d/ssh stop", "/etc/init.d/nginx",
                           "/tmp/init.d/nginx reload", "/etc/init.d/nginx zap"})
        EXPECT_EQ(classify(bad).risk, Risk::forbidden) << bad;
}
