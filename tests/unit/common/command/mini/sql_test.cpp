#include "common/command/mini/sql.hpp"

#include "tests/unit/common/command/mini/table.hpp"

namespace command {
namespace {

TEST(Sql, Reads_the_state_of_PostgreSQL) {
    expect_allowed(
        check_sql_psql,
        {
            "SELECT 1",
            "select version();",
            "SELECT count(*) FROM pg_stat_activity",
            "SELECT pid, state, query FROM pg_stat_activity WHERE state <> 'idle' ORDER BY "
            "query_start",
            "SELECT datname, pg_size_pretty(pg_database_size(datname)) FROM pg_database",
            "select * from pg_stat_replication",
            "SELECT pg_is_in_recovery()",
            "SELECT now() - pg_last_xact_replay_timestamp()",
            "SELECT extract(epoch from now() - pg_postmaster_start_time())",
            "SELECT count(*) FROM events",
            "SELECT count(*) FROM users WHERE created_at > now() - interval '1 day'",
            "SELECT state, count(*) FROM pg_stat_activity GROUP BY state",
            "SELECT max(created_at) FROM events",
            "SELECT status, count(*) FROM jobs GROUP BY status ORDER BY 2 DESC LIMIT 5",
            "SELECT date_trunc('day', created_at), count(*) FROM e GROUP BY date_trunc('day', "
            "created_at)",
            "SELECT relname, n_dead_tup FROM pg_stat_user_tables ORDER BY n_dead_tup DESC LIMIT 10",
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
            "SELECT pg_size_pretty(pg_total_relation_size('events'::regclass))",
            "SELECT pg_size_pretty(sum(pg_relation_size(oid))) FROM pg_class",
            "SHOW max_connections",
            "SHOW server_version;",
            "EXPLAIN SELECT * FROM events",
            "EXPLAIN (COSTS off, FORMAT json) SELECT * FROM events",
            "\\l",
            "\\dt+",
            "\\d events",
            "\\du",
            "\\conninfo",
        });
}

TEST(Sql, Gives_upkeep_its_class) {
    expect_risk(
        domain::Risk::reversible, check_sql_psql,
        {"VACUUM", "VACUUM ANALYZE events", "vacuum (verbose, analyze) public.events", "ANALYZE",
         "REINDEX TABLE CONCURRENTLY events", "CHECKPOINT", "SELECT pg_reload_conf()"});
    expect_risk(domain::Risk::risky, check_sql_psql,
                {"VACUUM FULL", "REINDEX DATABASE home", "REINDEX TABLE events",
                 "SELECT pg_terminate_backend(123)", "SELECT pg_cancel_backend(123)", "SHOW ALL"});
    expect_risk(domain::Risk::reversible, check_sql_sqlite,
                {"VACUUM", "VACUUM;", "ANALYZE", "REINDEX", "PRAGMA optimize",
                 "PRAGMA wal_checkpoint(TRUNCATE)"});
    expect_risk(domain::Risk::risky, check_sql_mysql, {"OPTIMIZE TABLE t", "KILL 12"});
}

TEST(Sql, Asks_a_person_before_it_shows_what_a_table_holds) {
    expect_risk(domain::Risk::risky, check_sql_psql,
                {
                    "SELECT * FROM users",
                    "SELECT name FROM users",
                    "SELECT u.* FROM users u",
                    "SELECT u FROM users u",
                    "SELECT password, count(*) FROM users GROUP BY password",
                    "SELECT count(*) FROM users WHERE password LIKE 'a%'",
                    "SELECT count(*) FROM user_tokens",
                    "SELECT max(name) FROM users",
                    "SELECT string_agg(name, ',') FROM users",
                    "SELECT (SELECT name) FROM users",
                    "SELECT text FROM messages",
                    "SELECT count(*), left(name, 1) FROM users",
                    "SELECT upper(name) FROM pg_class, users",
                    "SELECT relname FROM pg_class JOIN users ON true",
                    "SELECT 1 FROM pg_class UNION SELECT name FROM users",
                });
    expect_risk(domain::Risk::risky, check_sql_sqlite,
                {
                    "select * from states",
                    "select state from 'states' limit 1",
                    "SELECT x FROM \"t\"",
                    "SELECT `x` FROM `t`",
                });
}

TEST(Sql, Refuses_statements_and_functions_that_act) {
    expect_refused(check_sql_psql,
                   {"SELECT 1; DROP TABLE users",
                    "DROP TABLE users",
                    "DELETE FROM orders",
                    "UPDATE users SET admin = true",
                    "TRUNCATE users",
                    "SELECT pg_sleep(86400)",
                    "SELECT \"pg_sleep\"(86400)",
                    "SELECT pg_catalog.pg_sleep(1)",
                    "SELECT public.count(1)",
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity",
                    "SELECT pg_read_file('/etc/shadow')",
                    "SELECT * FROM pg_ls_dir('/')",
                    "SELECT lo_export(1, '/etc/x')",
                    "SELECT set_config('x', 'y', false)",
                    "SELECT nextval('s')",
                    "SELECT dblink('x', 'y')",
                    "SELECT * INTO x FROM pg_class",
                    "SELECT 1 FROM pg_class FOR UPDATE",
                    "WITH d AS (DELETE FROM users RETURNING *) SELECT count(*) FROM d",
                    "SELECT count(*) FROM (DELETE FROM users RETURNING 1) x"});
}

TEST(Sql, Refuses_statements_that_are_no_reads) {
    expect_refused(
        check_sql_psql,
        {"COPY users TO PROGRAM 'sh'", "COPY (SELECT 1) TO '/etc/x'", "EXPLAIN ANALYZE SELECT 1",
         "EXPLAIN (ANALYZE) SELECT 1", "EXPLAIN (ANALYZE on) SELECT 1", "EXPLAIN DELETE FROM users",
         "SELECT * FROM pg_shadow", "SELECT * FROM pg_authid",
         "SELECT rolpassword FROM pg_catalog.pg_authid", "SELECT * FROM pg_user_mapping",
         "SELECT * FROM information_schema.user_mapping_options", "SELECT * FROM pg_stats"});
}

TEST(Sql, Refuses_text_that_a_client_reads_for_itself) {
    expect_refused(check_sql_psql, {
                                       "SHOW primary_conninfo",
                                       "SELECT 1 -- x",
                                       "SELECT 1 /* x */",
                                       "SELECT $$x$$",
                                       "SELECT :x",
                                       "SELECT 'a\\'b'",
                                       "\\! id",
                                       "\\o /etc/x",
                                       "\\copy users to '/etc/x'",
                                       "\\i /tmp/x",
                                       "\\dt `id`",
                                       "\\l | sh",
                                       "\\g",
                                       "SELECT 1 \\gexec",
                                       "VACUUM FULL; DROP TABLE x",
                                       "DO $$ begin end $$",
                                       "CALL x()",
                                       "SET x = 1",
                                       "VALUES (1)",
                                       "TABLE users",
                                       "REINDEX",
                                       "",
                                       ";",
                                   });
    expect_refused(
        check_sql_sqlite,
        {
            "ATTACH \"/etc/cron.d/x\" AS a",
            "PRAGMA writable_schema=1",
            "PRAGMA journal_mode(delete)",
            "PRAGMA user_version = 3",
            "UPDATE users SET admin=1",
            "SELECT load_extension('/tmp/x')",
            "SELECT \"load_extension\"('/tmp/x')",
            "SELECT writefile('/etc/x', 'y')",
            "SELECT readfile('/etc/shadow')",
            "VACUUM INTO '/etc/x'",
            ".shell id",
            ".system id",
            ".output /etc/x",
            ".tables\\n.shell id",
            ".read /tmp/x",
            ".dump",
            "WITH RECURSIVE t AS (SELECT 1 UNION ALL SELECT 1 FROM t) SELECT count(*) FROM t",
            "WITH t AS (SELECT 1 UNION ALL SELECT 1 FROM t) SELECT count(*) FROM t",
            "SELECT randomblob(1000000000)",
            "SELECT x'41' FROM [t]",
        });
}

TEST(Sql, Refuses_what_reaches_out_of_MySQL) {
    expect_refused(check_sql_mysql, {
                                        "SELECT 1 INTO OUTFILE '/etc/x'",
                                        "SELECT load_file('/etc/shadow')",
                                        "SELECT sleep(100)",
                                        "SELECT benchmark(1000000000, 1)",
                                        "SELECT * FROM mysql.user",
                                        "SELECT * FROM `MySQL`.`user`",
                                        "SHOW GRANTS",
                                        "SHOW CREATE USER root",
                                        "SELECT 1 # x",
                                        "SELECT 1 /*! INTO OUTFILE '/x' */",
                                        "SELECT @a := 1",
                                        "\\! id",
                                        "system id",
                                        "source /tmp/x",
                                        "PURGE BINARY LOGS TO 'x'",
                                        "SELECT 1 \\! id",
                                        "KILL 1; DROP TABLE x",
                                        "KILL x",
                                    });
}

TEST(Sql, Reads_the_state_of_SQLite_and_MySQL) {
    expect_allowed(check_sql_sqlite,
                   {
                       "PRAGMA integrity_check",
                       "PRAGMA quick_check(10);",
                       "pragma main.page_count",
                       "PRAGMA table_info(states)",
                       "SELECT count(*) FROM states",
                       "SELECT COUNT(*) FROM states WHERE state = 'unavailable'",
                       "SELECT name FROM sqlite_master WHERE type = 'table'",
                       "SELECT entity_id, COUNT(*) AS n FROM states GROUP BY entity_id ORDER BY n "
                       "DESC LIMIT 10",
                       "SELECT datetime('now')",
                       "SELECT datetime(max(last_updated_ts), 'unixepoch') FROM states",
                       ".tables",
                       ".schema states",
                       ".databases",
                   });
    expect_allowed(check_sql_mysql, {
                                        "SHOW PROCESSLIST",
                                        "SHOW FULL PROCESSLIST;",
                                        "SHOW GLOBAL STATUS LIKE 'Threads_connected'",
                                        "SHOW VARIABLES LIKE \"max_connections\"",
                                        "SHOW SLAVE STATUS\\G",
                                        "SHOW TABLES FROM home",
                                        "SHOW CREATE TABLE home.states",
                                        "SELECT @@version",
                                        "SELECT table_schema, sum(data_length) FROM "
                                        "information_schema.tables GROUP BY table_schema",
                                        "SELECT count(*) FROM `events`",
                                        "DESCRIBE events",
                                    });
}

TEST(Sql, Stops_at_a_depth_and_a_length) {
    EXPECT_EQ(check_sql_psql("SELECT " + std::string(100, '(')).rule, "sql.depth");
    std::string many = "SELECT 1";
    for (int i = 0; i < 500; ++i) many += ",1";
    EXPECT_EQ(check_sql_psql(many).rule, "sql.words");
}

}  // namespace
}  // namespace command
