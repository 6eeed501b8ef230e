// One function per type of operand_types.def, and what they share. For operand_*.cpp only.
#pragma once

#include <string_view>

#include "common/command/operand_types.hpp"

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

}  // namespace command::operand
