#include <algorithm>

#include "common/command/minis.hpp"

namespace command {

std::optional<std::uint8_t> parse_mini(std::string_view name) {
    auto const found = std::ranges::find(kMiniNames, name);
    if (found == kMiniNames.end()) return std::nullopt;
    return static_cast<std::uint8_t>(found - kMiniNames.begin() + 1);
}

}  // namespace command
