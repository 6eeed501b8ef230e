#include "common/command/mini/find.hpp"

#include <array>
#include <cstddef>
#include <optional>

#include "common/command/mini/scanner.hpp"
#include "common/command/mini/small.hpp"

namespace command {
namespace {

using Words = std::span<std::string_view const>;

enum class Takes { nothing, text, count, depth, size, types, mode, name, file, format, regextype };

struct Predicate {
    std::string_view name;
    Takes takes;
};

// All that GNU find 4.9 and busybox offer for choosing and for printing names. What runs a program,
// deletes, or writes to a file is missing on purpose, and named in kActing for a better reason.
constexpr std::array kPredicates{
    Predicate{"-amin", Takes::count},          Predicate{"-anewer", Takes::file},
    Predicate{"-atime", Takes::count},         Predicate{"-cmin", Takes::count},
    Predicate{"-cnewer", Takes::file},         Predicate{"-context", Takes::text},
    Predicate{"-ctime", Takes::count},         Predicate{"-d", Takes::nothing},
    Predicate{"-daystart", Takes::nothing},    Predicate{"-depth", Takes::nothing},
    Predicate{"-empty", Takes::nothing},       Predicate{"-executable", Takes::nothing},
    Predicate{"-false", Takes::nothing},       Predicate{"-follow", Takes::nothing},
    Predicate{"-fstype", Takes::name},         Predicate{"-gid", Takes::count},
    Predicate{"-group", Takes::name},          Predicate{"-ignore_readdir_race", Takes::nothing},
    Predicate{"-ilname", Takes::text},         Predicate{"-iname", Takes::text},
    Predicate{"-inum", Takes::count},          Predicate{"-ipath", Takes::text},
    Predicate{"-iregex", Takes::text},         Predicate{"-iwholename", Takes::text},
    Predicate{"-links", Takes::count},         Predicate{"-lname", Takes::text},
    Predicate{"-ls", Takes::nothing},          Predicate{"-maxdepth", Takes::depth},
    Predicate{"-mindepth", Takes::depth},      Predicate{"-mmin", Takes::count},
    Predicate{"-mount", Takes::nothing},       Predicate{"-mtime", Takes::count},
    Predicate{"-name", Takes::text},           Predicate{"-newer", Takes::file},
    Predicate{"-nogroup", Takes::nothing},     Predicate{"-noignore_readdir_race", Takes::nothing},
    Predicate{"-noleaf", Takes::nothing},      Predicate{"-nouser", Takes::nothing},
    Predicate{"-nowarn", Takes::nothing},      Predicate{"-path", Takes::text},
    Predicate{"-perm", Takes::mode},           Predicate{"-print", Takes::nothing},
    Predicate{"-print0", Takes::nothing},      Predicate{"-printf", Takes::format},
    Predicate{"-prune", Takes::nothing},       Predicate{"-quit", Takes::nothing},
    Predicate{"-readable", Takes::nothing},    Predicate{"-regex", Takes::text},
    Predicate{"-regextype", Takes::regextype}, Predicate{"-samefile", Takes::file},
    Predicate{"-size", Takes::size},           Predicate{"-true", Takes::nothing},
    Predicate{"-type", Takes::types},          Predicate{"-uid", Takes::count},
    Predicate{"-used", Takes::count},          Predicate{"-user", Takes::name},
    Predicate{"-warn", Takes::nothing},        Predicate{"-wholename", Takes::text},
    Predicate{"-writable", Takes::nothing},    Predicate{"-xdev", Takes::nothing},
    Predicate{"-xtype", Takes::types},
};

struct Acting {
    std::string_view name;
    std::string_view rule;
    std::string_view reason;
};
constexpr std::array kActing{
    Acting{"-delete", "find.delete", "-delete removes what it finds"},
    Acting{"-exec", "find.exec", "it runs another program"},
    Acting{"-execdir", "find.exec", "it runs another program"},
    Acting{"-ok", "find.exec", "it runs another program"},
    Acting{"-okdir", "find.exec", "it runs another program"},
    Acting{"-fprint", "find.write", "it writes to a file"},
    Acting{"-fprint0", "find.write", "it writes to a file"},
    Acting{"-fprintf", "find.write", "it writes to a file"},
    Acting{"-fls", "find.write", "it writes to a file"},
    Acting{"-files0-from", "find.list_file", "it reads its starting points from a file"},
};

constexpr std::array<std::string_view, 5> kBetween{"-a", "-and", "-o", "-or", ","};
constexpr std::array<std::string_view, 2> kBefore{"!", "-not"};
constexpr std::array<std::string_view, 12> kRegexTypes{
    "findutils-default", "ed",         "emacs", "gnu-awk", "grep",
    "posix-awk",         "awk",        "sed",   "egrep",   "posix-basic",
    "posix-extended",    "posix-egrep"};
constexpr int kDepthMax = 32;

bool all_in(std::string_view text, std::string_view allowed) {
    return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

// [+-]N with an optional fraction.
bool is_count(std::string_view text) {
    Scanner at{text};
    if (!at.take('+')) at.take('-');
    if (at.take_digits().empty()) return false;
    if (at.take('.') && at.take_digits().empty()) return false;
    return at.at_end();
}

bool is_size(std::string_view text) {
    Scanner at{text};
    if (!at.take('+')) at.take('-');
    if (at.take_digits().empty()) return false;
    if (!at.at_end() && std::string_view{"bcwkMG"}.find(at.next()) == std::string_view::npos)
        return false;
    return at.at_end();
}

// "f", "f,l": each one letter.
bool is_types(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const letter = i % 2 == 0;
        if (letter ? std::string_view{"bcdpflsD"}.find(text[i]) == std::string_view::npos
                   : text[i] != ',')
            return false;
    }
    return text.size() % 2 == 1;
}

bool is_account(std::string_view text) {
    return !text.empty() && (is_name_part(text[0])) && std::ranges::all_of(text, [](char c) {
        return is_name_part(c) || c == '.' || c == '-' || c == '@';
    });
}

// -newerXY: which time of the file is compared with which of the other; t is a written date.
std::optional<Takes> newer(std::string_view name) {
    if (!name.starts_with("-newer") || name.size() != 8) return std::nullopt;
    constexpr std::string_view kTimes = "aBcm";
    if (kTimes.find(name[6]) == std::string_view::npos) return std::nullopt;
    if (name[7] == 't') return Takes::text;
    if (kTimes.find(name[7]) == std::string_view::npos) return std::nullopt;
    return Takes::file;
}

std::optional<Takes> look_up(std::string_view name) {
    for (auto const& known : kPredicates)
        if (known.name == name) return known.takes;
    return newer(name);
}

bool fits(Takes takes, std::string_view value) {
    switch (takes) {
        case Takes::nothing: return false;
        case Takes::text:
        case Takes::file: return is_printable(value);
        case Takes::count: return is_count(value);
        case Takes::depth: return is_number(value) && value.size() <= 4;
        case Takes::size: return is_size(value);
        case Takes::types: return is_types(value);
        case Takes::mode: return all_in(value, "01234567ugoarwxXst+-=/,");
        case Takes::name: return is_account(value);
        case Takes::format: return check_find_format(value).risk == domain::Risk::readonly;
        case Takes::regextype: return is_one_of(value, kRegexTypes);
    }
    return false;
}

Verdict not_allowed(std::string const& word) {
    for (auto const& acting : kActing)
        if (acting.name == word)
            return forbid(std::string{acting.rule}, std::string{acting.reason});
    return forbid("find.unknown", "'" + word + "' is not a test of find that is known here");
}

// Walks over the expression, where `after` says whether an operand stands before this place.
class Expression {
  public:
    Expression(std::span<std::string const> args, std::vector<Claim>& claims)
        : args_(args), claims_(claims) {}

    std::optional<Verdict> check() {
        while (at_ < args_.size())
            if (auto bad = word(args_[at_++])) return bad;
        if (depth_ != 0) return forbid("find.syntax", "a parenthesis is not closed");
        if (needs_operand_) return forbid("find.syntax", "an operator has nothing behind it");
        return std::nullopt;
    }

  private:
    std::optional<Verdict> word(std::string const& text) {
        if (text == "(") {
            needs_operand_ = true;
            after_ = false;
            if (++depth_ > kDepthMax) return forbid("find.depth", "too many parentheses");
            return std::nullopt;
        }
        if (text == ")") {
            if (--depth_ < 0 || !after_) return forbid("find.syntax", "')' closes nothing");
            return std::nullopt;
        }
        if (is_one_of(text, kBefore)) {
            needs_operand_ = true;
            after_ = false;
            return std::nullopt;
        }
        if (is_one_of(text, kBetween)) {
            if (!after_) return forbid("find.syntax", "an operator has nothing before it");
            needs_operand_ = true;
            after_ = false;
            return std::nullopt;
        }
        return predicate(text);
    }

    std::optional<Verdict> predicate(std::string const& name) {
        auto const takes = look_up(name);
        if (!takes) return not_allowed(name);
        after_ = true;
        needs_operand_ = false;
        if (*takes == Takes::nothing) return std::nullopt;
        if (at_ == args_.size()) return forbid("find.syntax", "'" + name + "' needs a value");
        auto const& value = args_[at_++];
        if (!fits(*takes, value))
            return forbid("find.value", "'" + value + "' is not a value for '" + name + "'");
        if (*takes == Takes::file) claims_.push_back(Claim{"path_meta", value});
        return std::nullopt;
    }

    std::span<std::string const> args_;
    std::vector<Claim>& claims_;
    std::size_t at_ = 0;
    int depth_ = 0;
    bool after_ = false;
    bool needs_operand_ = false;
};

bool begins_expression(std::string_view word) {
    return word.starts_with('-') || word == "(" || word == ")" || word == "!" || word == ",";
}

bool is_leading_option(std::string_view word) {
    return word == "-H" || word == "-L" || word == "-P" || word == "-O0" || word == "-O1" ||
           word == "-O2" || word == "-O3";
}

}  // namespace

Verdict check_find(std::span<std::string const> args) {
    std::size_t at = 0;
    while (at < args.size() && is_leading_option(args[at])) ++at;
    if (at < args.size() && args[at] == "--") ++at;
    std::vector<Claim> claims;
    for (; at < args.size() && !begins_expression(args[at]); ++at)
        claims.push_back(Claim{"path_meta", args[at]});
    if (claims.empty()) claims.push_back(Claim{"path_meta", "."});
    if (auto bad = Expression{args.subspan(at), claims}.check()) return std::move(*bad);
    return allow("find.tests", "it only chooses files and prints their names", std::move(claims));
}

}  // namespace command
