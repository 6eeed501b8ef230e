#include "common/command/mini/sed.hpp"

#include "tests/unit/common/command/mini/table.hpp"

namespace command {
namespace {

TEST(Sed, Takes_scripts_that_choose_and_rewrite_lines) {
    expect_allowed(check_sed, {
                                  "",
                                  "p",
                                  "/ERROR/p",
                                  "1,40p",
                                  "10,$p",
                                  "$!d",
                                  "$ p",
                                  "5q",
                                  "2,4!d",
                                  "/a/,/b/p",
                                  "/a/,+3p",
                                  "0,/x/ p",
                                  "1~2d",
                                  "\\%/etc/%p",
                                  "/x/Id",
                                  "s/a/b/",
                                  "s/a/b/gI;s|x|y|2p",
                                  "s/[ \\t].*//g",
                                  "s/total *([^ ]*).*/\\1/",
                                  "s/[][]//g; s/[^]]*$//",
                                  "s,/usr,/opt,",
                                  "s/[[:space:]]*$//",
                                  "s/w/e/",
                                  "/s/{s/a/b/;p}",
                                  "/x/ { n; p; }",
                                  "y/abc/ABC/",
                                  "=",
                                  "n;d",
                                  "G",
                                  "1!G;h;$!d",
                                  "$=",
                                  "/^$/d",
                                  ":a;N;$!ba;s/\\n/,/g",
                                  ":a;$!{N;ba};s/\\n/ /g",
                                  "/x/b;p",
                                  "l 80",
                                  "s/\\//e/",
                              });
}

TEST(Sed, Refuses_commands_that_run_read_or_write) {
    expect_refused(check_sed, {
                                  "e id",
                                  "e",
                                  "1e id",
                                  "1 e id",
                                  "$!e id",
                                  "1!e id",
                                  "s/x/y/e",
                                  "s/x/y/ge",
                                  "s/x/y/2e",
                                  "s/x/y/w /etc/cron.d/x",
                                  "s/x/y/pw /etc/cron.d/x",
                                  "w /etc/cron.d/x",
                                  "/a/w/etc/x",
                                  "W /etc/x",
                                  "r /etc/shadow",
                                  "R /etc/shadow",
                                  "p;r /etc/shadow",
                                  "{p;w /etc/x}",
                                  "/x/{e id;}",
                                  "p}",
                                  "{p",
                                  "a text",
                                  "i\\text",
                                  "c x",
                                  "F",
                                  "v",
                                  "s/a/b",
                                  "s/a",
                                  "y/abc/xyz",
                                  "s/[/]/x/",
                                  "s/[/]/x/e",
                                  "/[/]e id",
                                  "s\\a\\b\\",
                                  "s a b ",
                                  "saxbxe",
                                  "#n",
                                  "p # x",
                                  "pe id",
                                  "q;e id",
                                  "s/a/b/ e",
                                  "s/a/b/;e",
                                  ":a;s/x/x/;ta",
                                  ":a;ba",
                                  "N;:a;$!ba",
                                  ":a;N;ba",
                                  "D",
                                  ": a;e id",
                                  ":a e id",
                                  "ba;w /etc/x",
                                  "1,p",
                                  "1,3,5p",
                                  "/a",
                                  "\\ep",
                                  "1!!p",
                              });
}

TEST(Sed, Stops_at_a_depth_and_at_bytes_that_are_no_text) {
    EXPECT_EQ(check_sed(std::string(100, '{')).rule, "sed.depth");
    EXPECT_EQ(check_sed("p\ne id").rule, "sed.bytes");
}

}  // namespace
}  // namespace command
