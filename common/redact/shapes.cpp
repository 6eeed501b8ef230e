#include "common/redact/shapes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace redact {
namespace {

constexpr std::array<std::string_view, 43> kPrefixes = {
    "ghp_",     "gho_",      "ghu_",     "ghs_",      "ghr_",     "github_pat_", "glpat-",
    "gldt-",    "glrt-",     "xoxb-",    "xoxp-",     "xoxa-",    "xoxr-",       "xoxs-",
    "xapp-",    "sk-ant-",   "sk-proj-", "sk_live_",  "sk_test_", "rk_live_",    "AKIA",
    "ASIA",     "AIza",      "ya29.",    "hvs.",      "hvb.",     "npm_",        "dop_v1_",
    "pypi-",    "SG.",       "tskey-",   "whsec_",    "glc_",     "glsa_",       "shpat_",
    "EAACEdEose0cBA", "AGE-SECRET-KEY-1", "dckr_pat_", "hf_",     "nvapi-",      "sk-or-",
    "pat-na1-", "lin_api_",
};

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

double entropy(std::string_view word) {
    std::array<int, 256> counts{};
    for (char const c : word) ++counts[static_cast<unsigned char>(c)];
    double bits = 0;
    auto const length = static_cast<double>(word.size());
    for (int const count : counts)
        if (count != 0) bits -= count / length * std::log2(count / length);
    return bits;
}

int kind(char c) { return is_digit(c) ? 0 : is_upper(c) ? 1 : 2; }

// How often a piece of a word between separators changes between digits, small and capital letters:
// words of a language and numbers seldom, random text all the time.
std::size_t changes_in(std::string_view piece) {
    std::size_t changes = 0;
    for (std::size_t i = 1; i < piece.size(); ++i)
        if (kind(piece[i]) != kind(piece[i - 1])) ++changes;
    return changes;
}

// How much of a piece consists of runs of small letters that could be said: four or more with a
// vowel, as in anyName and any_name.
std::size_t natural_in(std::string_view piece) {
    std::size_t natural = 0;
    std::size_t run = 0;
    bool vowel = false;
    for (std::size_t i = 0; i <= piece.size(); ++i) {
        if (i < piece.size() && is_lower(piece[i])) {
            ++run;
            vowel = vowel || std::string_view{"aeiouy"}.find(piece[i]) != std::string_view::npos;
            continue;
        }
        if (run >= 4 && vowel) natural += run + 1;
        run = 0;
        vowel = false;
    }
    return natural;
}

// Our own ids, and many others'.
bool is_ulid(std::string_view word) {
    return word.size() == 26 && word[0] >= '0' && word[0] <= '7' &&
           std::ranges::all_of(word, [](char c) {
               return is_digit(c) || (is_upper(c) && c != 'I' && c != 'L' && c != 'O' && c != 'U');
           });
}

int base64_value(char c) {
    if (is_upper(c)) return c - 'A';
    if (is_lower(c)) return c - 'a' + 26;
    if (is_digit(c)) return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    if (c == '/' || c == '_') return 63;
    return -1;
}

}  // namespace

bool is_known_token(std::string_view word) {
    for (auto const prefix : kPrefixes)
        if (word.starts_with(prefix) && word.size() >= prefix.size() + 8) return true;
    if (word.starts_with("sk-") && word.size() >= 35 &&
        std::ranges::any_of(word, is_digit))
        return true;
    auto const dot = word.find('.');
    return word.starts_with("eyJ") && dot != word.npos && dot >= 10 && word.size() > dot + 8;
}

bool is_public_blob(std::string_view word) {
    for (std::string_view const front :
         {"AAAAC3NzaC1lZDI1NTE5", "AAAAB3NzaC1yc2E", "AAAAE2VjZHNhLXNoYTIt", "AAAAGnNrLXNzaC1l"})
        if (word.starts_with(front)) return true;
    return false;
}

bool looks_random(std::string_view word) {
    if (word.size() < 24 || is_ulid(word)) return false;
    std::size_t letters = 0;  // and digits, but those of digests
    std::size_t all = 0;
    std::size_t changes = 0;
    std::size_t natural = 0;
    auto const judge = [&](std::string_view piece) {
        all += piece.size();
        auto const digits = piece.starts_with("0x") ? piece.substr(2) : piece;
        if (digits.size() >= 6 && std::ranges::all_of(digits, is_hex)) return;
        letters += piece.size();
        changes += changes_in(piece);
        natural += natural_in(piece);
    };
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= word.size(); ++i) {
        if (i < word.size() && is_alnum(word[i])) continue;
        judge(word.substr(begin, i - begin));
        begin = i + 1;
    }
    if (letters < 16 || letters * 10 < all * 6) return false;
    // Part numbers are capitals and digits, paths hold many things.
    auto const small = static_cast<std::size_t>(std::ranges::count_if(word, is_lower));
    bool const part_number = small * 5 < letters && !word.ends_with('=');
    auto const least = part_number ? 4U : word.starts_with('/') ? 3U : 2U;
    if (changes * 10 < letters * least || natural * 10 >= letters * 7) return false;
    auto const bits = entropy(word);
    return bits >= 4.0 || (bits >= 3.6 && changes * 20 >= letters * 7);
}

std::string readable_base64(std::string_view word) {
    while (word.ends_with('=')) word.remove_suffix(1);
    if (word.size() < 11 || word.size() % 4 == 1) return {};
    std::string text;
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (char const c : word) {
        auto const value = base64_value(c);
        if (value < 0) return {};
        pending = (pending << 6U) | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        auto const byte = static_cast<unsigned char>(pending >> bits);
        bool const white = byte == '\n' || byte == '\t' || byte == '\r';
        if ((byte < 0x20 && !white) || byte >= 0x7F) return {};
        text += static_cast<char>(byte);
        pending &= (1U << bits) - 1U;
    }
    return text;
}

std::size_t crypt_hash_length(std::string_view text) {
    for (std::string_view const front :
         {"$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$7$", "$y$", "$gy$", "$apr1$", "$argon2",
          "$scrypt$", "$pbkdf2"}) {
        if (!text.starts_with(front)) continue;
        std::size_t end = 0;
        while (end < text.size() && (is_token(text[end]) || text[end] == '$' || text[end] == ','))
            ++end;
        return end >= 20 ? end : 0;
    }
    return 0;
}

}  // namespace redact
