#include "common/trust/join_secrets.hpp"

#include <mbedtls/base64.h>
#include <mbedtls/md.h>
#include <mbedtls/pkcs5.h>

#include <array>

#include "common/base/check.hpp"
#include "common/trust/hash.hpp"

namespace trust {
namespace {

unsigned char const* bytes(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}

std::string derive(std::string_view purpose, std::string_view from) {
    return sha256_hex(std::string{purpose} + "|" + std::string{from});
}

std::string to_base64(unsigned char const* data, std::size_t size) {
    std::array<unsigned char, 128> text{};
    std::size_t length = 0;
    CHECK(mbedtls_base64_encode(text.data(), text.size(), &length, data, size) == 0);
    return {reinterpret_cast<char const*>(text.data()), length};
}

// 16 bits: four for each consonant, two for each vowel.
std::string word(unsigned value) {
    constexpr std::string_view kConsonants = "bdfghjklmnprstvz";
    constexpr std::string_view kVowels = "aiou";
    return {kConsonants[value >> 12U & 15U], kVowels[value >> 10U & 3U],
            kConsonants[value >> 6U & 15U], kVowels[value >> 4U & 3U], kConsonants[value & 15U]};
}

}  // namespace

std::string join_password(std::string_view token) { return derive("tomte-join-broker", token); }
std::string join_key(std::string_view token) { return derive("tomte-join-key", token); }

std::string renewal_password(std::string_view ca_fingerprint_hex) {
    return derive("tomte-renewal", ca_fingerprint_hex);
}

std::string join_mac(std::string_view key, std::string_view text) {
    std::array<unsigned char, 32> mac{};
    CHECK(mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), bytes(key), key.size(),
                          bytes(text), text.size(), mac.data()) == 0);
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    for (auto const byte : mac) {
        hex += kDigits[byte >> 4U];
        hex += kDigits[byte & 15U];
    }
    return hex;
}

std::string six_words(std::string_view text) {
    auto const digest = sha256("tomte-words|" + std::string{text});
    std::string words;
    for (std::size_t i = 0; i < 12; i += 2) {
        if (i > 0) words += ' ';
        words += word(static_cast<unsigned>(digest[i]) << 8U | digest[i + 1]);
    }
    return words;
}

std::string mosquitto_password_hash(std::string_view password) {
    constexpr unsigned kRounds = 101;  // what mosquitto_passwd takes; our passwords are 256 bits
    auto const salt = random_bytes(12);
    std::array<unsigned char, 64> digest{};
    mbedtls_md_context_t context;
    mbedtls_md_init(&context);
    CHECK(mbedtls_md_setup(&context, mbedtls_md_info_from_type(MBEDTLS_MD_SHA512), 1) == 0);
    int const code =
        mbedtls_pkcs5_pbkdf2_hmac(&context, bytes(password), password.size(), bytes(salt),
                                  salt.size(), kRounds, digest.size(), digest.data());
    mbedtls_md_free(&context);
    CHECK(code == 0);
    return "$7$" + std::to_string(kRounds) + "$" + to_base64(bytes(salt), salt.size()) + "$" +
           to_base64(digest.data(), digest.size());
}

}  // namespace trust
