// A program's several grammars: which of them judges a line, and that none lends another its
// options.
#include <gtest/gtest.h>

#include "common/command/classify.hpp"

namespace command {
namespace {

using domain::Risk;

Risk risk_of(std::string_view line) { return classify(line).risk; }

TEST(Forms, The_meaning_of_operands_hangs_on_the_options) {
    EXPECT_EQ(risk_of("grep x /var/log/syslog"), Risk::readonly);
    EXPECT_EQ(risk_of("grep /etc/shadow /var/log/syslog"), Risk::readonly);  // a pattern
    EXPECT_EQ(risk_of("grep -e x /etc/shadow"), Risk::forbidden);            // now it is a file
    EXPECT_EQ(risk_of("grep -e x -e y /var/log/syslog"), Risk::readonly);
    EXPECT_EQ(risk_of("grep -r x /var/log"), Risk::readonly);
    EXPECT_EQ(risk_of("grep -r x /etc/systemd"), Risk::forbidden);  // not a folder of logs
}

TEST(Forms, The_class_is_that_of_the_form_that_fits) {
    EXPECT_EQ(risk_of("journalctl -u nginx"), Risk::readonly);
    EXPECT_EQ(risk_of("journalctl --rotate --vacuum-time=7d"), Risk::reversible);
    EXPECT_EQ(risk_of("logrotate -d /etc/logrotate.conf"), Risk::readonly);
    EXPECT_EQ(risk_of("logrotate /etc/logrotate.conf"), Risk::reversible);
    EXPECT_EQ(risk_of("logrotate -f /etc/logrotate.conf"), Risk::risky);
    EXPECT_EQ(risk_of("systemctl show nginx -p MainPID"), Risk::readonly);
    EXPECT_EQ(risk_of("systemctl show nginx"), Risk::risky);
}

TEST(Forms, No_form_lends_its_options_to_another) {
    EXPECT_EQ(risk_of("logrotate -d -f /etc/logrotate.conf"), Risk::forbidden);
    EXPECT_EQ(risk_of("apt-get -s install nginx"), Risk::readonly);
    EXPECT_EQ(risk_of("apt-get install nginx"), Risk::risky);
    EXPECT_EQ(risk_of("smartctl -X -t short /dev/sda"), Risk::forbidden);
    EXPECT_EQ(risk_of("mount -a /mnt/nas"), Risk::forbidden);
}

TEST(Forms, A_program_asked_for_its_version_does_nothing_else) {
    auto const asked = classify("umount --version");
    EXPECT_EQ(asked.risk, Risk::readonly);
    EXPECT_EQ(asked.lane, Lane::read);
    EXPECT_EQ(risk_of("umount --version /mnt/nas"), Risk::risky);
    EXPECT_EQ(risk_of("reboot --help"), Risk::forbidden);  // not in the catalogue at all
}

TEST(Forms, Alike_names_of_one_subcommand_have_the_same_forms) {
    EXPECT_EQ(risk_of("apt full-upgrade -s"), Risk::readonly);
    EXPECT_EQ(risk_of("apt dist-upgrade -s"), Risk::readonly);
    EXPECT_EQ(risk_of("apt autoremove -s"), Risk::readonly);
    EXPECT_EQ(risk_of("apt auto-remove -y"), Risk::risky);
    EXPECT_EQ(risk_of("apt dist-upgrade"), Risk::risky);
    EXPECT_EQ(risk_of("apt remove nginx"), Risk::forbidden);
}

}  // namespace
}  // namespace command
