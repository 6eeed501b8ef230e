#include "agent/adapters/spool_schema.hpp"

#include <string>
#include <vector>

#include "common/audit/spool_audit.hpp"

namespace agent {
namespace {

using adapters::Database;
using base::Code;
using base::fail;

constexpr std::int64_t kSchema = 3;

constexpr char const* kFirst = R"sql(
CREATE TABLE journal(
  seq INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,   -- 0 note, 1 signal, 2 result
  body TEXT NOT NULL);
CREATE TABLE command(
  id TEXT PRIMARY KEY,
  body_hash TEXT NOT NULL,
  lane INTEGER NOT NULL,   -- 0 read, 1 fix
  jws TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  code TEXT NOT NULL,
  result_seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE meta(last_seq INTEGER NOT NULL);
INSERT INTO meta VALUES(0);
)sql";

constexpr char const* kLeased = R"sql(
CREATE TABLE document(
  name TEXT PRIMARY KEY,
  jws TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE fix(          -- begun under the lease, its end not known yet; at most one row
  id TEXT PRIMARY KEY,
  body TEXT NOT NULL) WITHOUT ROWID;
)sql";

// kind 3 is a gap: `hash` is the chain's value after the rows that were there, `seal` binds what
// its own body says.
constexpr char const* kChained = R"sql(
ALTER TABLE journal ADD COLUMN hash TEXT NOT NULL DEFAULT '';
ALTER TABLE journal ADD COLUMN seal TEXT NOT NULL DEFAULT '';
ALTER TABLE meta ADD COLUMN base_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meta ADD COLUMN base_hash TEXT NOT NULL DEFAULT
  '0000000000000000000000000000000000000000000000000000000000000000';
ALTER TABLE meta ADD COLUMN said_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meta ADD COLUMN said_hash TEXT NOT NULL DEFAULT
  '0000000000000000000000000000000000000000000000000000000000000000';
CREATE TABLE anchor(
  id INTEGER PRIMARY KEY,  -- rising: the newest heard is the last
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  proof TEXT NOT NULL);
)sql";

base::Status put_gap(Database& database, audit::Position const& at, std::string_view body) {
    auto put = database.prepare(
        "INSERT OR REPLACE INTO journal(seq, kind, body, hash, seal) VALUES(?1, 3, ?2, ?3, ?4)");
    if (!put) return tl::make_unexpected(put.error());
    return put->bind(1, at.seq)
        .bind(2, body)
        .bind(3, at.hash)
        .bind(4, audit::gap_seal(at, body))
        .run();
}

base::Status set_base(Database& database, audit::Position const& base) {
    auto set = database.prepare("UPDATE meta SET base_seq = ?1, base_hash = ?2");
    if (!set) return tl::make_unexpected(set.error());
    return set->bind(1, base.seq).bind(2, base.hash).run();
}

struct OldRow {
    std::int64_t seq;
    std::int64_t kind;
    std::string body;
};

// A journal from before there were chains gets one now; where rows had been dropped, a gap.
base::Status chain_old_rows(Database& database) {
    std::vector<OldRow> old;
    {
        auto rows = database.prepare("SELECT seq, kind, body FROM journal ORDER BY seq");
        if (!rows) return tl::make_unexpected(rows.error());
        while (true) {
            auto const more = rows->step();
            if (!more) return tl::make_unexpected(more.error());
            if (!*more) break;
            old.push_back({rows->integer(0), rows->integer(1), std::string(rows->text(2))});
        }
    }
    auto const last = database.integer("SELECT last_seq FROM meta");
    if (!last) return tl::make_unexpected(last.error());
    auto const begin = old.empty() ? *last : old.front().seq - 1;
    audit::Position end{begin, trust::chain_start()};
    if (auto done = set_base(database, end); !done) return done;
    auto chain = database.prepare("UPDATE journal SET hash = ?2 WHERE seq = ?1");
    if (!chain) return tl::make_unexpected(chain.error());
    for (auto const& row : old) {
        if (row.seq != end.seq + 1) {
            end.seq = row.seq - 1;
            if (auto done = put_gap(database, end, ""); !done) return done;
        }
        end = {row.seq, trust::chain_next(end.hash, audit::bound(audit::SpoolRow{
                                                        row.seq, row.kind, row.body}))};
        if (auto done = chain->bind(1, end.seq).bind(2, end.hash).run(); !done) return done;
    }
    return {};
}

}  // namespace

base::Status migrate_spool(Database& database) {
    auto const version = database.integer("PRAGMA user_version");
    if (!version) return tl::make_unexpected(version.error());
    if (*version > kSchema) return fail(Code::invalid, "made by a newer version");
    if (*version == kSchema) return {};
    auto begun = adapters::Transaction::begin(database);
    if (!begun) return tl::make_unexpected(begun.error());
    if (*version == 0)
        if (auto done = database.execute(kFirst); !done) return done;
    if (*version < 2)
        if (auto done = database.execute(kLeased); !done) return done;
    if (auto done = database.execute(kChained); !done) return done;
    if (auto done = chain_old_rows(database); !done) return done;
    auto const stamp = "PRAGMA user_version=" + std::to_string(kSchema);
    if (auto done = database.execute(stamp.c_str()); !done) return done;
    return begun->commit();
}

base::Result<audit::Position> chain_end(Database& database) {
    auto last = database.prepare("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1");
    if (!last) return tl::make_unexpected(last.error());
    auto const found = last->step();
    if (!found) return tl::make_unexpected(found.error());
    if (!*found) return audit::spool_base(database);
    return audit::Position{last->integer(0), std::string(last->text(1))};
}

base::Status move_base(Database& database, std::int64_t through, audit::Position& end) {
    auto row = database.prepare(
        "SELECT seq, hash FROM journal WHERE seq <= ?1 ORDER BY seq DESC LIMIT 1");
    if (!row) return tl::make_unexpected(row.error());
    auto const found = row->bind(1, through).step();
    if (!found) return tl::make_unexpected(found.error());
    // Beyond everything written here (an earlier spool was lost): numbers go on from there.
    if (through > end.seq) {
        end.seq = through;
        if (auto done = set_base(database, end); !done) return done;
        auto raise = database.prepare("UPDATE meta SET last_seq = MAX(last_seq, ?1)");
        if (!raise) return tl::make_unexpected(raise.error());
        return raise->bind(1, through).run();
    }
    if (!*found) return {};
    // In a gap the last row stays, so `through` may lie before the next one: the base is what is
    // there.
    return set_base(database, {row->integer(0), std::string(row->text(1))});
}

base::Status leave_gaps(Database& database, int kind, std::int64_t last, std::string const& note) {
    {
        auto rows = database.prepare(
            "SELECT seq, hash FROM journal WHERE kind = ?1 AND seq <= ?2 ORDER BY seq");
        if (!rows) return tl::make_unexpected(rows.error());
        rows->bind(1, std::int64_t{kind}).bind(2, last);
        std::vector<audit::Position> dropped;
        while (true) {
            auto const more = rows->step();
            if (!more) return tl::make_unexpected(more.error());
            if (!*more) break;
            dropped.push_back({rows->integer(0), std::string(rows->text(1))});
        }
        rows->reset();
        for (auto const& at : dropped)
            if (auto done = put_gap(database, at, at.seq == last ? note : ""); !done) return done;
    }
    return database.execute(
        "DELETE FROM journal WHERE kind = 3 AND body = '' AND 3 = (SELECT next.kind"
        " FROM journal AS next WHERE next.seq > journal.seq ORDER BY next.seq LIMIT 1)");
}

base::Status keep_newest_anchors(Database& database) {
    auto drop = database.prepare(
        "DELETE FROM anchor WHERE id <= (SELECT max(id) FROM anchor) - ?1");
    if (!drop) return tl::make_unexpected(drop.error());
    return drop->bind(1, std::int64_t{kAnchorsKept}).run();
}

base::Result<std::optional<wire::JournalHead>> newest_anchor(Database& database) {
    auto row = database.prepare("SELECT seq, hash FROM anchor ORDER BY id DESC LIMIT 1");
    if (!row) return tl::make_unexpected(row.error());
    auto const found = row->step();
    if (!found) return tl::make_unexpected(found.error());
    if (!*found) return std::nullopt;
    return wire::JournalHead{row->integer(0), std::string(row->text(1))};
}

}  // namespace agent
