// How a token or a password lies in a file:
// "scrypt:<log2 N>:<r>:<p>:<salt hex>:<32 bytes hex>" (RFC 7914), some 50 ms and 16 MiB to try one.
// "sha256:<salt hex>:<hex of sha256(salt | secret)>" of older files opens too.
#pragma once

#include <string>
#include <string_view>

namespace trust {

// With a fresh salt of 16 bytes.
std::string hash_secret(std::string_view secret);
bool is_secret_hash(std::string_view text);
// False for a malformed hash too. The comparison takes the same time wherever the difference is.
bool secret_matches(std::string_view secret, std::string_view hash);

}  // namespace trust
