#include "coordinator/adapters/sqlite_journal.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "common/adapters/sqlite_database.hpp"
#include "common/audit/store_audit.hpp"
#include "common/base/check.hpp"
#include "common/trust/hash.hpp"
#include "coordinator/adapters/event_codec.hpp"
#include "coordinator/adapters/journal_pruning.hpp"
#include "coordinator/adapters/journal_schema.hpp"
#include "coordinator/adapters/row_codec.hpp"
#include "coordinator/adapters/store_checkpointer.hpp"
#include "coordinator/adapters/store_file.hpp"

namespace coordinator {

namespace {

using adapters::Database;
using adapters::Statement;

struct Sql {
    Statement journal, timeline, incident, attempt, command, signal, host, site;

    static base::Result<Sql> prepare(Database& database);
};

base::Result<Sql> Sql::prepare(Database& database) {
    base::Status wrong;
    auto const make = [&](char const* sql) -> std::optional<Statement> {
        auto statement = database.prepare(sql);
        if (statement) return std::move(*statement);
        if (wrong) wrong = tl::make_unexpected(statement.error());
        return std::nullopt;
    };
    auto journal = make("INSERT INTO journal VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    auto timeline = make("INSERT OR IGNORE INTO timeline VALUES (?1, ?2)");
    auto incident = make("INSERT OR REPLACE INTO incidents VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    auto attempt = make("INSERT OR REPLACE INTO attempts VALUES (?1, ?2, ?3, ?4, ?5)");
    auto command = make("INSERT OR REPLACE INTO commands VALUES (?1, ?2, ?3, ?4, ?5)");
    auto signal = make("INSERT OR REPLACE INTO signals VALUES (?1, ?2, ?3, ?4, ?5)");
    auto host = make("INSERT OR REPLACE INTO hosts VALUES (?1, ?2, ?3)");
    auto site = make("INSERT OR REPLACE INTO site VALUES (?1, ?2, ?3)");
    if (!wrong) return tl::make_unexpected(wrong.error());
    return Sql{std::move(*journal), std::move(*timeline), std::move(*incident),
               std::move(*attempt), std::move(*command),  std::move(*signal),
               std::move(*host),    std::move(*site)};
}

// Writes one Save effect; everything else is not the store's.
struct SaveRow {
    Sql& sql;

    base::Status operator()(SaveIncident const& save) {
        auto const& row = save.row;
        auto const text = encode_row(row);
        sql.incident.bind(1, row.id)
            .bind(2, domain::to_string(row.state))
            .bind(3, domain::is_final(row.state) ? 1 : 0)
            .bind(4, base::unix_ms(row.opened_at));
        if (row.closed_at)
            sql.incident.bind(5, base::unix_ms(*row.closed_at));
        else
            sql.incident.bind(5, std::nullopt);
        return sql.incident.bind(6, text).bind(7, row_sum(text)).run();
    }
    base::Status operator()(SaveAttempt const& save) {
        auto const& row = save.row;
        auto const text = encode_row(row);
        return sql.attempt.bind(1, row.incident)
            .bind(2, row.number)
            .bind(3, base::unix_ms(row.started_at))
            .bind(4, text)
            .bind(5, row_sum(text))
            .run();
    }
    base::Status operator()(SaveCommand const& save) {
        auto const& row = save.row;
        auto const text = encode_row(row);
        return sql.command.bind(1, row.command.id)
            .bind(2, row.command.incident)
            .bind(3, domain::is_final(row.state) ? 1 : 0)
            .bind(4, text)
            .bind(5, row_sum(text))
            .run();
    }
    base::Status operator()(SaveSignal const& save) {
        auto const& row = save.row;
        auto const text = encode_row(row);
        return sql.signal.bind(1, row.signal.fingerprint)
            .bind(2, row.incident)
            .bind(3, row.signal.firing ? 1 : 0)
            .bind(4, text)
            .bind(5, row_sum(text))
            .run();
    }
    base::Status operator()(SaveHost const& save) {
        auto const text = encode_row(save.row);
        return sql.host.bind(1, save.row.host.text()).bind(2, text).bind(3, row_sum(text)).run();
    }
    base::Status operator()(SaveFreeze const& save) {
        auto const text = encode_row(save.row);
        return sql.site.bind(1, "freeze").bind(2, text).bind(3, row_sum(text)).run();
    }
    template <class Other>
    base::Status operator()(Other const&) {
        return {};
    }
};

}  // namespace

struct SqliteJournal::Store {
    StoreLock lock;
    std::optional<Database> database;
    std::optional<Sql> sql;
    audit::Position end;
    audit::Position durable_end;  // as far as a power cut cannot take it back
    bool loaded = false;
    std::optional<StoreCheckpointer> checkpointer;  // the first to end

    explicit Store(StoreLock held) : lock(std::move(held)) {}
    base::Status open_database(SqliteJournalSettings const& settings);
    void close_database();
    base::Status append(Entry const& entry, audit::Position& next);
    base::Status check_chain(std::int64_t after_seq);
};

namespace {

// A damaged store: put aside, and told so that a person can decide.
base::Error report_damage(SqliteJournalSettings const& settings, std::string const& what) {
    auto const aside = set_store_aside(settings.path, settings.now);
    std::string const where = aside ? "it was set aside as " + *aside
                                    : "it is still there (" + aside.error().message + ")";
    return {base::Code::corrupt,
            "the store " + settings.path + " is damaged: " + what + "; " + where +
                ". Restore a copy to its place, or start once with --fresh-store to begin with an "
                "empty one"};
}

}  // namespace

namespace {

// Hosts refuse an older epoch than they have seen. A store that begins anew, on whatever machine,
// must begin above all that went before: minutes rise faster than restarts. (Not seconds: the core
// shifts an epoch by 21 bits into counters that must stay below 2^53.)
base::Status begin_epochs(Database& database, base::WallTime now) {
    constexpr std::int64_t kMinutesUntil2026 = 29'453'760;
    auto const minutes = base::unix_ms(now) / 60'000 - kMinutesUntil2026;
    auto begin = database.prepare(
        "UPDATE meta SET value = ?1 WHERE name = 'epoch' AND value = 0 AND ?1 > 0");
    if (!begin) return tl::make_unexpected(begin.error());
    return begin->bind(1, minutes).run();
}

}  // namespace

base::Status SqliteJournal::Store::open_database(SqliteJournalSettings const& settings) {
    bool const there = store_exists(settings.path);
    if (!there && lock.store_was_made() && !settings.fresh_allowed)
        return base::fail(base::Code::corrupt,
                          "the store " + settings.path +
                              " is gone, but there was one. Restore a copy, or start once with "
                              "--fresh-store to begin with an empty one");
    adapters::DatabaseOptions options;
    options.path = settings.path;
    options.busy_timeout = settings.busy_timeout;
    options.quick_check = true;
    options.cache_kib = 4'096;
    options.checkpoint_pages = 0;  // the checkpointer's work
    auto opened = Database::open(options);
    if (!opened) return tl::make_unexpected(opened.error());
    database = std::move(*opened);
    if (auto done = migrate_store(*database); !done)
        return tl::make_unexpected(base::with_context(settings.path)(done.error()));
    if (auto done = begin_epochs(*database, settings.now); !done) return done;
    auto statements = Sql::prepare(*database);
    if (!statements) return tl::make_unexpected(statements.error());
    sql = std::move(*statements);
    checkpointer.emplace(settings.path, settings.log_bytes, settings.checkpoint_every);
    return lock.note_store_made();
}

void SqliteJournal::Store::close_database() {
    checkpointer.reset();
    sql.reset();
    database.reset();
}

SqliteJournal::SqliteJournal(SqliteJournalSettings settings, std::unique_ptr<Store> store)
    : settings_(std::move(settings)), store_(std::move(store)) {}

SqliteJournal::~SqliteJournal() {
    if (store_) store_->close_database();
}

base::Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(SqliteJournalSettings settings) {
    auto lock = StoreLock::take(settings.path);
    if (!lock) return tl::make_unexpected(lock.error());
    auto store = std::make_unique<Store>(std::move(*lock));
    auto done = store->open_database(settings);
    if (!done && done.error().code == base::Code::corrupt && store_exists(settings.path)) {
        store->close_database();
        auto const damage = report_damage(settings, done.error().message);
        if (!settings.fresh_allowed) return tl::make_unexpected(damage);
        done = store->open_database(settings);
    }
    if (!done) return tl::make_unexpected(done.error());
    return std::unique_ptr<SqliteJournal>{new SqliteJournal{std::move(settings), std::move(store)}};
}

namespace {

// Reads all rows of a query whose first two columns are `row` and `sum`.
template <class Row>
base::Status read_rows(Database& database, char const* sql, std::optional<std::int64_t> parameter,
                       base::Result<Row> (*decode)(std::string_view), std::vector<Row>& rows) {
    auto query = database.prepare(sql);
    if (!query) return tl::make_unexpected(query.error());
    if (parameter) query->bind(1, *parameter);
    while (true) {
        auto const more = query->step();
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) return {};
        if (row_sum(query->text(0)) != query->integer(1))
            return base::fail(base::Code::corrupt, "a row does not fit its check value");
        auto row = decode(query->text(0));
        if (!row) return tl::make_unexpected(row.error());
        rows.push_back(std::move(*row));
    }
}

constexpr char const* kIncidents =
    "SELECT row, sum FROM incidents WHERE final = 0 OR closed_at >= ?1 ORDER BY id";
constexpr char const* kAttempts =
    "SELECT a.row, a.sum FROM attempts a WHERE a.started_at >= ?1 OR a.incident IN "
    "(SELECT id FROM incidents WHERE final = 0 OR closed_at >= ?1) ORDER BY a.incident, a.number";
constexpr char const* kCommands =
    "SELECT c.row, c.sum FROM commands c WHERE c.final = 0 OR c.incident IN "
    "(SELECT id FROM incidents WHERE final = 0 OR closed_at >= ?1) ORDER BY c.id";
constexpr char const* kSignals =
    "SELECT s.row, s.sum FROM signals s WHERE s.firing = 1 OR s.incident IN "
    "(SELECT id FROM incidents WHERE final = 0 OR closed_at >= ?1) ORDER BY s.fingerprint";
constexpr char const* kHosts = "SELECT row, sum FROM hosts ORDER BY host";
constexpr char const* kFreeze = "SELECT row, sum FROM site WHERE name = 'freeze'";

base::Status read_tables(Database& database, std::int64_t since, Tables& tables) {
    auto done = read_rows(database, kIncidents, since, decode_incident, tables.incidents);
    if (done) done = read_rows(database, kAttempts, since, decode_attempt, tables.attempts);
    if (done) done = read_rows(database, kCommands, since, decode_command_row, tables.commands);
    if (done) done = read_rows(database, kSignals, since, decode_signal_row, tables.signals);
    if (done) done = read_rows(database, kHosts, std::nullopt, decode_host_row, tables.hosts);
    std::vector<FreezeRow> freezes;
    if (done) done = read_rows(database, kFreeze, std::nullopt, decode_freeze_row, freezes);
    if (!freezes.empty()) tables.freeze = std::move(freezes.back());
    return done;
}

}  // namespace

base::Result<Tables> SqliteJournal::load() {
    auto tables = load_tables();
    if (tables || tables.error().code != base::Code::corrupt) return tables;
    store_->close_database();
    return tl::make_unexpected(report_damage(settings_, tables.error().message));
}

base::Result<Tables> SqliteJournal::load_tables() {
    CHECK(store_->database);
    auto& database = *store_->database;
    auto const last = database.integer("SELECT coalesce(max(seq), 0) FROM journal");
    if (!last) return tl::make_unexpected(last.error());
    auto const from = std::max<std::int64_t>(0, *last - settings_.chain_rows_checked);
    if (auto done = store_->check_chain(from); !done) return tl::make_unexpected(done.error());

    Tables tables;
    auto const since = base::unix_ms(settings_.now - settings_.recent);
    if (auto done = read_tables(database, since, tables); !done)
        return tl::make_unexpected(done.error());
    if (auto done = database.set_durable(true); !done) return tl::make_unexpected(done.error());
    auto raise = adapters::Transaction::begin(database);
    if (!raise) return tl::make_unexpected(raise.error());
    constexpr char const* kRaise = "UPDATE meta SET value = value + 1 WHERE name = 'epoch'";
    if (auto done = database.execute(kRaise); !done)
        return tl::make_unexpected(done.error());
    auto const epoch = database.integer("SELECT value FROM meta WHERE name = 'epoch'");
    if (!epoch) return tl::make_unexpected(epoch.error());
    if (auto done = raise->commit(); !done) return tl::make_unexpected(done.error());
    tables.epoch = *epoch;
    store_->loaded = true;
    return tables;
}

// Walks the chain from the row after `after_seq` to the end, and remembers the end.
base::Status SqliteJournal::Store::check_chain(std::int64_t after_seq) {
    auto const begin = audit::journal_base(*database);
    if (!begin) return tl::make_unexpected(begin.error());
    bool const from_base = after_seq <= begin->seq;
    audit::Position walked = from_base ? *begin : audit::Position{};
    auto const done = audit::each_store_row(
        *database, after_seq, [&](audit::StoreRow const& row, std::string_view hash) {
            bool const anchor = !from_base && walked.seq == 0;  // its predecessor was not read
            bool const fits = anchor || (row.seq == walked.seq + 1 &&
                                         trust::chain_next(walked.hash, bound(row)) == hash);
            walked = {row.seq, std::string{hash}};
            return fits ? base::Status{} : audit::bad_row(row.seq, "breaks the chain");
        });
    if (!done) return done;
    end = walked;
    durable_end = end;
    return {};
}

base::Status SqliteJournal::verify_chain() { return store_->check_chain(0); }

base::Result<std::int64_t> SqliteJournal::prune(JournalLimits const& limits) {
    CHECK(store_->loaded);
    return prune_journal(*store_->database, limits);
}

std::int64_t SqliteJournal::last_seq() const { return store_->end.seq; }

audit::Position const& SqliteJournal::durable_end() const { return store_->durable_end; }

base::Status SqliteJournal::keep_head(wire::ChainHead const& head, std::string const& proof) {
    CHECK(store_->loaded);
    if (auto done = store_->database->set_durable(true); !done) return done;
    return insert_head(*store_->database, head, proof);
}

base::Status SqliteJournal::settle() {
    CHECK(store_->loaded);
    auto& database = *store_->database;
    if (store_->durable_end == store_->end) return {};
    // A durable commit takes all that were before it along, but it must write something.
    if (auto done = database.set_durable(true); !done) return done;
    if (auto done = database.execute("UPDATE meta SET value = value WHERE name = 'epoch'"); !done)
        return done;
    store_->durable_end = store_->end;
    return {};
}

base::Status SqliteJournal::Store::append(Entry const& entry, audit::Position& next) {
    std::vector<Record> records;
    for (auto const& effect : entry.effects->list)
        if (auto const* record = std::get_if<Record>(&effect)) records.push_back(*record);
    // A beat that changed nothing is not worth a row; everything else is, so that a replay works.
    if (std::holds_alternative<HostBeat>(entry.event) && records.empty()) return {};

    auto const seq = next.seq + 1;
    auto const kind = event_kind(entry.event);
    auto const event = encode_event(entry.event);
    auto const facts = encode_records(records);
    audit::StoreRow const row{seq,
                              base::unix_ms(entry.time.wall),
                              std::int64_t{entry.time.boot.time_since_epoch().count()},
                              entry.time.synced,
                              kind,
                              event,
                              facts};
    auto hash = trust::chain_next(next.hash, bound(row));
    auto done = sql->journal.bind(1, seq)
                    .bind(2, row.wall_ms)
                    .bind(3, row.boot_ms)
                    .bind(4, row.synced ? 1 : 0)
                    .bind(5, kind)
                    .bind(6, event)
                    .bind(7, facts)
                    .bind(8, hash)
                    .run();
    if (!done) return done;
    std::set<std::string_view> incidents;
    for (auto const& record : records)
        if (!record.incident.empty()) incidents.insert(record.incident);
    for (auto const incident : incidents)
        if (done = sql->timeline.bind(1, incident).bind(2, seq).run(); !done) return done;
    next = {seq, std::move(hash)};
    return {};
}

base::Status SqliteJournal::commit(std::vector<Entry> const& entries) {
    CHECK(store_->loaded);
    bool durable = false;
    for (auto const& entry : entries) durable = durable || entry.effects->durable;
    auto& database = *store_->database;
    if (auto done = database.set_durable(durable); !done) return done;
    auto transaction = adapters::Transaction::begin(database);
    if (!transaction) return tl::make_unexpected(transaction.error());
    auto next = store_->end;
    SaveRow save{*store_->sql};
    for (auto const& entry : entries) {
        if (auto done = store_->append(entry, next); !done) return done;
        for (auto const& effect : entry.effects->list)
            if (auto done = std::visit(save, effect); !done) return done;
    }
    if (auto done = transaction->commit(); !done) return done;
    store_->end = std::move(next);
    if (durable) store_->durable_end = store_->end;
    return {};
}

}  // namespace coordinator
