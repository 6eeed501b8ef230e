// Whole files in. For small files read at start: settings, remedies, policies, keys.
#pragma once

#include <cstddef>
#include <string>

#include "common/base/result.hpp"

namespace base {

// The bytes of a regular file. Errors: not_found, denied, invalid (a folder, or more than
// `bytes_max` bytes), unavailable; the message names the path and the system's reason.
Result<std::string> read_file(std::string const& path, std::size_t bytes_max = 1024 * 1024);

}  // namespace base
