#include "common/command/mini/ps.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace command {
namespace {

constexpr std::string_view kUnixFlags{"ANTadefFjlMPZcHLmwyV"};
constexpr std::string_view kUnixValues{"CGUgopqstu"};
// Their lists name users, groups and terminals; a name that does not exist makes ps read anew.
constexpr std::string_view kUnixNames{"GUgstu"};
constexpr std::string_view kBsdFlags{"acefghjlLmnrsSTuvwxXZHV"};
constexpr std::string_view kBsdValues{"koOpqtU"};

constexpr std::array<std::string_view, 17> kLongFlags{
    "--context",  "--cumulative", "--deselect", "--forest",     "--headers",    "--heading",
    "--headings", "--help",       "--info",     "--no-heading", "--no-headers", "--no-headings",
    "--signames", "--version",    "--noheader", "--noheaders",  "--noheadings"};
constexpr std::array<std::string_view, 17> kLongValues{
    "--cols", "--columns", "--format", "--group", "--Group", "--lines",
    "--pid",  "--ppid",    "--rows",   "--sid",   "--sort",  "--quick-pid",
    "--tty",  "--user",    "--User",   "--width", "--cmd"};

bool has(std::string_view letters, char c) { return letters.find(c) != letters.npos; }

template <std::size_t N>
bool is_in(std::array<std::string_view, N> const& known, std::string_view word) {
    return std::ranges::find(known, word) != known.end();
}

bool are_numbers(std::string_view text) {
    return !text.empty() && text.size() <= 200 &&
           text.find_first_not_of("0123456789,") == text.npos;
}

// Columns, sort keys, names and numbers. No column may show an environment.
bool is_value(std::string_view text) {
    constexpr std::string_view kSigns{" ,%=:+-_./@#"};
    if (text.empty() || text.size() > 300) return false;
    bool const plain = std::ranges::all_of(text, [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               has(kSigns, c);
    });
    std::string lower{text};
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return plain && lower.find("env") == lower.npos;
}

// All words as ps reads them with one of the grammars for words with a dash.
class Reading {
  public:
    Reading(std::span<std::string const> args, bool unix_dash) : args_(args), unix_(unix_dash) {}

    // Can ps read it so?
    bool parse() {
        for (; at_ < args_.size(); ++at_) {
            std::string_view const word = args_[at_];
            if (word.empty()) return false;
            bool good = false;
            if (word.starts_with("--"))
                good = long_option(word);
            else if (word.size() > 1 && word[0] == '-')
                good = unix_ ? cluster(word.substr(1), kUnixFlags, kUnixValues, true)
                             : cluster(word.substr(1), kBsdFlags, kBsdValues, false);
            else
                good = are_numbers(word) || cluster(word, kBsdFlags, kBsdValues, false);
            if (!good) return false;
        }
        return true;
    }

    bool shows_environment() const { return shows_environment_; }
    // Does it hold a name that may not exist, so that ps may give this reading up?
    bool may_fail() const { return may_fail_; }

  private:
    bool long_option(std::string_view word) {
        auto const equals = word.find('=');
        auto const name = word.substr(0, equals);
        if (equals == word.npos && is_in(kLongFlags, name)) return true;
        if (!is_in(kLongValues, name)) return false;
        if (equals != word.npos) return is_value(word.substr(equals + 1));
        return ++at_ < args_.size() && is_value(args_[at_]);
    }

    bool cluster(std::string_view letters, std::string_view flags, std::string_view values,
                 bool unix_letters) {
        for (std::size_t i = 0; i < letters.size(); ++i) {
            char const letter = letters[i];
            if (has(flags, letter)) {
                if (letter == 'e' && !unix_letters) shows_environment_ = true;
                continue;
            }
            if (!has(values, letter)) return false;
            auto value = letters.substr(i + 1);
            if (value.empty()) {
                if (++at_ >= args_.size()) return false;
                value = args_[at_];
            }
            if (unix_letters && has(kUnixNames, letter) && !are_numbers(value)) may_fail_ = true;
            if (has("pq", letter) && !are_numbers(value)) return false;
            return is_value(value);
        }
        return true;
    }

    std::span<std::string const> args_;
    bool unix_;
    std::size_t at_ = 0;
    bool shows_environment_ = false;
    bool may_fail_ = false;
};

}  // namespace

Verdict check_ps(std::span<std::string const> args) {
    Reading as_typed{args, true};
    Reading all_bsd{args, false};
    bool const typed = as_typed.parse();
    bool const bsd = all_bsd.parse();
    if (!typed && !bsd)
        return forbid("ps.grammar",
                      "these are no options and columns of ps that are known to be harmless");
    bool const leaks = (typed && as_typed.shows_environment()) ||
                       ((!typed || as_typed.may_fail()) && bsd && all_bsd.shows_environment());
    if (leaks)
        return forbid("ps.environment",
                      "ps may read an 'e' here as BSD's, which shows the environment of processes");
    return allow("ps", "lists processes");
}

}  // namespace command
