#include "common/trust/mbedtls_tools.hpp"

#include <mbedtls/error.h>

#include <array>
#include <cstdio>
#include <cstring>

#include "common/trust/hash.hpp"

namespace trust {

int kernel_random(void* /*context*/, unsigned char* out, std::size_t size) {
    auto const bytes = random_bytes(size);
    std::memcpy(out, bytes.data(), size);
    return 0;
}

std::string mbedtls_error(int code) {
    std::array<char, 160> text{};
    mbedtls_strerror(code, text.data(), text.size());
    std::array<char, 24> number{};
    std::snprintf(number.data(), number.size(), " (-0x%04x)", static_cast<unsigned>(-code));
    return std::string{text.data()} + number.data();
}

}  // namespace trust
