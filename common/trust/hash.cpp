#include "common/trust/hash.hpp"

#include <mbedtls/sha256.h>
#include <sys/random.h>

#include <cerrno>

#include "common/base/check.hpp"

namespace trust {
namespace {

using base::Code;

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

template <class Bytes>
std::string hex(Bytes const& bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (auto const byte : bytes) {
        auto const value = static_cast<std::uint8_t>(byte);
        text += kDigits[value >> 4U];
        text += kDigits[value & 15U];
    }
    return text;
}

}  // namespace

Digest sha256(std::string_view bytes) {
    Digest digest{};
    CHECK(mbedtls_sha256_ret(reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(),
                             digest.data(), 0) == 0);
    return digest;
}

std::string sha256_hex(std::string_view bytes) { return hex(sha256(bytes)); }

struct Sha256::State {
    mbedtls_sha256_context context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    mbedtls_sha256_init(&state_->context);
    CHECK(mbedtls_sha256_starts_ret(&state_->context, 0) == 0);
}

Sha256::~Sha256() { mbedtls_sha256_free(&state_->context); }

void Sha256::add(std::string_view bytes) {
    CHECK(mbedtls_sha256_update_ret(&state_->context,
                                    reinterpret_cast<unsigned char const*>(bytes.data()),
                                    bytes.size()) == 0);
}

std::string Sha256::hex() {
    Digest digest{};
    CHECK(mbedtls_sha256_finish_ret(&state_->context, digest.data()) == 0);
    return trust::hex(digest);
}

std::string to_base64url(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (char const c : bytes) {
        pending = (pending << 8U) | static_cast<std::uint8_t>(c);
        for (bits += 8; bits >= 6;) {
            bits -= 6;
            text += kAlphabet[(pending >> bits) & 63U];
        }
        pending &= (1U << bits) - 1U;
    }
    if (bits > 0) text += kAlphabet[(pending << (6 - bits)) & 63U];
    return text;
}

base::Result<std::string> from_base64url(std::string_view text) {
    if (text.size() % 4 == 1) return base::fail(Code::invalid, "base64url of impossible length");
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (char const c : text) {
        auto const value = kAlphabet.find(c);
        if (value == std::string_view::npos)
            return base::fail(Code::invalid, "not a base64url character");
        pending = (pending << 6U) | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>(pending >> bits);
            pending &= (1U << bits) - 1U;
        }
    }
    if (pending != 0) return base::fail(Code::invalid, "base64url ends in stray bits");
    return bytes;
}

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    for (std::size_t done = 0; done < count;) {
        auto const got = getrandom(bytes.data() + done, count - done, 0);
        CHECK(got >= 0 || errno == EINTR);  // it can only be missing on a kernel before 3.17
        if (got > 0) done += static_cast<std::size_t>(got);
    }
    return bytes;
}

std::string random_token() { return hex(random_bytes(16)); }

std::string chain_next(std::string_view previous_hex, std::string_view canonical_row) {
    std::string text{previous_hex};
    text += '|';
    text += canonical_row;
    return sha256_hex(text);
}

std::string const& chain_start() {
    static std::string const zeros(64, '0');
    return zeros;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;  // lengths of our secrets are no secret
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
    return difference == 0;
}

}  // namespace trust
