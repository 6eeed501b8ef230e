// How a token or a password lies in a file: "sha256:<salt hex>:<hex of sha256(salt | secret)>".
// The secrets are random and long (random_token), so a slow password hash would buy nothing.
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
