// The coordinator's settings: coordinator.toml, read once at start. docs/formats/settings.md.
#pragma once

#include <span>

#include "common/base/settings.hpp"
#include "coordinator/core/coordinator.hpp"

namespace coordinator {

std::span<base::SettingSpec const> settings_table();

// What of them the core needs. The seed and the digest of the remedies are the caller's.
CoreSettings core_settings(base::Settings const& settings);

}  // namespace coordinator
