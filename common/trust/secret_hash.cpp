#include "common/trust/secret_hash.hpp"

#include <optional>
#include <utility>

#include "common/trust/hash.hpp"

namespace trust {
namespace {

constexpr std::string_view kScheme = "sha256:";
constexpr std::size_t kDigestDigits = 64;

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

std::optional<std::string> from_hex(std::string_view hex) {
    if (hex.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    bytes.reserve(hex.size() / 2);
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        int const high = digit_of(hex[i]);
        int const low = digit_of(hex[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes.push_back(static_cast<char>(high * 16 + low));
    }
    return bytes;
}

std::string to_hex(std::string_view bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string hex;
    hex.reserve(bytes.size() * 2);
    for (char const c : bytes) {
        auto const byte = static_cast<unsigned char>(c);
        hex.push_back(kDigits[byte >> 4]);
        hex.push_back(kDigits[byte & 0xF]);
    }
    return hex;
}

struct Parts {
    std::string salt;
    std::string_view digest;
};

std::optional<Parts> split(std::string_view hash) {
    if (!hash.starts_with(kScheme)) return std::nullopt;
    hash.remove_prefix(kScheme.size());
    auto const colon = hash.find(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    auto salt = from_hex(hash.substr(0, colon));
    auto const digest = hash.substr(colon + 1);
    if (!salt || digest.size() != kDigestDigits || !from_hex(digest)) return std::nullopt;
    return Parts{std::move(*salt), digest};
}

}  // namespace

std::string hash_secret(std::string_view secret) {
    std::string const salt = random_bytes(16);
    return std::string{kScheme} + to_hex(salt) + ":" + sha256_hex(salt + std::string{secret});
}

bool is_secret_hash(std::string_view text) { return split(text).has_value(); }

bool secret_matches(std::string_view secret, std::string_view hash) {
    auto const parts = split(hash);
    if (!parts) return false;
    return equal_in_constant_time(sha256_hex(parts->salt + std::string{secret}), parts->digest);
}

}  // namespace trust
