#include "common/domain/host.hpp"

#include <algorithm>
#include <array>

namespace domain {
namespace {

constexpr std::array<std::string_view, 4> kServiceNames{"coordinator", "operator", "homeassistant",
                                                        "addons"};

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

std::optional<HostId> HostId::parse(std::string_view text) {
    bool const shaped =
        !text.empty() && text.size() <= 63 && is_lower_or_digit(text.front()) &&
        std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '-'; });
    if (!shaped || std::ranges::find(kServiceNames, text) != kServiceNames.end())
        return std::nullopt;
    return HostId{std::string{text}};
}

}  // namespace domain
