// Files and folders with their modes: for whoever sets up a host or a fleet.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string_view>

#include "common/base/result.hpp"

namespace base {

inline constexpr mode_t kFolderMode = 0750;
inline constexpr mode_t kSecretMode = 0600;
inline constexpr mode_t kFileMode = 0640;
inline constexpr mode_t kPublicMode = 0644;

// One folder; its parent must exist. An existing folder is left as it is.
Status make_folder(std::filesystem::path const& path);
// Refuses an existing file. On disk when it returns.
Status create_file(std::filesystem::path const& path, std::string_view text, mode_t mode);
// Through a temporary file and rename: readers see the old text or the new one, also after a power
// cut.
Status replace_file(std::filesystem::path const& path, std::string_view text, mode_t mode);

}  // namespace base
