#include "common/command/classify.hpp"

#include <gtest/gtest.h>

#include "common/command/names.hpp"

using command::classify;
using command::Lane;
using domain::Risk;

namespace {

std::string rule_of(std::string_view line) { return classify(line).rule; }

}  // namespace

TEST(ClassifyTest, ListedLinesReadWithAPinnedProgram) {
    struct Case {
        char const* line;
        std::vector<std::string> argv;
        char const* rule;
        Lane lane;
    };
    for (auto const& [line, argv, rule, lane] : std::vector<Case>{
             {"true", {"/usr/bin/true"}, "exact.true", Lane::read},
             {"uptime", {"/usr/bin/uptime"}, "exact.uptime", Lane::read},
             {"df -h", {"/usr/bin/df", "-h"}, "exact.df", Lane::read},
             {"  free   -m ", {"/usr/bin/free", "-m"}, "exact.free", Lane::read},
             {"systemctl status nginx",
              {"/usr/bin/systemctl", "status", "nginx.service"},
              "systemctl.status",
              Lane::read},
             {"systemctl is-active wg-quick@wg0.service",
              {"/usr/bin/systemctl", "is-active", "wg-quick@wg0.service"},
              "systemctl.is_active",
              Lane::read},
             {"journalctl -u nginx.service -n 1000",
              {"/usr/bin/journalctl", "-u", "nginx.service", "-n", "1000"},
              "journalctl.unit",
              Lane::read},
             {"docker logs --tail 50 caddy",
              {"/usr/bin/docker", "logs", "--tail", "50", "caddy"},
              "docker.logs",
              Lane::fix},
         }) {
        auto const classified = classify(line);
        EXPECT_EQ(classified.risk, Risk::readonly) << line;
        EXPECT_EQ(classified.argv, (std::vector<std::vector<std::string>>{argv})) << line;
        EXPECT_EQ(classified.rule, rule) << line;
        EXPECT_EQ(classified.lane, lane) << line;
    }
}

// Each is a way in which a checker that looks for patterns was once passed.
TEST(ClassifyTest, EverythingElseIsForbiddenAndGivesNoArgv) {
    for (auto const* line :
         {"reboot", "rm -rf /", "sh -c true", "/bin/true", "/usr/bin/true", "./true",
          "true;reboot", "true ; reboot", "true && reboot", "true | sh", "true & reboot",
          "true > /etc/passwd", "$(true)", "`true`", "'true'", "\"true\"", "tr\\ue", "true #",
          "true true", "sudo true", "env true", "nice true", "timeout 1 true", "FOO=1 true",
          "busybox true", "df -h /", "df -", "df --output=x", "free -s 1", "uptime -p",
          "true --help", "date -s 12:00", "hostname x", "uname -r", "systemctl restart nginx",
          "systemctl status", "systemctl status a b", "systemctl status -H root@x",
          "systemctl status --root=/x", "systemctl status ../x", "systemctl status *",
          "systemctl status nginx;reboot", "systemctl edit nginx", "journalctl",
          "journalctl -u nginx", "journalctl -u nginx -n 0", "journalctl -u nginx -n 1001",
          "journalctl -u nginx -n all", "journalctl -u nginx -n -1", "journalctl -n 10 -u nginx",
          "journalctl --file=/etc/shadow", "journalctl -u nginx -f -n 5", "docker exec caddy sh",
          "docker logs caddy", "docker logs --tail 5 -f", "docker -H tcp://x ps",
          "docker run alpine", "podman logs --tail 5 ../x", "TRUE", "True"}) {
        auto const classified = classify(line);
        EXPECT_EQ(classified.risk, Risk::forbidden) << line;
        EXPECT_TRUE(classified.argv.empty()) << line;
        EXPECT_EQ(classified.lane, Lane::read) << line;
        EXPECT_FALSE(classified.reason.empty()) << line;
    }
}

TEST(ClassifyTest, BytesThatAreNotPrintableAsciiAreRefusedNotNormalised) {
    for (std::string const line : {"true\n", "\ttrue", "true\r", "tru\xc3\xa9", "true\xc2\xa0",
                                   "\x1b[0mtrue", "true\x7f", "\xe2\x80\x8btrue"})
        EXPECT_EQ(rule_of(line), "bytes.control") << line;
    EXPECT_EQ(rule_of(std::string_view{"true\0x", 6}), "bytes.control");
    EXPECT_EQ(rule_of(""), "bytes.empty");
    EXPECT_EQ(rule_of("   "), "bytes.empty");
    EXPECT_EQ(rule_of("true" + std::string(4092, ' ')), "exact.true");
    EXPECT_EQ(rule_of("true" + std::string(4093, ' ')), "bytes.length");
}

TEST(ClassifyTest, SaysWhatWouldHaveBeenAllowed) {
    EXPECT_EQ(rule_of("df -x"), "unknown_form");
    EXPECT_NE(classify("df -x").reason.find("'df -h'"), std::string::npos);
    EXPECT_EQ(rule_of("uptiem"), "unknown_program");
    EXPECT_NE(classify("uptiem").reason.find("did you mean 'uptime'?"), std::string::npos);
}

TEST(NamesTest, AUnitNeedsATypeAndNoPath) {
    EXPECT_TRUE(command::is_unit_name("a.service"));
    EXPECT_TRUE(command::has_unit_type("a.automount"));
    EXPECT_FALSE(command::has_unit_type(".service"));
    EXPECT_FALSE(command::has_unit_type("php8.2"));
    EXPECT_FALSE(command::is_unit_name("-a.service"));
    EXPECT_FALSE(command::is_unit_name("a/b.service"));
}
