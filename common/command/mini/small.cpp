#include "common/command/mini/small.hpp"

#include <array>
#include <cstddef>
#include <optional>

#include "common/command/mini/scanner.hpp"

namespace command {
namespace {

constexpr std::string_view kEscapes = "abfnrtv\\0123456789ce\"'";

enum class Style { find, stat, date };

// The letters of a directive, '%' taken already.
bool take_directive(Scanner& at, Style style) {
    at.take_while([&](char c) {
        return std::string_view{style == Style::date ? "_-0^#+" : "-0#+ '"}.find(c) !=
               std::string_view::npos;
    });
    if (at.take_digits().size() > 3) return false;  // a width that fills the output
    if (style != Style::date && at.take('.') && at.take_digits().size() > 3) return false;
    if (style == Style::date) {
        if (!at.take('E')) at.take('O');
        while (at.take(':')) {
        }
        return is_letter(at.next());
    }
    char const letter = at.next();
    if (style == Style::stat && (letter == 'H' || letter == 'L') &&
        (at.peek() == 'd' || at.peek() == 'r'))
        at.next();
    if (style == Style::stat) return is_letter(letter);
    if (letter == 'A' || letter == 'B' || letter == 'C' || letter == 'T') {
        char const time = at.next();
        return is_letter(time) || time == '@' || time == '+';
    }
    return letter != '\0' &&
           std::string_view{"abcdDfFgGhHiklmMnpPsStuUyYZ"}.find(letter) != std::string_view::npos;
}

Verdict check_directives(std::string_view text, Style style) {
    if (!is_printable(text)) return forbid("format.bytes", "a format is printable text");
    Scanner at{text};
    while (!at.at_end()) {
        char const c = at.next();
        if (c == '\\' && kEscapes.find(at.next()) == std::string_view::npos)
            return forbid("format.escape", "an escape of the format is not known");
        if (c != '%' || at.take('%')) continue;
        if (!take_directive(at, style))
            return forbid("format.directive", "a directive of the format is not known");
    }
    return allow("format.known", "it only says how a value is written");
}

struct Unit {
    std::string_view name;
    double factor;
};

// As systemd.time(7) has them; "m" is a minute and "M" a month.
constexpr std::array kTimes{
    Unit{"", 1},
    Unit{"us", 1e-6},
    Unit{"usec", 1e-6},
    Unit{"ms", 1e-3},
    Unit{"msec", 1e-3},
    Unit{"s", 1},
    Unit{"sec", 1},
    Unit{"second", 1},
    Unit{"seconds", 1},
    Unit{"m", 60},
    Unit{"min", 60},
    Unit{"minute", 60},
    Unit{"minutes", 60},
    Unit{"h", 3600},
    Unit{"hr", 3600},
    Unit{"hour", 3600},
    Unit{"hours", 3600},
    Unit{"d", 86400},
    Unit{"day", 86400},
    Unit{"days", 86400},
    Unit{"w", 604800},
    Unit{"week", 604800},
    Unit{"weeks", 604800},
    Unit{"M", 2629800},
    Unit{"month", 2629800},
    Unit{"months", 2629800},
    Unit{"y", 31557600},
    Unit{"year", 31557600},
    Unit{"years", 31557600},
};
constexpr std::array kSizes{
    Unit{"", 1},
    Unit{"B", 1},
    Unit{"K", 1024.0},
    Unit{"M", 1024.0 * 1024},
    Unit{"G", 1024.0 * 1024 * 1024},
    Unit{"T", 1024.0 * 1024 * 1024 * 1024},
};

// "1.5G", "2d 12h": the sum, if every part is a number with a unit of the table.
std::optional<double> sum_of(std::string_view text, std::span<Unit const> units, bool several) {
    Scanner at{text};
    double sum = 0;
    do {
        auto const whole = at.take_digits();
        if (whole.empty() || whole.size() > 12) return std::nullopt;
        double number = 0;
        for (char const c : whole) number = number * 10 + (c - '0');
        if (at.take('.')) {
            auto const fraction = at.take_digits();
            if (fraction.empty() || fraction.size() > 6) return std::nullopt;
            double scale = 0.1;
            for (char const c : fraction) {
                number += scale * (c - '0');
                scale /= 10;
            }
        }
        if (several) at.skip_spaces();
        auto const name = at.take_while(is_letter);
        auto const unit = std::ranges::find(units, name, &Unit::name);
        if (unit == units.end()) return std::nullopt;
        sum += number * unit->factor;
        if (several) at.skip_spaces();
    } while (several && !at.at_end());
    return at.at_end() ? std::optional{sum} : std::nullopt;
}

std::string lower(std::string_view text) {
    std::string out{text};
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

}  // namespace

Verdict check_find_format(std::string_view format) { return check_directives(format, Style::find); }

Verdict check_stat_format(std::string_view format) { return check_directives(format, Style::stat); }

Verdict check_date_format(std::string_view word) {
    if (!word.starts_with('+')) return forbid("format.plus", "a date format begins with '+'");
    return check_directives(word.substr(1), Style::date);
}

Verdict check_journal_vacuum_time(std::string_view value) {
    constexpr double kFloor = 2 * 86400.0;
    auto const seconds = sum_of(value, kTimes, true);
    if (!seconds) return forbid("journal.vacuum_value", "it is not a length of time");
    if (*seconds < kFloor)
        return forbid("journal.vacuum_floor", "the last two days of the journal are kept");
    return allow("journal.vacuum", "it keeps at least two days of the journal", {},
                 domain::Risk::reversible);
}

Verdict check_journal_vacuum_size(std::string_view value) {
    constexpr double kFloor = 200.0 * 1024 * 1024;
    auto const bytes = sum_of(value, kSizes, false);
    if (!bytes) return forbid("journal.vacuum_value", "it is not a size");
    if (*bytes < kFloor)
        return forbid("journal.vacuum_floor", "the last 200 MiB of the journal are kept");
    return allow("journal.vacuum", "it keeps at least 200 MiB of the journal", {},
                 domain::Risk::reversible);
}

namespace {

constexpr std::array<std::string_view, 22> kRedisInfo{
    "server",      "clients",      "memory",   "persistence", "threads",  "stats",
    "replication", "cpu",          "modules",  "cluster",     "keyspace", "commandstats",
    "errorstats",  "latencystats", "sentinel", "debug",       "all",      "everything",
    "default",     "keysizes",     "hotkeys",  "tls"};
// Settings that tell how a server is tuned. CONFIG GET of anything else may show a password.
constexpr std::array<std::string_view, 27> kRedisSettings{"maxmemory",
                                                          "maxmemory-policy",
                                                          "maxmemory-samples",
                                                          "maxclients",
                                                          "save",
                                                          "appendonly",
                                                          "appendfsync",
                                                          "dir",
                                                          "dbfilename",
                                                          "databases",
                                                          "timeout",
                                                          "tcp-keepalive",
                                                          "bind",
                                                          "port",
                                                          "protected-mode",
                                                          "loglevel",
                                                          "logfile",
                                                          "slowlog-log-slower-than",
                                                          "slowlog-max-len",
                                                          "hz",
                                                          "lazyfree-lazy-eviction",
                                                          "repl-backlog-size",
                                                          "stop-writes-on-bgsave-error",
                                                          "rdbcompression",
                                                          "activedefrag",
                                                          "notify-keyspace-events",
                                                          "cluster-enabled"};

struct RedisForm {
    std::string_view words;  // "*" is one plain word, "#" a number, the rest in <> a list above
    domain::Risk risk = domain::Risk::readonly;
};
constexpr std::array kRedisForms{
    RedisForm{"ping"},
    RedisForm{"info"},
    RedisForm{"info <section>"},
    RedisForm{"dbsize"},
    RedisForm{"lastsave"},
    RedisForm{"time"},
    RedisForm{"role"},
    RedisForm{"acl whoami"},
    RedisForm{"client id"},
    RedisForm{"client info"},
    RedisForm{"client list"},
    RedisForm{"client getname"},
    RedisForm{"cluster info"},
    RedisForm{"cluster nodes"},
    RedisForm{"cluster slots"},
    RedisForm{"cluster shards"},
    RedisForm{"command count"},
    RedisForm{"config get <setting>"},
    RedisForm{"latency doctor"},
    RedisForm{"latency latest"},
    RedisForm{"latency history *"},
    RedisForm{"memory doctor"},
    RedisForm{"memory stats"},
    RedisForm{"memory usage *"},
    RedisForm{"memory malloc-stats"},
    RedisForm{"module list"},
    RedisForm{"slowlog len"},
    RedisForm{"exists *"},
    RedisForm{"ttl *"},
    RedisForm{"pttl *"},
    RedisForm{"type *"},
    RedisForm{"llen *"},
    RedisForm{"scard *"},
    RedisForm{"hlen *"},
    RedisForm{"zcard *"},
    RedisForm{"strlen *"},
    RedisForm{"xlen *"},
    RedisForm{"slowlog get", domain::Risk::risky},  // shows what was written
    RedisForm{"slowlog get #", domain::Risk::risky},
    RedisForm{"bgsave", domain::Risk::reversible},
    RedisForm{"bgsave schedule", domain::Risk::reversible},
    RedisForm{"bgrewriteaof", domain::Risk::reversible},
    RedisForm{"memory purge", domain::Risk::reversible},
    RedisForm{"save", domain::Risk::risky},  // stops the server while it writes
    RedisForm{"client kill *", domain::Risk::risky},
    RedisForm{"config resetstat", domain::Risk::risky},
    RedisForm{"slowlog reset", domain::Risk::risky},
    RedisForm{"latency reset", domain::Risk::risky},
};

bool is_redis_key(std::string_view word) {
    return !word.empty() && word[0] != '-' && is_printable(word) &&
           word.find(' ') == std::string_view::npos;
}

bool fits_redis(std::string_view wanted, std::string_view word) {
    if (wanted == "*") return is_redis_key(word);
    if (wanted == "#") return is_number(word) && word.size() <= 4;
    if (wanted == "<section>") return is_one_of(lower(word), kRedisInfo);
    if (wanted == "<setting>") return is_one_of(lower(word), kRedisSettings);
    return lower(word) == wanted;
}

bool fits_redis(RedisForm const& form, std::span<std::string const> words) {
    auto rest = form.words;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (rest.empty()) return false;
        auto const end = std::min(rest.find(' '), rest.size());
        auto const wanted = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!fits_redis(wanted, words[i])) return false;
    }
    return rest.empty();
}

}  // namespace

Verdict check_redis(std::span<std::string const> words) {
    if (words.empty())
        return forbid("redis.interactive", "without a command redis-cli waits for a person");
    for (auto const& form : kRedisForms)
        if (fits_redis(form, words))
            return allow("redis.known", "it is in the list of Redis commands about the server", {},
                         form.risk);
    return forbid("redis.unknown", "of Redis only reads of its state are allowed");
}

Verdict check_promql(std::string_view expression) {
    constexpr std::size_t kDepthMax = 32;
    if (expression.empty() || !is_printable(expression))
        return forbid("promql.bytes", "an expression is printable text");
    std::string open;
    Scanner at{expression};
    while (!at.at_end()) {
        char const c = at.next();
        if (c == '"' || c == '\'' || c == '`') {
            while (!at.at_end() && at.peek() != c) {
                if (at.next() == '\\' && c != '`') at.next();
            }
            if (!at.take(c)) return forbid("promql.string", "a string has no end");
        } else if (c == '(' || c == '[' || c == '{') {
            open.push_back(c == '(' ? ')' : c == '[' ? ']' : '}');
            if (open.size() > kDepthMax) return forbid("promql.depth", "nested too deeply");
        } else if (c == ')' || c == ']' || c == '}') {
            if (open.empty() || open.back() != c)
                return forbid("promql.syntax", "a bracket closes nothing");
            open.pop_back();
        } else if (!is_name_part(c) &&
                   std::string_view{" :.,+-*/%^=!<>~@"}.find(c) == std::string_view::npos) {
            return forbid("promql.syntax", "a character has no meaning in PromQL");
        }
    }
    if (!open.empty()) return forbid("promql.syntax", "a bracket is not closed");
    return allow("promql.expression", "a PromQL expression only reads");
}

}  // namespace command
