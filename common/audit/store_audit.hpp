// Looks through the coordinator's store as it lies on the disk: the journal's chain, the heads it
// signed, what others keep of them, the check values of the tables. docs/formats/store.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/adapters/sqlite_database.hpp"
#include "common/audit/heads.hpp"

namespace audit {

struct Report {
    Position begin;            // what was pruned ends here
    Position end;
    std::int64_t rows = 0;
    std::int64_t gaps = 0;     // an agent's: places where rows were dropped for want of room
    int anchors_held = 0;      // signed heads that agree
};

// Errors: corrupt, naming the first row that does not fit; the database's own.
// `key` verifies the signed heads in the store; without it they are not looked at.
base::Result<Report> audit_store(adapters::Database& database,
                                 std::optional<trust::PublicKey> const& key,
                                 std::vector<Anchor> anchors);

// What the store keeps of a host's heads, verified with the host's key.
base::Result<std::vector<Anchor>> anchors_of_host(adapters::Database& database,
                                                  std::string const& host,
                                                  trust::PublicKey const& key);

// Calls visit(row, hash) for the journal's rows from `first` on, in order, until it fails.
template <class Visit>
base::Status each_store_row(adapters::Database& database, std::int64_t first, Visit visit) {
    auto query = database.prepare(
        "SELECT seq, wall, boot, synced, kind, event, records, hash FROM journal "
        "WHERE seq >= ?1 ORDER BY seq");
    if (!query) return tl::make_unexpected(query.error());
    query->bind(1, first);
    while (true) {
        auto const more = query->step();
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) return {};
        StoreRow const row{query->integer(0),      query->integer(1), query->integer(2),
                           query->integer(3) != 0, query->text(4),    query->text(5),
                           query->text(6)};
        if (auto done = visit(row, query->text(7)); !done) return done;
    }
}

base::Result<Position> journal_base(adapters::Database& database);

// A row's check value in the tables beside the journal (FNV-1a, 64 bit): SQLite has no page
// checksums, and a flipped bit in a text is not for quick_check to see.
std::int64_t row_sum(std::string_view row);

}  // namespace audit
