#include "common/command/mini/awk.hpp"

#include "tests/unit/common/command/mini/table.hpp"

namespace command {
namespace {

TEST(Awk, Takes_reports_over_fields) {
    expect_allowed(check_awk,
                   {
                       "{print $1}",
                       "{ print $1, $NF }",
                       "{print $1\" \"$2}",
                       "{print}",
                       "NR==1",
                       "NR%100==1",
                       "/error/",
                       "/error/ && !/debug/ {print $0}",
                       "$5 > 90 {print $6}",
                       "$5+0>90{print $6,$5}",
                       "{s+=$10} END {print s}",
                       "{s+=$1} END {print s/NR}",
                       "BEGIN{FS=\":\"} {print $1}",
                       "BEGIN { OFS = \"\\t\" } { $1 = $1; print }",
                       "{printf \"%-20s %5.1f%%\\n\", $1, $2*100}",
                       "{printf(\"%s\\n\", $1)}",
                       "!seen[$0]++",
                       "{a[$1]++} END {for (k in a) print a[k], k}",
                       "{for(i=1;i<=NF;i++) print $i}",
                       "{for (i = NF; i > 0; i--) printf \"%s \", $i; print \"\"}",
                       "{for (i=1; i<=NF; i+=2) s += $i} END{print s}",
                       "length($0) > 80",
                       "length > 80 {print length}",
                       "{print substr($0, 1, 10), toupper($2)}",
                       "{gsub(/a\\/b/, \"x\"); print}",
                       "{n=split($0,p,/:/); print p[n]}",
                       "/start/,/end/",
                       "{if ($3 > 5) print \"hot\"; else print \"ok\"}",
                       "{if ($3 > 5) {print \"hot\"} else if ($3 == 2) {print 2} else {next}}",
                       "{print ($1 > 5 ? \"a\" : \"b\")}",
                       "{x = ($1 ~ /x/) ? 1 : 0; print x}",
                       "($1,$2) in a {print}",
                       "$1 in a",
                       "{delete a[$1]; exit 1}",
                       "NR>1 {print $1/1024 \" MB\"}",
                       "{print -$1, +$2, !$3, $1^2, $1%2}",
                       "$0 !~ /x/",
                       "{print $(NF-1)}",
                       "{i++; ++j; k--} END{print i j k}",
                       "1",
                       "END{print NR}",
                       "{print $1;print $2;}",
                       "{m = $1 > m ? $1 : m} END {print m}",
                   });
}

TEST(Awk, Refuses_programs_that_reach_beyond_their_input) {
    expect_refused(check_awk, {"BEGIN{system(\"id\")}",
                               "BEGIN { system (\"id\") }",
                               "{print > \"/etc/cron.d/x\"}",
                               "{print $1 > \"/etc/cron.d/x\"}",
                               "{print $1 >> \"/etc/x\"}",
                               "{print > $1}",
                               "{print ($1) > \"/etc/x\"}",
                               "{print($1)($2) > \"/etc/x\"}",
                               "{printf(\"%s\", $1) > \"/etc/x\"}",
                               "{printf \"%s\", $1 > \"/etc/x\"}",
                               "{print \"x\" | \"sh\"}",
                               "{print | \"sh\"}",
                               "{print |& \"sh\"}",
                               "BEGIN{while((\"cat /etc/shadow\"|getline l)>0)print l}",
                               "BEGIN{\"id\" | getline; print}",
                               "BEGIN{getline < \"/etc/shadow\"; print}",
                               "{getline; print}",
                               "{ print a[1 > \"/etc/x\"] }",
                               "{ print x ? y : z > \"/etc/x\" }",
                               "BEGIN{print ENVIRON[\"HOME\"]}",
                               "BEGIN{for (k in ENVIRON) print k}",
                               "BEGIN{ARGV[1]=\"/etc/shadow\";ARGC=2}{print}",
                               "@include \"x\"",
                               "@load \"filefuncs\"",
                               "BEGIN{f=\"system\"; @f(\"id\")}"});
}

TEST(Awk, Refuses_programs_that_need_not_end_or_are_not_understood) {
    expect_refused(check_awk, {
                                  "function f(x){return f(x)} BEGIN{f(1)}",
                                  "BEGIN{while(1);}",
                                  "BEGIN{do x; while(1)}",
                                  "BEGIN{for(;;);}",
                                  "BEGIN{for(i=0;i<10;i--) print}",
                                  "BEGIN{for(i=0;i<10;i++) i=0}",
                                  "BEGIN{for(i=0;i<10;i++) i--}",
                                  "BEGIN{for(i=0;i<10;i++) --i}",
                                  "BEGIN{for(i=0;i<10;i+=0) x}",
                                  "BEGIN{for(i=0;1;i++) x}",
                                  "BEGIN{close(\"x\");fflush()}",
                                  "BEGIN{awk::system(\"id\")}",
                                  "BEGIN{x ? awk::system(\"id\") : 1}",
                                  "BEGIN{printf \"%999999999d\", 1}",
                                  "BEGIN{printf \"%*d\", 99999999, 1}",
                                  "BEGIN{myfunc(1)}",
                                  "{print} # x",
                                  "{print",
                                  "print}",
                                  "",
                                  " ",
                                  "/x",
                                  "\"x",
                                  "/[/]/",
                                  "if (x) print",
                                  "{if (x) /a/}",
                                  "{length / 2 / system}",
                                  "{x = $/a/}",
                                  "BEGIN",
                                  "{print;}}",
                                  "{a b}; |",
                                  "{PROCINFO[\"sorted_in\"]=\"x\"}",
                                  "{print $1 $2 >\"x\"}",
                              });
}

TEST(Awk, Stops_at_a_depth) {
    EXPECT_EQ(check_awk("{print " + std::string(200, '(') + "}").rule, "awk.depth");
    EXPECT_EQ(check_awk(std::string(200, '{')).rule, "awk.depth");
    EXPECT_EQ(check_awk("{x = " + std::string(200, '!') + "1}").rule, "awk.depth");
}

TEST(Awk, Lets_only_names_of_its_own_be_assigned) {
    expect_allowed(check_awk_assignment, {"x=1", "limit=90", "name=a b c", "FS=:", "x="});
    expect_refused(check_awk_assignment,
                   {"ENVIRON=1", "ARGV=x", "=1", "x", "1x=2", "a[1]=2", "getline=1", "print=1"});
}

}  // namespace
}  // namespace command
