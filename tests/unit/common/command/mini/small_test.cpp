#include "common/command/mini/small.hpp"

#include "tests/unit/common/command/mini/table.hpp"

namespace command {
namespace {

Verdict redis(std::string_view text) { return check_redis(words(text)); }

TEST(JournalVacuum, Keeps_two_days_and_200_MiB) {
    expect_risk(domain::Risk::reversible, check_journal_vacuum_time,
                {"2d", "14d", "2days", "48h", "172800", "1month", "1w", "1 week", "1d 24h", "0.5y",
                 "172800s", "2M", "30 days"});
    expect_refused(check_journal_vacuum_time,
                   {"0", "1d", "47h", "1s", "2", "172799", "1m", "2min", "", "-2d", "2x",
                    "infinity", "1.9d", "2d;", "d", "9999999999999d", "yesterday", "1d23h"});
    expect_risk(domain::Risk::reversible, check_journal_vacuum_size,
                {"200M", "500M", "1G", "1.5G", "209715200", "204800K", "1T", "209715200B"});
    expect_refused(check_journal_vacuum_size, {"0", "1K", "199M", "200", "200m", "0.1G", "", "-1G",
                                               "1GB", "1 G", "200M 1K", "G", "99999999999999"});
}

TEST(Format, Knows_the_directives_of_date_stat_and_find) {
    expect_allowed(check_date_format, {"+%Y-%m-%d", "+%s", "+%F %T", "+%-d", "+%10N", "+%:z", "+%%",
                                       "+%Y-%m-%dT%k:%M:%S%z", "+"});
    expect_refused(check_date_format, {"%Y", "0101", "+%", "+%!", "+%99999d", "+%\x01"});
    expect_allowed(check_stat_format, {"%n %s", "%A %U:%G %n", "%y\\n", "%Hd,%Ld", "%-20n", "%%"});
    expect_refused(check_stat_format, {"%", "%;", "%9999999n", "\\q"});
    expect_allowed(check_find_format,
                   {"%p\\n", "%s\\t%p\\0", "%T+ %p\\n", "%TY-%Tm-%Td", "%10s", "%A@", "%%"});
    expect_refused(check_find_format, {"%", "%q", "%T", "%99999p", "\\q", "%("});
}

TEST(Redis, Reads_the_state_of_the_server_but_no_values) {
    expect_allowed(redis, {"ping", "INFO", "info memory", "INFO Replication", "dbsize", "lastsave",
                           "config get maxmemory", "CONFIG GET maxmemory-policy", "latency doctor",
                           "memory stats", "memory usage user:1", "client list", "cluster info",
                           "slowlog len", "ttl session:1", "llen queue", "role", "time"});
    expect_risk(domain::Risk::reversible, redis, {"bgsave", "BGREWRITEAOF", "memory purge"});
    expect_risk(domain::Risk::risky, redis,
                {"save", "slowlog get", "slowlog get 10", "client kill 127.0.0.1:5"});
    expect_refused(redis, {"",
                           "get x",
                           "keys *",
                           "flushall",
                           "FLUSHDB",
                           "config set dir /etc",
                           "config get *",
                           "config get requirepass",
                           "eval return 0",
                           "debug sleep 1",
                           "shutdown",
                           "monitor",
                           "info foo",
                           "info memory x",
                           "dbsize x",
                           "memory usage -x",
                           "replicaof no one",
                           "slowlog get x",
                           "scan 0",
                           "ping -h",
                           "config get",
                           "acl list",
                           "script flush",
                           "module load /tmp/x"});
}

TEST(PromQl, Takes_expressions_and_refuses_what_is_none) {
    expect_allowed(check_promql,
                   {"up", "up == 0", "rate(http_requests_total{job=\"api\",code=~\"5..\"}[5m])",
                    "sum by (instance) (up)", "histogram_quantile(0.9, x)", "a and b or c unless d",
                    "x offset 5m", "node_load1 @ 1600000000", "-1 ^ 2 % 3", "up{a='x`y'}"});
    expect_refused(check_promql, {"", "(", ")", "[5m)", "up;", "$(id)", "`id", "a & b", "a|b",
                                  "\"x", "a#b", "a\\b"});
    EXPECT_EQ(check_promql(std::string(100, '(')).rule, "promql.depth");
}

}  // namespace
}  // namespace command
