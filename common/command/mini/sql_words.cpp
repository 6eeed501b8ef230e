#include "common/command/mini/sql_words.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace command {
namespace {

constexpr std::array<std::string_view, 156> kFunctions{"abs",
                                                       "age",
                                                       "array_agg",
                                                       "array_length",
                                                       "avg",
                                                       "bool_and",
                                                       "bool_or",
                                                       "btrim",
                                                       "cast",
                                                       "ceil",
                                                       "ceiling",
                                                       "changes",
                                                       "char_length",
                                                       "coalesce",
                                                       "concat",
                                                       "concat_ws",
                                                       "connection_id",
                                                       "count",
                                                       "curdate",
                                                       "current_catalog",
                                                       "current_database",
                                                       "current_schema",
                                                       "current_time",
                                                       "current_timestamp",
                                                       "current_user",
                                                       "curtime",
                                                       "database",
                                                       "date",
                                                       "date_add",
                                                       "date_bin",
                                                       "date_format",
                                                       "date_part",
                                                       "date_sub",
                                                       "date_trunc",
                                                       "datediff",
                                                       "datetime",
                                                       "dayofweek",
                                                       "dense_rank",
                                                       "exp",
                                                       "extract",
                                                       "first_value",
                                                       "floor",
                                                       "format_bytes",
                                                       "from_unixtime",
                                                       "greatest",
                                                       "group_concat",
                                                       "has_table_privilege",
                                                       "hour",
                                                       "if",
                                                       "ifnull",
                                                       "iif",
                                                       "instr",
                                                       "julianday",
                                                       "lag",
                                                       "last_insert_rowid",
                                                       "last_value",
                                                       "lead",
                                                       "least",
                                                       "left",
                                                       "length",
                                                       "ln",
                                                       "localtime",
                                                       "localtimestamp",
                                                       "log",
                                                       "lower",
                                                       "ltrim",
                                                       "max",
                                                       "min",
                                                       "minute",
                                                       "mod",
                                                       "month",
                                                       "mxid_age",
                                                       "nextfreexid",
                                                       "now",
                                                       "ntile",
                                                       "nullif",
                                                       "obj_description",
                                                       "octet_length",
                                                       "percent_rank",
                                                       "pg_backend_pid",
                                                       "pg_blocking_pids",
                                                       "pg_column_size",
                                                       "pg_conf_load_time",
                                                       "pg_current_wal_insert_lsn",
                                                       "pg_current_wal_lsn",
                                                       "pg_database_size",
                                                       "pg_encoding_to_char",
                                                       "pg_get_constraintdef",
                                                       "pg_get_expr",
                                                       "pg_get_indexdef",
                                                       "pg_get_userbyid",
                                                       "pg_indexes_size",
                                                       "pg_is_in_recovery",
                                                       "pg_is_other_temp_schema",
                                                       "pg_is_wal_replay_paused",
                                                       "pg_last_wal_receive_lsn",
                                                       "pg_last_wal_replay_lsn",
                                                       "pg_last_xact_replay_timestamp",
                                                       "pg_options_to_table",
                                                       "pg_postmaster_start_time",
                                                       "pg_relation_size",
                                                       "pg_size_pretty",
                                                       "pg_stat_get_dead_tuples",
                                                       "pg_stat_get_live_tuples",
                                                       "pg_table_is_visible",
                                                       "pg_table_size",
                                                       "pg_tablespace_size",
                                                       "pg_total_relation_size",
                                                       "pg_wal_lsn_diff",
                                                       "power",
                                                       "quarter",
                                                       "rank",
                                                       "replace",
                                                       "round",
                                                       "row_number",
                                                       "rtrim",
                                                       "schema",
                                                       "sec_to_time",
                                                       "second",
                                                       "session_user",
                                                       "sqlite_source_id",
                                                       "sqlite_version",
                                                       "sqrt",
                                                       "strftime",
                                                       "string_agg",
                                                       "strpos",
                                                       "substr",
                                                       "substring",
                                                       "sum",
                                                       "sysdate",
                                                       "table_schema",
                                                       "time",
                                                       "timediff",
                                                       "timestamp",
                                                       "timestampdiff",
                                                       "to_char",
                                                       "to_regclass",
                                                       "to_timestamp",
                                                       "total",
                                                       "total_changes",
                                                       "trim",
                                                       "trunc",
                                                       "truncate",
                                                       "txid_current_if_assigned",
                                                       "typeof",
                                                       "unix_timestamp",
                                                       "unixepoch",
                                                       "upper",
                                                       "user",
                                                       "utc_date",
                                                       "utc_timestamp",
                                                       "version",
                                                       "week",
                                                       "weekday",
                                                       "width_bucket",
                                                       "year"};

constexpr std::array<std::string_view, 49> kBeforeParenthesis{
    "all",   "and",    "any",       "as",        "between",  "by",       "case",
    "cast",  "char",   "character", "check",     "decimal",  "distinct", "else",
    "end",   "except", "exists",    "filter",    "from",     "group",    "having",
    "ilike", "in",     "inner",     "intersect", "interval", "is",       "join",
    "like",  "limit",  "not",       "numeric",   "offset",   "on",       "or",
    "order", "outer",  "over",      "partition", "select",   "some",     "then",
    "union", "using",  "varchar",   "varying",   "when",     "where",    "within"};

constexpr std::array<std::string_view, 48> kKeywords{
    "all",       "and",      "as",        "asc",          "between",      "by",
    "case",      "check",    "collate",   "current_date", "current_time", "current_timestamp",
    "desc",      "distinct", "else",      "end",          "except",       "exists",
    "false",     "filter",   "from",      "group",        "having",       "in",
    "intersect", "interval", "is",        "lateral",      "like",         "limit",
    "not",       "null",     "nulls",     "on",           "only",         "or",
    "order",     "over",     "partition", "select",       "separator",    "then",
    "true",      "union",    "using",     "when",         "where",        "within"};

constexpr std::array<std::string_view, 58> kActing{
    "alter",     "analyse",   "attach",     "begin",     "call",    "checkpoint", "commit",
    "copy",      "create",    "deallocate", "declare",   "delete",  "detach",     "discard",
    "do",        "drop",      "dumpfile",   "execute",   "for",     "grant",      "handler",
    "import",    "insert",    "install",    "into",      "kill",    "listen",     "load",
    "lock",      "merge",     "notify",     "nowait",    "outfile", "pragma",     "prepare",
    "procedure", "purge",     "reassign",   "recursive", "refresh", "rename",     "returning",
    "revoke",    "rollback",  "savepoint",  "security",  "set",     "share",      "shutdown",
    "table",     "uninstall", "unlisten",   "update",    "use",     "vacuum",     "values",
    "with",      "xa"};

// PostgreSQL's catalogue as far as it tells structure and state; pg_stat_* and pg_statio_* besides.
constexpr std::array<std::string_view, 46> kCatalogue{"pg_aggregate",
                                                      "pg_am",
                                                      "pg_attrdef",
                                                      "pg_attribute",
                                                      "pg_auth_members",
                                                      "pg_available_extension_versions",
                                                      "pg_available_extensions",
                                                      "pg_backend_memory_contexts",
                                                      "pg_class",
                                                      "pg_collation",
                                                      "pg_constraint",
                                                      "pg_cursors",
                                                      "pg_database",
                                                      "pg_depend",
                                                      "pg_description",
                                                      "pg_enum",
                                                      "pg_event_trigger",
                                                      "pg_extension",
                                                      "pg_index",
                                                      "pg_indexes",
                                                      "pg_inherits",
                                                      "pg_locks",
                                                      "pg_matviews",
                                                      "pg_namespace",
                                                      "pg_opclass",
                                                      "pg_operator",
                                                      "pg_partitioned_table",
                                                      "pg_policies",
                                                      "pg_prepared_xacts",
                                                      "pg_publication",
                                                      "pg_publication_tables",
                                                      "pg_range",
                                                      "pg_replication_origin_status",
                                                      "pg_replication_slots",
                                                      "pg_roles",
                                                      "pg_sequence",
                                                      "pg_sequences",
                                                      "pg_settings",
                                                      "pg_shdepend",
                                                      "pg_shmem_allocations",
                                                      "pg_tables",
                                                      "pg_tablespace",
                                                      "pg_timezone_names",
                                                      "pg_trigger",
                                                      "pg_type",
                                                      "pg_views"};

constexpr std::array<std::string_view, 7> kSqliteTables{
    "sqlite_master",   "sqlite_schema", "sqlite_stat1",      "sqlite_stat4",
    "sqlite_sequence", "dbstat",        "sqlite_temp_master"};

constexpr std::array<std::string_view, 37> kPlainColumns{
    "action",    "category",     "channel", "code",     "count",    "created",    "database",
    "datname",   "date",         "day",     "domain",   "event",    "event_type", "hour",
    "id",        "job",          "kind",    "level",    "location", "method",     "month",
    "name",      "old_state_id", "path_id", "priority", "queue",    "rowid",      "schema",
    "severity",  "size",         "source",  "start",    "state",    "status",     "time",
    "timestamp", "type"};
constexpr std::array<std::string_view, 4> kPlainEndings{"_id", "_ts", "_at", "_type"};

constexpr std::array<std::string_view, 30> kSecretParts{
    "pass",   "pwd",       "secret",  "token",     "key",      "auth",   "cred",    "hash",
    "salt",   "cookie",    "session", "private",   "card",     "ssn",    "mail",    "phone",
    "cipher", "otp",       "totp",    "pin_",      "cert",     "iban",   "account", "login",
    "seed",   "signature", "webhook", "user_name", "username", "address"};

bool holds(std::span<std::string_view const> list, std::string_view name) {
    return std::ranges::find(list, name) != list.end();
}

bool has_part(std::string_view name, std::string_view part) {
    return name.find(part) != std::string_view::npos;
}

}  // namespace

bool is_sql_function(std::string_view name) { return holds(kFunctions, name); }

bool is_sql_word_before_parenthesis(std::string_view name) {
    return holds(kBeforeParenthesis, name);
}

bool is_sql_keyword(std::string_view name) { return holds(kKeywords, name); }

bool is_sql_acting_word(std::string_view name) { return holds(kActing, name); }

SqlTable sql_table(std::string_view schema, std::string_view name) {
    if (schema == "information_schema")
        return has_part(name, "option") || has_part(name, "mapping") ? SqlTable::secret
                                                                     : SqlTable::state;
    if (schema == "performance_schema")
        return has_part(name, "user_variables") || has_part(name, "history") ? SqlTable::secret
                                                                             : SqlTable::state;
    if (schema == "sys") return SqlTable::state;
    if (schema == "mysql") return SqlTable::secret;
    if (name.starts_with("pg_")) {
        if (name.starts_with("pg_stat_") || name.starts_with("pg_statio_") ||
            holds(kCatalogue, name))
            return SqlTable::state;
        return SqlTable::secret;
    }
    if (schema == "pg_catalog") return SqlTable::secret;
    if (holds(kSqliteTables, name)) return SqlTable::state;
    return SqlTable::plain;
}

bool is_plain_column(std::string_view name) {
    if (is_secret_name(name)) return false;
    return holds(kPlainColumns, name) ||
           std::ranges::any_of(kPlainEndings, [&](auto ending) { return name.ends_with(ending); });
}

bool is_ordered_column(std::string_view name) {
    constexpr std::array<std::string_view, 13> kOrdered{
        "count", "created",  "date",  "day",  "end",   "hour", "id",
        "month", "priority", "rowid", "size", "start", "time"};
    return is_plain_column(name) &&
           (holds(kOrdered, name) || name == "timestamp" ||
            (name.find('_') != std::string_view::npos && !name.ends_with("_type")));
}

bool is_secret_name(std::string_view name) {
    return std::ranges::any_of(kSecretParts, [&](auto part) { return has_part(name, part); });
}

}  // namespace command
