#include "common/command/mini/lsof.hpp"

#include "tests/unit/common/command/mini/table.hpp"

namespace command {
namespace {

Verdict lsof(std::string_view text) { return check_lsof(words(text)); }

TEST(Lsof, Takes_options_that_look_once) {
    expect_allowed(lsof, {
                             "",
                             "-i -P -n",
                             "-i :8080",
                             "-nPi",
                             "-iTCP -sTCP:LISTEN",
                             "-i4 -a -u root",
                             "-p 1234,5",
                             "-c mosquitto -t",
                             "+D /var/lib/mosquitto",
                             "+d /srv",
                             "+L1",
                             "+c 15",
                             "-u ^root -i tcp@127.0.0.1:22",
                             "/dev/ttyUSB0",
                             "-- /srv/a",
                         });
}

TEST(Lsof, Refuses_what_never_ends_and_other_files_of_its_own) {
    expect_refused(lsof, {
                             "-r",
                             "-r 1",
                             "+r 5",
                             "-nr1",
                             "-D b/etc/x",
                             "-k /tmp/x",
                             "-m /tmp/x",
                             "-A /tmp/x",
                             "-u",
                             "+D",
                             "-O",
                             "--version=x",
                             "-c $(id)",
                         });
}

TEST(Lsof, Claims_every_file_it_is_given) {
    auto const verdict = lsof("+D /srv -i /etc/x /dev/sda");
    ASSERT_EQ(verdict.claims.size(), 3U);
    EXPECT_EQ(verdict.claims[0], (Claim{"path_meta", "/srv"}));
    EXPECT_EQ(verdict.claims[1], (Claim{"path_meta", "/etc/x"}));
    EXPECT_EQ(verdict.claims[2], (Claim{"path_meta", "/dev/sda"}));
}

}  // namespace
}  // namespace command
