// Files and folders with their modes, for commands that write a fleet's set-up.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string_view>

#include "common/base/result.hpp"

namespace tomte {

inline constexpr mode_t kFolderMode = 0750;
inline constexpr mode_t kSecretMode = 0600;
inline constexpr mode_t kFileMode = 0640;

// One folder; its parent must exist. An existing folder is left as it is.
base::Status make_folder(std::filesystem::path const& path);
// Refuses an existing file.
base::Status create_file(std::filesystem::path const& path, std::string_view text, mode_t mode);
// Through a temporary file and rename: readers see the old text or the new one.
base::Status replace_file(std::filesystem::path const& path, std::string_view text, mode_t mode);

}  // namespace tomte
