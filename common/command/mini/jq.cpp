#include "common/command/mini/jq.hpp"

#include <array>
#include <optional>
#include <vector>

#include "common/command/mini/scanner.hpp"

namespace command {
namespace {

constexpr std::size_t kDepthMax = 32;

// Everything a filter may call. Missing on purpose: env, input, inputs, debug, stderr, halt,
// halt_error, import, include, def, and the loops that need not end (until, while, repeat).
constexpr std::array<std::string_view, 134> kFunctions{"IN",
                                                       "INDEX",
                                                       "abs",
                                                       "add",
                                                       "all",
                                                       "any",
                                                       "arrays",
                                                       "ascii",
                                                       "ascii_downcase",
                                                       "ascii_upcase",
                                                       "booleans",
                                                       "bsearch",
                                                       "capture",
                                                       "ceil",
                                                       "columns",
                                                       "combinations",
                                                       "contains",
                                                       "date",
                                                       "del",
                                                       "delpaths",
                                                       "empty",
                                                       "endswith",
                                                       "error",
                                                       "exp",
                                                       "exp10",
                                                       "exp2",
                                                       "explode",
                                                       "fabs",
                                                       "false",
                                                       "finites",
                                                       "first",
                                                       "flatten",
                                                       "floor",
                                                       "from_entries",
                                                       "fromdate",
                                                       "fromdateiso8601",
                                                       "fromjson",
                                                       "fromstream",
                                                       "getpath",
                                                       "gmtime",
                                                       "group_by",
                                                       "gsub",
                                                       "has",
                                                       "implode",
                                                       "in",
                                                       "index",
                                                       "indices",
                                                       "infinite",
                                                       "input_line_number",
                                                       "inside",
                                                       "isempty",
                                                       "isinfinite",
                                                       "isnan",
                                                       "isnormal",
                                                       "isvalid",
                                                       "iterables",
                                                       "join",
                                                       "keys",
                                                       "keys_unsorted",
                                                       "last",
                                                       "leaf_paths",
                                                       "length",
                                                       "limit",
                                                       "localtime",
                                                       "log",
                                                       "log10",
                                                       "log2",
                                                       "ltrim",
                                                       "ltrimstr",
                                                       "map",
                                                       "map_values",
                                                       "match",
                                                       "max",
                                                       "max_by",
                                                       "min",
                                                       "min_by",
                                                       "mktime",
                                                       "nan",
                                                       "not",
                                                       "now",
                                                       "nth",
                                                       "null",
                                                       "nulls",
                                                       "numbers",
                                                       "objects",
                                                       "path",
                                                       "paths",
                                                       "pick",
                                                       "pow",
                                                       "range",
                                                       "recurse",
                                                       "reverse",
                                                       "rindex",
                                                       "round",
                                                       "rtrim",
                                                       "rtrimstr",
                                                       "scalars",
                                                       "scan",
                                                       "select",
                                                       "setpath",
                                                       "significand",
                                                       "skip",
                                                       "sort",
                                                       "sort_by",
                                                       "split",
                                                       "splits",
                                                       "sqrt",
                                                       "startswith",
                                                       "strflocaltime",
                                                       "strftime",
                                                       "strings",
                                                       "strptime",
                                                       "sub",
                                                       "test",
                                                       "to_entries",
                                                       "toarray",
                                                       "todate",
                                                       "todateiso8601",
                                                       "tojson",
                                                       "tonumber",
                                                       "tostream",
                                                       "tostring",
                                                       "transpose",
                                                       "trim",
                                                       "true",
                                                       "trunc",
                                                       "truncate_stream",
                                                       "type",
                                                       "unique",
                                                       "unique_by",
                                                       "utf8bytelength",
                                                       "values",
                                                       "walk",
                                                       "with_entries"};
constexpr std::array<std::string_view, 14> kKeywords{"and",    "or",      "if",    "then", "elif",
                                                     "else",   "end",     "as",    "try",  "catch",
                                                     "reduce", "foreach", "label", "break"};
constexpr std::array<std::string_view, 10> kFormats{"text", "json", "csv",    "tsv",     "html",
                                                    "uri",  "sh",   "base64", "base64d", "urid"};

// What is open around here. A string is open while its text or one of its "\( )" is read.
enum class Open { brace, bracket, parenthesis, interpolation };

// Reads tokens, without a tree: a filter can reach beyond its input only by a name.
class Filter {
  public:
    explicit Filter(std::string_view text) : at_(text) {}

    Verdict check() {
        while (true) {
            at_.skip_spaces();
            if (at_.at_end()) break;
            if (auto bad = token()) return std::move(*bad);
        }
        if (!open_.empty()) return forbid("jq.syntax", "a bracket or string is not closed");
        return allow("jq.filter", "it only chooses and reshapes what it is given");
    }

  private:
    using Bad = std::optional<Verdict>;

    Bad token() {
        char const c = at_.peek();
        if (is_name_start(c)) return name();
        key_may_follow_ = false;
        if (is_digit(c)) {
            at_.take_while([](char d) { return is_digit(d) || d == '.'; });
            if (at_.peek() == 'e' || at_.peek() == 'E') {
                at_.next();
                if (!at_.take('-')) at_.take('+');
                at_.take_digits();
            }
            return std::nullopt;
        }
        at_.next();
        switch (c) {
            case '"': return string();
            case '.': return dot();
            case '$': return variable();
            case '@': return format();
            case '{':
            case '[':
            case '(': return open(c);
            case '}':
            case ']':
            case ')': return close(c);
            case ',': key_may_follow_ = inside(Open::brace); return std::nullopt;
            case ':':
                if (at_.peek() == ':') return forbid("jq.module", "names of modules are not known");
                return std::nullopt;
            default: break;
        }
        if (std::string_view{"|;?+-*/%=!<>"}.find(c) == std::string_view::npos)
            return forbid("jq.syntax", "a character has no meaning in a filter");
        return std::nullopt;
    }

    bool inside(Open what) const { return !open_.empty() && open_.back() == what; }

    Bad open(char c) {
        if (open_.size() >= kDepthMax) return forbid("jq.depth", "nested too deeply");
        open_.push_back(c == '{' ? Open::brace : c == '[' ? Open::bracket : Open::parenthesis);
        key_may_follow_ = c == '{';
        return std::nullopt;
    }

    Bad close(char c) {
        if (c == ')' && inside(Open::interpolation)) {
            open_.pop_back();
            return string();
        }
        auto const wanted = c == '}' ? Open::brace : c == ']' ? Open::bracket : Open::parenthesis;
        if (!inside(wanted)) return forbid("jq.syntax", "a bracket closes nothing");
        open_.pop_back();
        return std::nullopt;
    }

    // The text of a string up to its end, or to "\(" where a filter begins.
    Bad string() {
        while (!at_.at_end()) {
            char const c = at_.next();
            if (c == '"') return std::nullopt;
            if (c != '\\') continue;
            if (at_.take('(')) {
                if (open_.size() >= kDepthMax) return forbid("jq.depth", "nested too deeply");
                open_.push_back(Open::interpolation);
                return std::nullopt;
            }
            char const escaped = at_.next();
            if (escaped == '\0' ||
                std::string_view{"\"\\/bfnrtu"}.find(escaped) == std::string_view::npos)
                return forbid("jq.escape", "an escape in a string is not known");
        }
        return forbid("jq.syntax", "a string has no end");
    }

    // ".", "..", ".name", ".\"name\"" (the string comes as the next token).
    Bad dot() {
        if (at_.take('.')) return std::nullopt;
        at_.take_name();
        return std::nullopt;
    }

    Bad variable() {
        at_.skip_spaces();
        auto const word = at_.take_name();
        if (word.empty()) return forbid("jq.syntax", "'$' without a name");
        if (word == "ENV") return forbid("jq.environment", "'$ENV' reads the environment");
        if (word.starts_with("__") && word != "__loc__")
            return forbid("jq.variable", "this variable belongs to jq itself");
        return std::nullopt;
    }

    Bad format() {
        auto const word = at_.take_while(is_name_part);
        if (!is_one_of(word, kFormats)) return forbid("jq.format", "this '@' format is not known");
        return std::nullopt;
    }

    Bad name() {
        bool const key = key_may_follow_;
        key_may_follow_ = false;
        auto const word = at_.take_name();
        Scanner ahead = at_;
        ahead.skip_spaces();
        // {name: …}, {name}, {name, …}: a key, whatever it is called.
        if (key && (ahead.peek() == ':' || ahead.peek() == ',' || ahead.peek() == '}') &&
            ahead.peek(1) != ':')
            return std::nullopt;
        if (is_one_of(word, kKeywords)) return std::nullopt;
        if (word == "recurse" && ahead.peek() == '(')
            return forbid("jq.loop", "'recurse' with a filter need not end");
        if (is_one_of(word, kFunctions)) return std::nullopt;
        if (word == "env") return forbid("jq.environment", "'env' reads the environment");
        return forbid("jq.function", "'" + std::string{word} + "' is no function known here");
    }

    Scanner at_;
    std::vector<Open> open_;
    bool key_may_follow_ = false;
};

}  // namespace

Verdict check_jq(std::string_view filter) {
    if (!is_printable(filter)) return forbid("jq.bytes", "a filter is printable text");
    return Filter{filter}.check();
}

}  // namespace command
