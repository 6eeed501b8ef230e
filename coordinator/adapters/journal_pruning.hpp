// How rows leave the beginning of the journal, and how its signed heads are thinned.
#pragma once

#include <cstdint>

#include "common/adapters/sqlite_database.hpp"
#include "coordinator/adapters/sqlite_journal.hpp"

namespace coordinator {

// One transaction of at most limits.rows_at_once rows; gives how many went. The last row stays.
base::Result<std::int64_t> prune_journal(adapters::Database& database, JournalLimits const& limits);

// Puts a signed head into the store. The one before it goes if the one before that is less than
// ten minutes older.
base::Status insert_head(adapters::Database& database, wire::ChainHead const& head,
                         std::string const& proof);

}  // namespace coordinator
