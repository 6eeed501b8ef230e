// The hand's settings: hand.toml, read once at start. docs/formats/settings.md.
#pragma once

#include <span>

#include "common/base/settings.hpp"

namespace hand {

std::span<base::SettingSpec const> settings_table();

}  // namespace hand
