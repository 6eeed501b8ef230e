// SHA-256, base64url and random bytes. Hashing is mbedTLS', randomness the kernel's.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace trust {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);  // 64 lower-case digits

// The same over bytes that come piece by piece.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256 const&) = delete;
    Sha256& operator=(Sha256 const&) = delete;

    void add(std::string_view bytes);
    std::string hex();  // once, at the end

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// Base64url without padding (RFC 7515, section 2). Decoding refuses padding, whitespace and
// non-zero trailing bits, so that one value has one spelling.
std::string to_base64url(std::string_view bytes);
base::Result<std::string> from_base64url(std::string_view text);

// `count` bytes from getrandom(2).
std::string random_bytes(std::size_t count);
// 128 bits as 32 hex digits: session nonces, tokens.
std::string random_token();

// The journal's chain: h_i = SHA-256(h_{i-1} | canonical row). Both are 64 hex digits; the first
// row's predecessor is 64 zeros.
std::string chain_next(std::string_view previous_hex, std::string_view canonical_row);
std::string const& chain_start();

// Compares without telling by its duration where the difference is.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace trust
