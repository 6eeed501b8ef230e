// The spool's tables, how an older spool becomes one of today, and the pieces of SQL that keep the
// journal's hash chain whole while rows leave it. Inside sqlite_spool only.
#pragma once

#include <optional>

#include "common/adapters/sqlite_database.hpp"
#include "common/audit/chain.hpp"
#include "common/wire/messages.hpp"

namespace agent {

// In one transaction. Errors: invalid (a newer program's), the database's own.
base::Status migrate_spool(adapters::Database& database);

base::Result<audit::Position> chain_end(adapters::Database& database);

// Before rows up to `through` are forgotten: the chain will begin after them. `end` moves along
// when that is beyond everything that was ever written.
base::Status move_base(adapters::Database& database, std::int64_t through, audit::Position& end);

// Rows of `kind` up to `last` lose their bodies. Of neighbouring gaps one row stays, the last, with
// the chain's value; that of `last` says `note`.
base::Status leave_gaps(adapters::Database& database, int kind, std::int64_t last,
                        std::string const& note);

inline constexpr int kAnchorsKept = 1'000;
base::Status keep_newest_anchors(adapters::Database& database);
base::Result<std::optional<wire::JournalHead>> newest_anchor(adapters::Database& database);

}  // namespace agent
