// Tells the service manager how the program is (sd_notify(3)), by one datagram, without a library.
#pragma once

#include <optional>
#include <string_view>

#include "common/base/time.hpp"

namespace adapters {

// "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=…". Does nothing when no service manager asked to
// be told. Never blocks, never fails.
void notify_service_manager(std::string_view state);

// How often the service manager wants to hear WATCHDOG=1: half of its limit, as it recommends.
std::optional<base::Duration> watchdog_interval();

}  // namespace adapters
