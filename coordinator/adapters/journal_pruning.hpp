// How rows leave the beginning of the journal.
#pragma once

#include <cstdint>

#include "common/adapters/sqlite_database.hpp"
#include "coordinator/adapters/sqlite_journal.hpp"

namespace coordinator {

// One transaction of at most limits.rows_at_once rows; gives how many went. The last row stays.
base::Result<std::int64_t> prune_journal(adapters::Database& database, JournalLimits const& limits);

}  // namespace coordinator
