// The agent's settings: one table, read once at start.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/core/agent.hpp"
#include "common/base/settings.hpp"

namespace agent {

std::span<base::SettingSpec const> settings_table();

// What the core needs of them. Error invalid: the host's id is none.
base::Result<AgentSettings> core_settings(base::Settings const& settings);

}  // namespace agent
