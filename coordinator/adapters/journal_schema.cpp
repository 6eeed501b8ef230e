#include "coordinator/adapters/journal_schema.hpp"

#include <array>
#include <string>

namespace coordinator {

namespace {

// `row` is the whole row as JSON (row_codec.hpp) and `sum` its check value; the other columns
// repeat what is searched for.
constexpr char const* kJournal = R"sql(
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('epoch', 0);

CREATE TABLE journal (
    seq     INTEGER PRIMARY KEY,
    wall    INTEGER NOT NULL,
    boot    INTEGER NOT NULL,
    synced  INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    event   TEXT NOT NULL,
    records TEXT NOT NULL,
    hash    TEXT NOT NULL
) STRICT;

CREATE TABLE journal_base (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    seq      INTEGER NOT NULL,
    hash     TEXT NOT NULL
) STRICT;
INSERT INTO journal_base VALUES (1, 0, printf('%064d', 0));

CREATE TABLE timeline (
    incident TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (incident, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE incidents (
    id        TEXT NOT NULL PRIMARY KEY,
    state     TEXT NOT NULL,
    final     INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    row       TEXT NOT NULL,
    sum       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX incidents_open ON incidents (final, closed_at);
CREATE INDEX incidents_by_state ON incidents (state, id);

CREATE TABLE attempts (
    incident   TEXT NOT NULL,
    number     INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    row        TEXT NOT NULL,
    sum        INTEGER NOT NULL,
    PRIMARY KEY (incident, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_by_start ON attempts (started_at);

CREATE TABLE commands (
    id       TEXT NOT NULL PRIMARY KEY,
    incident TEXT NOT NULL,
    final    INTEGER NOT NULL,
    row      TEXT NOT NULL,
    sum      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX commands_by_incident ON commands (incident);
CREATE INDEX commands_open ON commands (id) WHERE final = 0;

CREATE TABLE signals (
    fingerprint TEXT NOT NULL PRIMARY KEY,
    incident    TEXT NOT NULL,
    firing      INTEGER NOT NULL,
    row         TEXT NOT NULL,
    sum         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signals_by_incident ON signals (incident);
CREATE INDEX signals_firing ON signals (fingerprint) WHERE firing = 1;

CREATE TABLE hosts (
    host TEXT NOT NULL PRIMARY KEY,
    row  TEXT NOT NULL,
    sum  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// What there is one of: the freeze.
constexpr char const* kSite = R"sql(
CREATE TABLE site (
    name TEXT NOT NULL PRIMARY KEY,
    row  TEXT NOT NULL,
    sum  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// The heads of the journal's chain that were signed and told.
constexpr char const* kHeads = R"sql(
CREATE TABLE heads (
    seq    INTEGER PRIMARY KEY,
    hash   TEXT NOT NULL,
    at     INTEGER NOT NULL,
    signed TEXT NOT NULL
) STRICT;
)sql";

constexpr std::array<char const*, 3> kMigrations{kJournal, kSite, kHeads};

}  // namespace

std::span<char const* const> store_migrations() { return kMigrations; }

base::Status migrate_store(adapters::Database& database) {
    auto const id = database.integer("PRAGMA application_id");
    if (!id) return tl::make_unexpected(id.error());
    auto const version = database.integer("PRAGMA user_version");
    if (!version) return tl::make_unexpected(version.error());
    auto const tables = database.integer("SELECT count(*) FROM sqlite_schema");
    if (!tables) return tl::make_unexpected(tables.error());
    auto const newest = static_cast<std::int64_t>(kMigrations.size());
    if (*tables > 0 && *id != kStoreApplicationId)
        return base::fail(base::Code::invalid, "this database is not a coordinator's store");
    if (*version > newest)
        return base::fail(base::Code::invalid,
                          "the store has version " + std::to_string(*version) +
                              ", made by a newer program; this one knows up to " +
                              std::to_string(newest));
    if (*version == newest) return {};

    auto transaction = adapters::Transaction::begin(database);
    if (!transaction) return tl::make_unexpected(transaction.error());
    for (auto step = *version; step < newest; ++step)
        if (auto done = database.execute(kMigrations[static_cast<std::size_t>(step)]); !done)
            return done;
    auto const stamp = "PRAGMA application_id=" + std::to_string(kStoreApplicationId) +
                       "; PRAGMA user_version=" + std::to_string(newest);
    if (auto done = database.execute(stamp.c_str()); !done) return done;
    return transaction->commit();
}

}  // namespace coordinator
