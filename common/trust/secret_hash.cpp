#include "common/trust/secret_hash.hpp"

#include <openssl/evp.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "common/base/check.hpp"
#include "common/trust/hash.hpp"

namespace trust {
namespace {

constexpr std::string_view kOldScheme = "sha256:";
constexpr std::string_view kScheme = "scrypt:";
constexpr std::size_t kDigestDigits = 64;

struct Cost {
    std::uint64_t log_n = 14;
    std::uint64_t r = 8;
    std::uint64_t p = 1;
};
// What a file may ask for: it must not be able to take the machine's memory.
constexpr std::uint64_t kLogNMost = 18;
constexpr std::uint64_t kRMost = 16;
constexpr std::uint64_t kPMost = 4;
constexpr std::uint64_t kMemoryMost = 600ULL * 1024 * 1024;

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
    std::optional<Cost> cost;  // none: the old scheme
    std::string salt;
    std::string_view digest;
};

std::string_view take_until_colon(std::string_view& text) {
    auto const colon = text.find(':');
    auto const part = text.substr(0, colon);
    text.remove_prefix(colon == text.npos ? text.size() : colon + 1);
    return part;
}

std::uint64_t number_in(std::string_view text, std::uint64_t most) {
    std::uint64_t value = 0;
    auto const [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (wrong != std::errc{} || end != text.data() + text.size()) return 0;
    return value > most ? 0 : value;
}

std::optional<Parts> split(std::string_view hash) {
    Parts parts;
    if (hash.starts_with(kScheme)) {
        hash.remove_prefix(kScheme.size());
        Cost cost;
        cost.log_n = number_in(take_until_colon(hash), kLogNMost);
        cost.r = number_in(take_until_colon(hash), kRMost);
        cost.p = number_in(take_until_colon(hash), kPMost);
        if (cost.log_n == 0 || cost.r == 0 || cost.p == 0) return std::nullopt;
        parts.cost = cost;
    } else if (hash.starts_with(kOldScheme)) {
        hash.remove_prefix(kOldScheme.size());
    } else {
        return std::nullopt;
    }
    auto salt = from_hex(take_until_colon(hash));
    parts.digest = hash;
    if (!salt || salt->empty() || hash.size() != kDigestDigits || !from_hex(hash))
        return std::nullopt;
    parts.salt = *std::move(salt);
    return parts;
}

std::string scrypt_hex(std::string_view secret, std::string_view salt, Cost const& cost) {
    std::array<unsigned char, 32> key{};
    CHECK(EVP_PBE_scrypt(secret.data(), secret.size(),
                         reinterpret_cast<unsigned char const*>(salt.data()), salt.size(),
                         std::uint64_t{1} << cost.log_n, cost.r, cost.p, kMemoryMost, key.data(),
                         key.size()) == 1);
    return to_hex({reinterpret_cast<char const*>(key.data()), key.size()});
}

std::string digest_of(std::string_view secret, Parts const& parts) {
    if (parts.cost) return scrypt_hex(secret, parts.salt, *parts.cost);
    return sha256_hex(parts.salt + std::string{secret});
}

}  // namespace

std::string hash_secret(std::string_view secret) {
    std::string const salt = random_bytes(16);
    Cost const cost;
    return std::string{kScheme} + std::to_string(cost.log_n) + ":" + std::to_string(cost.r) + ":" +
           std::to_string(cost.p) + ":" + to_hex(salt) + ":" + scrypt_hex(secret, salt, cost);
}

bool is_secret_hash(std::string_view text) { return split(text).has_value(); }

bool secret_matches(std::string_view secret, std::string_view hash) {
    auto const parts = split(hash);
    if (!parts) return false;
    return equal_in_constant_time(digest_of(secret, *parts), parts->digest);
}

}  // namespace trust
