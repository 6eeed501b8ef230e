// Words that are secrets by their looks. Inside common/redact only.
#pragma once

#include <string>
#include <string_view>

namespace redact {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_alnum(char c) { return is_digit(c) || is_upper(c) || is_lower(c); }
constexpr bool is_name(char c) { return is_alnum(c) || c == '_' || c == '-' || c == '.'; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
// What tokens of any make consist of, base64 of both alphabets included.
constexpr bool is_token(char c) {
    return is_name(c) || c == '+' || c == '/' || c == '=' || c == '~';
}

// Of a known maker: "ghp_…", "xoxb-…", "sk-ant-…", AKIA…, a JWT …
bool is_known_token(std::string_view word);
// A public key's blob, which looks random and is no secret.
bool is_public_blob(std::string_view word);
// At least 24 characters with at least 4.0 bits each, that are neither a path nor a digest nor a
// name in many words.
bool looks_random(std::string_view word);
// Base64 of readable text; empty if it is not.
std::string readable_base64(std::string_view word);

// "$6$salt$hash" and its kin, at the front of `text`: how long it is; 0 if it is none.
std::size_t crypt_hash_length(std::string_view text);

}  // namespace redact
