#include "coordinator/adapters/journal_pruning.hpp"

#include <set>
#include <string>

#include "coordinator/adapters/row_codec.hpp"

namespace coordinator {

namespace {

using adapters::Database;

base::Result<bool> too_large(Database& database, std::int64_t bytes_max) {
    if (bytes_max == 0) return false;
    auto const pages = database.integer("PRAGMA page_count");
    if (!pages) return tl::make_unexpected(pages.error());
    auto const unused = database.integer("PRAGMA freelist_count");
    if (!unused) return tl::make_unexpected(unused.error());
    auto const size = database.integer("PRAGMA page_size");
    if (!size) return tl::make_unexpected(size.error());
    return (*pages - *unused) * *size > bytes_max;
}

// The timeline's index has no order by seq: the rows themselves say which entries are theirs.
base::Status forget_timeline(Database& database, std::int64_t through) {
    auto rows = database.prepare("SELECT seq, records FROM journal WHERE seq <= ?1");
    if (!rows) return tl::make_unexpected(rows.error());
    auto forget = database.prepare("DELETE FROM timeline WHERE incident = ?1 AND seq = ?2");
    if (!forget) return tl::make_unexpected(forget.error());
    rows->bind(1, through);
    while (true) {
        auto const more = rows->step();
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) return {};
        auto const records = decode_records(rows->text(1));
        if (!records) return tl::make_unexpected(records.error());
        for (auto const& record : *records)
            if (auto done = forget->bind(1, record.incident).bind(2, rows->integer(0)).run(); !done)
                return done;
    }
}

}  // namespace

base::Result<std::int64_t> prune_journal(Database& database, JournalLimits const& limits) {
    auto const large = too_large(database, limits.bytes_max);
    if (!large) return tl::make_unexpected(large.error());
    auto const first = database.integer("SELECT seq FROM journal_base");
    if (!first) return tl::make_unexpected(first.error());
    auto transaction = adapters::Transaction::begin(database);
    if (!transaction) return tl::make_unexpected(transaction.error());
    auto last = database.prepare(
        "SELECT seq, hash FROM journal WHERE seq <= ?1 AND seq < (SELECT max(seq) FROM journal) "
        "AND (wall < ?2 OR ?3) ORDER BY seq DESC LIMIT 1");
    if (!last) return tl::make_unexpected(last.error());
    last->bind(1, *first + limits.rows_at_once)
        .bind(2, base::unix_ms(limits.before))
        .bind(3, *large ? 1 : 0);
    auto const found = last->step();
    if (!found) return tl::make_unexpected(found.error());
    if (!*found) return 0;
    auto const through = last->integer(0);

    if (auto done = forget_timeline(database, through); !done)
        return tl::make_unexpected(done.error());
    auto remember = database.prepare("UPDATE journal_base SET seq = ?1, hash = ?2");
    if (!remember) return tl::make_unexpected(remember.error());
    if (auto done = remember->bind(1, through).bind(2, last->text(1)).run(); !done)
        return tl::make_unexpected(done.error());
    last->reset();
    auto remove = database.prepare("DELETE FROM journal WHERE seq <= ?1");
    if (!remove) return tl::make_unexpected(remove.error());
    if (auto done = remove->bind(1, through).run(); !done) return tl::make_unexpected(done.error());
    auto heads = database.prepare("DELETE FROM heads WHERE seq < ?1");
    if (!heads) return tl::make_unexpected(heads.error());
    if (auto done = heads->bind(1, through).run(); !done) return tl::make_unexpected(done.error());
    if (auto done = transaction->commit(); !done) return tl::make_unexpected(done.error());
    return through - *first;
}

base::Status insert_head(Database& database, wire::ChainHead const& head,
                         std::string const& proof) {
    constexpr std::int64_t kApartMs = 10 * 60'000;
    auto transaction = adapters::Transaction::begin(database);
    if (!transaction) return tl::make_unexpected(transaction.error());
    auto thin = database.prepare(
        "DELETE FROM heads WHERE seq = (SELECT max(seq) FROM heads) AND at - "
        "(SELECT at FROM heads ORDER BY seq DESC LIMIT 1 OFFSET 1) BETWEEN 0 AND ?1");
    if (!thin) return tl::make_unexpected(thin.error());
    if (auto done = thin->bind(1, kApartMs).run(); !done) return done;
    auto put = database.prepare("INSERT OR REPLACE INTO heads VALUES (?1, ?2, ?3, ?4)");
    if (!put) return tl::make_unexpected(put.error());
    auto done = put->bind(1, head.head.seq)
                    .bind(2, head.head.hash)
                    .bind(3, base::unix_ms(head.time))
                    .bind(4, proof)
                    .run();
    if (!done) return done;
    return transaction->commit();
}

}  // namespace coordinator
