#include "common/command/mini/jq.hpp"

#include "tests/unit/common/command/mini/table.hpp"

namespace command {
namespace {

TEST(Jq, Takes_filters_that_choose_and_reshape) {
    expect_allowed(check_jq, {
                                 ".",
                                 "",
                                 ".data.issues",
                                 ".[0].name",
                                 ".[] | .name",
                                 ".[]|select(.state==\"running\")|.name",
                                 ".[] | {name, state: .State.Status}",
                                 ".data[\"a b\"]?",
                                 ".\"a-b\".c",
                                 "map(.x) | add / length",
                                 "[.[] | select(.n > 3)] | sort_by(.n) | reverse | .[0:5]",
                                 "to_entries[] | \"\\(.key): \\(.value)\"",
                                 "keys",
                                 "length",
                                 ".. | numbers",
                                 ".env",
                                 "{env: .env, input: 1}",
                                 "{env}",
                                 "{a: 1, env}",
                                 "if .a then 1 elif .b then 2 else 3 end",
                                 "reduce .[] as $x (0; . + $x)",
                                 ".a // \"none\"",
                                 "[.[] | .a, .b] | @csv",
                                 "@text \"x \\(.a)\"",
                                 "try error catch .",
                                 ".a |= . + 1",
                                 "test(\"x\"; \"i\")",
                                 "$__loc__",
                                 ".[] as {a: $x} | $x",
                                 "group_by(.a) | map({k: .[0].a, n: length})",
                                 "-1",
                                 "1.5e3",
                             });
}

TEST(Jq, Refuses_filters_that_reach_beyond_their_input) {
    expect_refused(check_jq, {
                                 "env",
                                 "env.HOME",
                                 ".a | env",
                                 "$ENV",
                                 "$ENV.HOME",
                                 "$ ENV",
                                 "{a: env}",
                                 "{$ENV}",
                                 "{(env): 1}",
                                 "[.[env:3]]",
                                 ". as $x | {a: 1} | env",
                                 "\"\\(env)\"",
                                 "\"\\(\"\\($ENV)\")\"",
                                 "@text \"\\(env)\"",
                                 "input",
                                 "[inputs]",
                                 "include \"x\"; .",
                                 "import \"x\" as x; .",
                                 "x::env",
                                 "def f: f; f",
                                 "debug",
                                 "stderr",
                                 "halt_error",
                                 "input_filename",
                                 "repeat(.)",
                                 "until(false; .)",
                                 "while(true; .)",
                                 "recurse(.)",
                                 "$__prog_args",
                                 "getpath([\"a\"]; env)",
                                 ". # x",
                                 "\"abc",
                                 "{a: 1",
                                 "[1)",
                                 "@sh2",
                                 "load(\"/etc/shadow\")",
                                 "strenv(HOME)",
                                 "`id`",
                                 "\"\\x\"",
                             });
}

TEST(Jq, Stops_at_a_depth) {
    EXPECT_EQ(check_jq(std::string(100, '[')).rule, "jq.depth");
    std::string nested;
    for (int i = 0; i < 100; ++i) nested += "\"\\(";
    EXPECT_EQ(check_jq(nested).rule, "jq.depth");
}

}  // namespace
}  // namespace command
