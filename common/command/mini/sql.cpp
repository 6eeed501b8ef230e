#include "common/command/mini/sql.hpp"

#include <algorithm>
#include <array>

#include "common/command/mini/scanner.hpp"
#include "common/command/mini/sql_select.hpp"
#include "common/command/mini/sql_tokens.hpp"
#include "common/command/mini/sql_words.hpp"

namespace command {
namespace {

using Tokens = std::span<SqlToken const>;

// A statement without depth: words, where <name> is a table's name (schema.name too), <number> a
// number, <text> a text and <like> nothing or LIKE with a text.
struct Form {
    SqlDialect dialect;
    std::string_view words;
    domain::Risk risk = domain::Risk::readonly;
};

using enum SqlDialect;
constexpr auto kReversible = domain::Risk::reversible;
constexpr auto kRisky = domain::Risk::risky;

constexpr std::array kForms{
    Form{psql, "show <name>"},
    Form{psql, "show all", kRisky},  // among all settings is a standby's password
    Form{psql, "vacuum", kReversible},
    Form{psql, "vacuum <name>", kReversible},
    Form{psql, "vacuum analyze", kReversible},
    Form{psql, "vacuum analyze <name>", kReversible},
    Form{psql, "vacuum verbose", kReversible},
    Form{psql, "vacuum verbose <name>", kReversible},
    Form{psql, "vacuum verbose analyze", kReversible},
    Form{psql, "vacuum verbose analyze <name>", kReversible},
    Form{psql, "vacuum ( analyze )", kReversible},
    Form{psql, "vacuum ( analyze ) <name>", kReversible},
    Form{psql, "vacuum ( verbose , analyze )", kReversible},
    Form{psql, "vacuum ( verbose , analyze ) <name>", kReversible},
    Form{psql, "vacuum full", kRisky},  // locks the table while it writes it anew
    Form{psql, "vacuum full <name>", kRisky},
    Form{psql, "vacuum full analyze", kRisky},
    Form{psql, "vacuum full analyze <name>", kRisky},
    Form{psql, "analyze", kReversible},
    Form{psql, "analyze <name>", kReversible},
    Form{psql, "analyze verbose", kReversible},
    Form{psql, "analyze verbose <name>", kReversible},
    Form{psql, "reindex table concurrently <name>", kReversible},
    Form{psql, "reindex index concurrently <name>", kReversible},
    Form{psql, "reindex table <name>", kRisky},
    Form{psql, "reindex index <name>", kRisky},
    Form{psql, "reindex schema <name>", kRisky},
    Form{psql, "reindex database <name>", kRisky},
    Form{psql, "reindex database concurrently <name>", kRisky},
    Form{psql, "reindex ( verbose ) table <name>", kRisky},
    Form{psql, "checkpoint", kReversible},
    Form{sqlite, "vacuum", kReversible},
    Form{sqlite, "analyze", kReversible},
    Form{sqlite, "analyze <name>", kReversible},
    Form{sqlite, "reindex", kReversible},
    Form{sqlite, "reindex <name>", kReversible},
    Form{mysql, "show <show>"},
    Form{mysql, "show <show> like <text>"},
    Form{mysql, "show <from> from <name>"},
    Form{mysql, "show create table <name>"},
    Form{mysql, "show engine innodb status"},
    Form{mysql, "show engine innodb mutex"},
    Form{mysql, "show global status"},
    Form{mysql, "show global status like <text>"},
    Form{mysql, "show session status like <text>"},
    Form{mysql, "show global variables"},
    Form{mysql, "show global variables like <text>"},
    Form{mysql, "show session variables like <text>"},
    Form{mysql, "show full processlist"},
    Form{mysql, "show full tables"},
    Form{mysql, "show open tables"},
    Form{mysql, "show table status"},
    Form{mysql, "show table status like <text>"},
    Form{mysql, "show table status from <name>"},
    Form{mysql, "show slave status"},
    Form{mysql, "show all slaves status"},
    Form{mysql, "show replica status"},
    Form{mysql, "show master status"},
    Form{mysql, "show binary logs"},
    Form{mysql, "show binary log status"},
    Form{mysql, "show master logs"},
    Form{mysql, "show slave hosts"},
    Form{mysql, "show replicas"},
    Form{mysql, "show storage engines"},
    Form{mysql, "describe <name>"},
    Form{mysql, "desc <name>"},
    Form{mysql, "check table <name>", kReversible},
    Form{mysql, "check table <name> quick", kReversible},
    Form{mysql, "analyze table <name>", kReversible},
    Form{mysql, "optimize table <name>", kRisky},
    Form{mysql, "repair table <name>", kRisky},
    Form{mysql, "flush hosts", kReversible},
    Form{mysql, "flush status", kReversible},
    Form{mysql, "flush logs", kRisky},
    Form{mysql, "flush tables", kRisky},
    Form{mysql, "kill <number>", kRisky},
    Form{mysql, "kill query <number>", kRisky},
};

constexpr std::array<std::string_view, 12> kShow{"processlist", "status", "variables", "databases",
                                                 "schemas",     "tables", "engines",   "plugins",
                                                 "warnings",    "errors", "charset",   "events"};
constexpr std::array<std::string_view, 6> kShowFrom{"tables", "index",   "indexes",
                                                    "keys",   "columns", "fields"};
// Settings of PostgreSQL that hold a password or run a program.
constexpr std::array<std::string_view, 3> kSecretSettings{"primary_conninfo",
                                                          "ssl_passphrase_command", "all"};

constexpr std::array<std::string_view, 26> kPragmas{
    "analysis_limit", "application_id",    "auto_vacuum",     "busy_timeout",
    "cache_size",     "collation_list",    "compile_options", "database_list",
    "encoding",       "foreign_key_check", "foreign_keys",    "freelist_count",
    "function_list",  "integrity_check",   "journal_mode",    "journal_size_limit",
    "locking_mode",   "max_page_count",    "mmap_size",       "page_count",
    "page_size",      "quick_check",       "schema_version",  "synchronous",
    "table_list",     "user_version"};
constexpr std::array<std::string_view, 7> kPragmasOf{
    "foreign_key_check", "foreign_key_list", "index_info", "index_list",
    "index_xinfo",       "table_info",       "table_xinfo"};
constexpr std::array<std::string_view, 2> kPragmaChecks{"integrity_check", "quick_check"};

Verdict unknown() {
    return forbid("sql.statement", "it is not one of the statements that are known here");
}

bool is_free_name(SqlToken const& token) {
    constexpr std::array<std::string_view, 5> kNoNames{"analyze", "concurrently", "freeze", "full",
                                                       "verbose"};
    return token.kind == SqlKind::quoted_name ||
           (token.kind == SqlKind::name && !is_sql_acting_word(token.text) &&
            !is_one_of(token.text, kNoNames));
}

// Takes one placeholder or word from the front of `tokens`.
bool take(std::string_view wanted, Tokens& tokens) {
    if (tokens.empty()) return false;
    auto const& token = tokens[0];
    std::size_t count = 1;
    bool good = false;
    if (wanted == "<name>") {
        good = is_free_name(token) && !is_one_of(token.text, kSecretSettings);
        while (good && tokens.size() > count + 1 && tokens[count].is(".")) {
            good = is_free_name(tokens[count + 1]);
            count += 2;
        }
    } else if (wanted == "<number>") {
        good = token.kind == SqlKind::number && is_number(token.text);
    } else if (wanted == "<text>") {
        good = token.kind == SqlKind::text;
    } else if (wanted == "<show>") {
        good = token.kind == SqlKind::name && is_one_of(token.text, kShow);
    } else if (wanted == "<from>") {
        good = token.kind == SqlKind::name && is_one_of(token.text, kShowFrom);
    } else {
        good = token.is_word(wanted) || token.is(wanted);
    }
    tokens = tokens.subspan(good ? count : 0);
    return good;
}

bool fits(Form const& form, Tokens tokens) {
    auto rest = form.words;
    while (!rest.empty()) {
        auto const end = std::min(rest.find(' '), rest.size());
        if (!take(rest.substr(0, end), tokens)) return false;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return tokens.empty();
}

// PRAGMA [schema.]name, or name(table) for those that describe one.
Verdict check_pragma(Tokens tokens) {
    auto rest = tokens.subspan(1);
    if (rest.size() > 2 && rest[1].is(".")) rest = rest.subspan(2);
    if (rest.empty() || rest[0].kind != SqlKind::name) return unknown();
    auto const& name = rest[0].text;
    auto const good = allow("sql.pragma", "it reads a property of the database");
    if (rest.size() == 1) {
        if (is_one_of(name, kPragmas)) return good;
        if (name == "optimize" || name == "wal_checkpoint")
            return allow("sql.upkeep", "it tidies up the database", {}, kReversible);
        return forbid("sql.pragma", "this PRAGMA is not known here, or it changes something");
    }
    if (rest.size() == 4 && rest[1].is("(") && rest[3].is(")")) {
        if (rest[2].kind != SqlKind::number && is_one_of(name, kPragmasOf)) return good;
        if (rest[2].kind == SqlKind::number && is_one_of(name, kPragmaChecks)) return good;
        if (name == "wal_checkpoint" && rest[2].kind == SqlKind::name)
            return allow("sql.upkeep", "it tidies up the database", {}, kReversible);
    }
    return forbid("sql.pragma", "this PRAGMA is not known here, or it changes something");
}

// EXPLAIN shows a plan and runs nothing, unless ANALYZE stands with it.
Verdict check_explain(Tokens tokens) {
    auto rest = tokens.subspan(1);
    while (!rest.empty() && !rest[0].is_word("select")) {
        bool const harmless =
            rest[0].is("(") || rest[0].is(")") || rest[0].is(",") || rest[0].is("=") ||
            (rest[0].kind == SqlKind::name &&
             is_one_of(rest[0].text,
                       std::array<std::string_view, 16>{
                           "verbose", "costs", "buffers", "settings", "format", "json", "yaml",
                           "text", "xml", "tree", "query", "plan", "on", "off", "true", "false"}));
        if (!harmless)
            return forbid("sql.explain", "of EXPLAIN only the plan of a SELECT is known");
        rest = rest.subspan(1);
    }
    if (rest.empty()) return unknown();
    auto verdict = check_select(rest);
    if (verdict.risk == domain::Risk::forbidden) return verdict;
    return allow("sql.explain", "it shows a plan and runs nothing");
}

Verdict check_statement(std::string_view text, SqlDialect dialect) {
    auto const all = sql_tokens(text, dialect);
    if (!all) return forbid("sql.words", "comments, backslashes and variables are not understood");
    Tokens tokens{*all};
    if (!tokens.empty() && tokens.back().is(";")) tokens = tokens.first(tokens.size() - 1);
    if (tokens.empty()) return unknown();
    if (tokens[0].is_word("select")) return check_select(tokens);
    if (tokens[0].is_word("explain")) return check_explain(tokens);
    if (dialect == sqlite && tokens[0].is_word("pragma")) return check_pragma(tokens);
    for (auto const& form : kForms)
        if (form.dialect == dialect && fits(form, tokens))
            return form.risk == domain::Risk::readonly
                       ? allow("sql.shows", "it shows the server's state")
                       : allow("sql.upkeep", "it is upkeep of the database", {}, form.risk);
    return unknown();
}

// A word and at most one pattern behind it, of characters that mean nothing to a shell.
bool is_listing(std::string_view text, std::span<std::string_view const> commands) {
    Scanner at{text};
    auto const command = at.take_while([](char c) { return c != ' '; });
    if (!is_one_of(command, commands)) return false;
    at.skip_spaces();
    at.take_while(
        [](char c) { return is_name_part(c) || c == '.' || c == '*' || c == '?' || c == '%'; });
    at.skip_spaces();
    return at.at_end();
}

constexpr std::array<std::string_view, 38> kPsqlListings{
    "\\l",   "\\l+",  "\\list", "\\d",   "\\d+",  "\\dt", "\\dt+", "\\di",       "\\di+", "\\dv",
    "\\dv+", "\\dm",  "\\dm+",  "\\dn",  "\\dn+", "\\du", "\\du+", "\\dg",       "\\dx",  "\\dx+",
    "\\db",  "\\db+", "\\ds",   "\\ds+", "\\dp",  "\\z",  "\\dT",  "\\conninfo", "\\dF",  "\\dP",
    "\\dRp", "\\dRs", "\\dy",   "\\dA",  "\\dc",  "\\dC", "\\dO",  "\\encoding"};
constexpr std::array<std::string_view, 6> kSqliteListings{".tables",  ".schema",    ".indexes",
                                                          ".indices", ".databases", ".dbinfo"};

}  // namespace

Verdict check_sql_psql(std::string_view text) {
    if (is_listing(text, kPsqlListings))
        return allow("sql.lists", "it lists the database's objects");
    return check_statement(text, psql);
}

Verdict check_sql_sqlite(std::string_view text) {
    if (is_listing(text, kSqliteListings))
        return allow("sql.lists", "it lists the database's objects");
    return check_statement(text, sqlite);
}

Verdict check_sql_mysql(std::string_view text) {
    if (text.ends_with("\\G") || text.ends_with("\\g")) text.remove_suffix(2);
    return check_statement(text, mysql);
}

}  // namespace command
