#include "common/command/mini/lsof.hpp"

#include <algorithm>
#include <string_view>

namespace command {
namespace {

constexpr std::string_view kFlags{"abChHlnNPRtUvVwXEKQ?"};
constexpr std::string_view kValues{"cdpue"};  // the rest of the word or the next word
constexpr std::string_view kOptional{
    "iFfgLsSTx"};  // the rest of the word, or the next if it is one

bool has(std::string_view letters, char c) { return letters.find(c) != letters.npos; }

bool is_plain(std::string_view text) {
    constexpr std::string_view kSigns{"._:@,[]^-+/*"};
    return !text.empty() && text.size() <= 255 && std::ranges::all_of(text, [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               has(kSigns, c);
    });
}

bool is_option(std::string_view word) {
    return word.size() > 1 && (word[0] == '-' || word[0] == '+');
}

class Words {
  public:
    explicit Words(std::span<std::string const> args) : args_(args) {}

    Verdict check() {
        for (; at_ < args_.size(); ++at_) {
            std::string_view const word = args_[at_];
            if (word == "--") return rest_are_files();
            if (!is_option(word)) {
                file(word);
                continue;
            }
            bool const good = word[0] == '+' ? plus(word.substr(1)) : cluster(word.substr(1));
            if (!good)
                return forbid(
                    "lsof.option",
                    "'" + std::string{word} + "' is not among lsof's options that only look once");
        }
        return allow("lsof", "lists open files and who holds them", std::move(claims_));
    }

  private:
    void file(std::string_view word) { claims_.push_back({"path_meta", std::string{word}}); }

    Verdict rest_are_files() {
        while (++at_ < args_.size()) file(args_[at_]);
        return allow("lsof", "lists open files and who holds them", std::move(claims_));
    }

    // "+D /srv", "+L1", "+c 15", "+E"
    bool plus(std::string_view letters) {
        char const letter = letters[0];
        auto value = letters.substr(1);
        if (letter == 'E' || letter == 'L' || letter == 'f' || letter == 'M' || letter == '|')
            return value.empty() || is_plain(value);
        if (!has("dDc", letter)) return false;
        if (value.empty()) {
            if (++at_ >= args_.size()) return false;
            value = args_[at_];
        }
        if (letter == 'c') return is_plain(value);
        file(value);
        return true;
    }

    bool cluster(std::string_view letters) {
        for (std::size_t i = 0; i < letters.size(); ++i) {
            char const letter = letters[i];
            if (has(kFlags, letter)) continue;
            auto const value = letters.substr(i + 1);
            if (has(kOptional, letter)) return optional(value);
            if (!has(kValues, letter)) return false;
            if (!value.empty()) return is_plain(value);
            return ++at_ < args_.size() && is_plain(args_[at_]);
        }
        return true;
    }

    // What follows is the value, or a file to look for: it must be harmless as either.
    bool optional(std::string_view value) {
        if (!value.empty()) return is_plain(value);
        if (at_ + 1 >= args_.size() || is_option(args_[at_ + 1])) return true;
        std::string_view const next = args_[++at_];
        if (next.starts_with('/')) file(next);
        return is_plain(next);
    }

    std::span<std::string const> args_;
    std::size_t at_ = 0;
    std::vector<Claim> claims_;
};

}  // namespace

Verdict check_lsof(std::span<std::string const> args) { return Words{args}.check(); }

}  // namespace command
