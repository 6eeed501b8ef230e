// The small languages by name, for the catalogue: whole argument lists here, single words as types
// of operands.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/command/mini/verdict.hpp"

namespace command {

// What a catalogue's `mini` may say, in the order of their numbers, which begin with 1.
constexpr std::array<std::string_view, 6> kMiniNames{"find", "curl", "wget", "redis", "ps", "lsof"};

std::optional<std::uint8_t> parse_mini(std::string_view name);
// `mini` as parse_mini gave it; `args` without the program's name.
Verdict check_mini(std::uint8_t mini, std::span<std::string const> args);

}  // namespace command
