// The store's tables and how an older store becomes one of today. docs/formats/store.md.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "common/adapters/sqlite_database.hpp"
#include "common/audit/store_audit.hpp"
#include "common/base/result.hpp"

namespace coordinator {

inline constexpr std::int64_t kStoreApplicationId = 0x746f6d74;  // "tomt", in the file's header

// SQL that takes a store from version i to i + 1. A published one never changes.
std::span<char const* const> store_migrations();

// Brings an open database to today's version, in one transaction. Errors: invalid for a database
// that is not ours or of a newer program; otherwise the database's.
base::Status migrate_store(adapters::Database& database);

using audit::row_sum;  // what `sum` holds

}  // namespace coordinator
