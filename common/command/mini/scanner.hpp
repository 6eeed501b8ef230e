// A cursor over a program text: what every hand-written parser of this folder is made of.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

namespace command {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_name_start(char c) { return is_letter(c) || c == '_'; }
inline bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }

// Printable ASCII and nothing else: the line's own rule, kept here too because a mini-language is
// also called by tests and fuzzers.
inline bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7e; });
}

inline bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_digit);
}

inline bool is_identifier(std::string_view text) {
    return !text.empty() && is_name_start(text[0]) && std::ranges::all_of(text, is_name_part);
}

inline bool is_one_of(std::string_view word, std::span<std::string_view const> words) {
    return std::ranges::find(words, word) != words.end();
}

class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    bool at_end() const { return at_ >= text_.size(); }
    std::size_t position() const { return at_; }
    std::string_view since(std::size_t from) const { return text_.substr(from, at_ - from); }
    // The character `ahead` of here; NUL behind the end.
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    // Takes one character; NUL at the end.
    char next() { return at_end() ? '\0' : text_[at_++]; }
    bool take(char wanted) {
        if (peek() != wanted || at_end()) return false;
        ++at_;
        return true;
    }
    bool take(std::string_view wanted) {
        if (!text_.substr(at_).starts_with(wanted)) return false;
        at_ += wanted.size();
        return true;
    }
    void skip_spaces() {
        while (peek() == ' ') ++at_;
    }
    template <typename Predicate>
    std::string_view take_while(Predicate predicate) {
        auto const from = at_;
        while (!at_end() && predicate(text_[at_])) ++at_;
        return text_.substr(from, at_ - from);
    }
    std::string_view take_digits() { return take_while(is_digit); }
    // A name as most languages have it; empty if none begins here.
    std::string_view take_name() {
        return is_name_start(peek()) ? take_while(is_name_part) : std::string_view{};
    }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace command
