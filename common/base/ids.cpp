#include "common/base/ids.hpp"

namespace base {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void append_base32(std::string& out, std::uint64_t value, int characters) {
    for (int shift = 5 * (characters - 1); shift >= 0; shift -= 5)
        out += kAlphabet[(value >> shift) & 31U];
}

}  // namespace

std::string IdSource::next(WallTime now) {
    std::string id;
    id.reserve(26);
    append_base32(id, static_cast<std::uint64_t>(unix_ms(now)) & 0xFFFF'FFFF'FFFFULL, 10);
    append_base32(id, random_.next() & 0xFF'FFFF'FFFFULL, 8);
    append_base32(id, random_.next() & 0xFF'FFFF'FFFFULL, 8);
    return id;
}

bool is_ulid(std::string_view text) {
    return text.size() == 26 && text.front() <= '7' &&
           text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

}  // namespace base
