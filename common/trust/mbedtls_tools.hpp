// The few things every use of mbedTLS in this folder needs.
#pragma once

#include <cstddef>
#include <string>

namespace trust {

// mbedTLS' f_rng: getrandom(2). `context` is unused.
int kernel_random(void* context, unsigned char* out, std::size_t size);

// "X509 - The date tag or value is invalid (-0x2400)".
std::string mbedtls_error(int code);

}  // namespace trust
