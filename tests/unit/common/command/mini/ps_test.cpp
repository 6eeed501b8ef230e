#include "common/command/mini/ps.hpp"

#include "tests/unit/common/command/mini/table.hpp"

namespace command {
namespace {

Verdict ps(std::string_view text) { return check_ps(words(text)); }

TEST(Ps, Takes_both_grammars_and_their_mixture) {
    expect_allowed(ps, {
                           "",
                           "aux",
                           "-ef",
                           "-aux",
                           "auxww --sort=-%mem",
                           "-eo pid,ppid,stat,etime,rss,comm --sort=-rss",
                           "axo pid,comm",
                           "ax k -rss",
                           "-p 1,2 -o pid= -o args=",
                           "-C nginx -o pid,cmd",
                           "-fu postgres",
                           "-u root -o pid,cmd",
                           "-e --forest",
                           "--ppid 2 -f",
                           "1234",
                           "-T -p 1234",
                           "-ejH",
                       });
}

TEST(Ps, Refuses_what_shows_an_environment_in_any_reading) {
    expect_refused(ps, {
                           "e",
                           "e -ef",
                           "-ef e",
                           "auxe",
                           "eww",
                           "aux e",
                           // no user x: read again as BSD's letters
                           "-auxe",
                           "-axe",
                           "-e -x",
                           "-e -u x",
                           "-ef -g s",
                           "-o environ",
                           "-eo pid,env",
                           "--format=environ",
                       });
}

TEST(Ps, Refuses_what_it_does_not_know) {
    expect_refused(ps, {
                           "--so=pid",
                           "--sort",
                           "-o",
                           "-o pid;id",
                           "-p x",
                           "--output=/etc/x",
                           "-D",
                       });
}

}  // namespace
}  // namespace command
