// What commands that write a fleet's set-up say of files all the time.
#pragma once

#include "common/base/file_writing.hpp"

namespace tomte {

using base::create_file;
using base::kFileMode;
using base::kFolderMode;
using base::kPublicMode;
using base::kSecretMode;
using base::make_folder;
using base::replace_file;

}  // namespace tomte
