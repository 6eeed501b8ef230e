// `tomte backup` and `tomte restore`: everything that a fleet is, in one archive. What hosts keep
// for themselves (their keys when they joined by invitation, their spools) is not in it.
#pragma once

#include <string>

#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace tomte {

struct BackupOptions {
    std::string folder;  // as `tomte init` made it; the coordinator may be running
    std::string file;    // the archive (tar, gzip), readable by its owner alone; must not exist
};
base::Status backup(BackupOptions const& options, base::WallTime now);

struct RestoreOptions {
    std::string file;
    std::string folder;  // new or empty
};
// The epoch is raised far above the archive's: hosts that saw a later one than the archive knows
// would refuse every order otherwise.
base::Status restore(RestoreOptions const& options);

}  // namespace tomte
