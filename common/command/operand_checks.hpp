// One function per type of operand_types.def, and what they share. For operand_*.cpp only.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "common/command/operand_types.hpp"
#include "common/command/paths.hpp"

namespace command::operand {

#define TOMTE_OPERAND(name, what) Fit check_##name(std::string_view word, Context const& context);
#include "common/command/operand_types.def"
#undef TOMTE_OPERAND

inline Fit fits() { return {}; }
inline Fit wrong(std::string reason = {}) {
    return Fit{domain::Risk::forbidden, {}, std::move(reason)};
}
inline Fit fits_if(bool yes) { return yes ? fits() : wrong(); }

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alnum(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// 1 to `most` characters: letters, digits and those of `besides`, the first a letter or digit.
inline bool is_name(std::string_view word, std::string_view besides, std::size_t most = 255) {
    if (word.empty() || word.size() > most || !is_alnum(word[0])) return false;
    for (char const c : word)
        if (!is_alnum(c) && besides.find(c) == besides.npos) return false;
    return true;
}

inline bool all_digits(std::string_view word, std::size_t most = 18) {
    if (word.empty() || word.size() > most) return false;
    for (char const c : word)
        if (!is_digit(c)) return false;
    return true;
}

// The first character a letter, a digit or one of `first`; the others those or one of `others`.
inline bool is_made_of(std::string_view word, std::string_view first, std::string_view others,
                       std::size_t most = 255) {
    if (word.empty() || word.size() > most) return false;
    if (!is_alnum(word[0]) && first.find(word[0]) == first.npos) return false;
    return std::ranges::all_of(
        word.substr(1), [&](char c) { return is_alnum(c) || others.find(c) != others.npos; });
}

inline bool is_one_of(std::string_view word, std::initializer_list<std::string_view> known) {
    return std::ranges::find(known, word) != known.end();
}

inline bool is_plain_path(std::string_view word) {
    return word.starts_with('/') && why_not(word, PathUse::meta, false).empty();
}

// Cuts the text up to `by`, or all of it, off the front.
inline std::string_view take_part(std::string_view& text, char by) {
    auto const end = std::min(text.find(by), text.size());
    auto const part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

inline bool all_parts(std::string_view list, char by, bool (*good)(std::string_view)) {
    if (list.empty() || list.ends_with(by)) return false;
    while (!list.empty())
        if (!good(take_part(list, by))) return false;
    return true;
}

}  // namespace command::operand
