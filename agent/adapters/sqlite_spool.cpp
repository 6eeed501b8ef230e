#include "agent/adapters/sqlite_spool.hpp"

#include <algorithm>
#include <array>

#include "agent/adapters/spool_schema.hpp"
#include "common/adapters/log.hpp"
#include "common/adapters/sqlite_database.hpp"
#include "common/audit/spool_audit.hpp"
#include "common/wire/codec.hpp"

namespace agent {

using adapters::Database;
using adapters::Statement;
using base::Code;
using base::fail;

namespace {

int kind_of(wire::JournalRecord const& record) {
    if (std::holds_alternative<wire::NoteRecord>(record.body)) return 0;
    return std::holds_alternative<domain::Signal>(record.body) ? 1 : 2;
}

base::Result<KnownCommand> read_command(Statement const& row) {
    auto state = domain::parse_command_state(row.text(5));
    auto code = domain::parse_result_code(row.text(6));
    if (!state || !code)
        return fail(Code::corrupt, "command " + std::string(row.text(0)) + ": unknown state");
    return KnownCommand{std::string(row.text(0)),
                        std::string(row.text(1)),
                        row.integer(2) == 0 ? Lane::read : Lane::fix,
                        std::string(row.text(3)),
                        base::wall_from_unix_ms(row.integer(4)),
                        *state,
                        *code,
                        row.integer(7)};
}

// A record that this version cannot read must not hold up those behind it for ever.
wire::JournalRecord unreadable(std::int64_t seq, std::string const& reason) {
    adapters::log(adapters::LogLevel::error, "spool.unreadable_record",
                  {{"seq", seq}, {"reason", reason}});
    wire::JournalRecord record;
    record.seq = seq;
    record.synced = false;
    record.body = wire::NoteRecord{"journal_unreadable", reason};
    return record;
}

}  // namespace

struct SqliteSpool::State {
    SqliteSpoolSettings settings;
    Database database;
    Statement append, save, weigh, forget, settle, raise, anchor, say;
    std::int64_t bytes = 0;  // of all journal bodies
    audit::Position end{};   // of the journal's chain

    base::Status apply(Effect const& effect);
    base::Status apply(Append const& effect);
    base::Status apply(SaveCommand const& effect);
    base::Status apply(ForgetJournal const& effect);
    base::Status apply(KeepAnchor const& effect);
    base::Status make_room();
    base::Status drop_oldest(int kind, std::int64_t target);
    base::Status measure();
    base::Status prune_commands();
    base::Status keep(SaveDocument const& document);
    base::Status keep(SaveFix const& effect);
    base::Result<std::vector<DocumentArrived>> documents();
    base::Result<std::optional<domain::LocalFix>> fix();
};

// Rare enough to be prepared anew each time.
base::Status SqliteSpool::State::keep(SaveDocument const& document) {
    auto statement = database.prepare("INSERT OR REPLACE INTO document(name, jws) VALUES(?1, ?2)");
    if (!statement) return tl::make_unexpected(statement.error());
    return statement->bind(1, document.name).bind(2, document.jws).run();
}

base::Status SqliteSpool::State::keep(SaveFix const& effect) {
    auto const& begun = effect.fix;
    bool const over = domain::is_final(begun.result.state);
    auto statement = database.prepare(over ? "DELETE FROM fix WHERE id = ?1"
                                           : "INSERT OR REPLACE INTO fix(id, body) VALUES(?1, ?2)");
    if (!statement) return tl::make_unexpected(statement.error());
    statement->bind(1, begun.result.id);
    if (over) return statement->run();
    base::json::Writer body;
    wire::write(body, begun);
    return statement->bind(2, body.take()).run();
}

base::Result<std::vector<DocumentArrived>> SqliteSpool::State::documents() {
    auto rows = database.prepare("SELECT name, jws FROM document ORDER BY name");
    if (!rows) return tl::make_unexpected(rows.error());
    std::vector<DocumentArrived> found;
    while (true) {
        auto more = rows->step();
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) return found;
        found.push_back({std::string{rows->text(0)}, std::string{rows->text(1)}});
    }
}

base::Result<std::optional<domain::LocalFix>> SqliteSpool::State::fix() {
    auto rows = database.prepare("SELECT body FROM fix");
    if (!rows) return tl::make_unexpected(rows.error());
    auto more = rows->step();
    if (!more) return tl::make_unexpected(more.error());
    if (!*more) return std::nullopt;
    auto const document = base::json::Document::parse(rows->text(0));
    if (!document) return tl::make_unexpected(document.error());
    auto fix = wire::read_local_fix(document->root());
    if (!fix) return tl::make_unexpected(fix.error());
    return *std::move(fix);
}

base::Status SqliteSpool::State::measure() {
    auto sum = database.integer("SELECT COALESCE(SUM(LENGTH(CAST(body AS BLOB))),0) FROM journal");
    if (!sum) return tl::make_unexpected(sum.error());
    bytes = *sum;
    return {};
}

base::Status SqliteSpool::State::apply(Append const& effect) {
    auto const seq = effect.record.seq;
    auto const kind = std::int64_t{kind_of(effect.record)};
    auto const body = wire::encode(effect.record);
    auto hash = trust::chain_next(end.hash, audit::bound(audit::SpoolRow{seq, kind, body}));
    bytes += static_cast<std::int64_t>(body.size());
    append.bind(1, seq).bind(2, kind).bind(3, body).bind(4, hash).bind(5, "");
    if (auto ok = append.run(); !ok) return ok;
    end = {seq, std::move(hash)};
    return raise.bind(1, seq).run();
}

base::Status SqliteSpool::State::apply(SaveCommand const& effect) {
    auto const& row = effect.row;
    save.bind(1, row.id)
        .bind(2, row.body_hash)
        .bind(3, std::int64_t{row.lane == Lane::fix ? 1 : 0})
        .bind(4, row.jws)
        .bind(5, base::unix_ms(row.expires_at))
        .bind(6, domain::to_string(row.state))
        .bind(7, domain::to_string(row.code))
        .bind(8, row.result_seq);
    return save.run();
}

base::Status SqliteSpool::State::apply(ForgetJournal const& effect) {
    auto const through = effect.through_seq;
    auto row = weigh.bind(1, through).step();
    if (!row) return tl::make_unexpected(row.error());
    bytes -= weigh.integer(0);
    weigh.reset();
    if (auto ok = move_base(database, through, end); !ok) return ok;
    if (auto ok = forget.bind(1, through).run(); !ok) return ok;
    return settle.bind(1, through).run();
}

base::Status SqliteSpool::State::apply(KeepAnchor const& effect) {
    anchor.bind(1, effect.head.head.seq).bind(2, effect.head.head.hash).bind(3, effect.proof);
    if (auto ok = anchor.run(); !ok) return ok;
    return keep_newest_anchors(database);
}

base::Status SqliteSpool::State::apply(Effect const& effect) {
    if (auto const* one = std::get_if<Append>(&effect)) return apply(*one);
    if (auto const* one = std::get_if<SaveCommand>(&effect)) return apply(*one);
    if (auto const* one = std::get_if<ForgetJournal>(&effect)) return apply(*one);
    if (auto const* one = std::get_if<KeepAnchor>(&effect)) return apply(*one);
    if (auto const* one = std::get_if<SaveDocument>(&effect)) return keep(*one);
    if (auto const* one = std::get_if<SaveFix>(&effect)) return keep(*one);
    if (std::holds_alternative<AnnounceHead>(effect))
        return say.bind(1, end.seq).bind(2, end.hash).run();
    return {};
}

// Oldest first, until the journal is down to `target` bytes; the newest dropped row becomes a note
// that tells how many went.
base::Status SqliteSpool::State::drop_oldest(int kind, std::int64_t target) {
    auto rows = database.prepare(
        "SELECT seq, LENGTH(CAST(body AS BLOB)), body FROM journal WHERE kind = ?1 ORDER BY seq");
    if (!rows) return tl::make_unexpected(rows.error());
    rows->bind(1, std::int64_t{kind});
    std::int64_t last = 0;
    std::int64_t count = 0;
    std::string last_body;
    while (bytes > target) {
        auto more = rows->step();
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) break;
        last = rows->integer(0);
        bytes -= rows->integer(1);
        last_body = rows->text(2);
        ++count;
    }
    rows->reset();
    if (count < 2) return {};  // a note in place of one row would gain nothing
    wire::JournalRecord note;
    if (auto old = wire::decode<wire::JournalRecord>(last_body)) note = *std::move(old);
    note.seq = last;
    note.body = wire::NoteRecord{"journal_dropped",
                                 std::to_string(count) + (kind == 0 ? " notes" : " signals") +
                                     " were dropped: the journal is full"};
    adapters::log(adapters::LogLevel::warning, "spool.dropped", {{"records", count}});
    return leave_gaps(database, kind, last, wire::encode(note));
}

base::Status SqliteSpool::State::make_room() {
    auto target = settings.journal_bytes_max / 10 * 9;
    for (int kind : {0, 1}) {
        if (bytes <= settings.journal_bytes_max) return {};
        if (auto ok = drop_oldest(kind, target); !ok) return ok;
        if (auto ok = measure(); !ok) return ok;
    }
    return {};
}

base::Status SqliteSpool::State::prune_commands() {
    // Age is counted from the newest command known: the wall clock of a host may be wrong.
    auto statement = database.prepare(
        "DELETE FROM command WHERE jws = '' AND (expires_at < (SELECT MAX(expires_at) FROM command)"
        " - ?1 OR id IN (SELECT id FROM command WHERE jws = '' ORDER BY expires_at DESC"
        " LIMIT -1 OFFSET ?2))");
    if (!statement) return tl::make_unexpected(statement.error());
    statement->bind(1, settings.commands_age_max.count()).bind(2, settings.commands_max);
    return statement->run();
}

SqliteSpool::SqliteSpool(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteSpool::~SqliteSpool() = default;

base::Result<std::unique_ptr<SqliteSpool>> SqliteSpool::open(SqliteSpoolSettings settings) {
    auto context = base::with_context("spool " + settings.path);
    adapters::DatabaseOptions options;
    options.path = settings.path;
    options.quick_check = true;
    options.cache_kib = 128;
    auto database = Database::open(options);
    if (!database) return tl::make_unexpected(context(database.error()));
    // The agent is the only one that may read or write it: a second one is told at once.
    if (auto ok = database->execute("PRAGMA locking_mode=EXCLUSIVE; BEGIN IMMEDIATE; COMMIT;"); !ok)
        return tl::make_unexpected(context(ok.error()));
    if (auto ok = migrate_spool(*database); !ok) return tl::make_unexpected(context(ok.error()));
    constexpr std::array<std::string_view, 8> kStatements{
        "INSERT INTO journal(seq, kind, body, hash, seal) VALUES(?1, ?2, ?3, ?4, ?5)",
        "INSERT OR REPLACE INTO command(id, body_hash, lane, jws, expires_at, state, code,"
        " result_seq) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        "SELECT COALESCE(SUM(LENGTH(CAST(body AS BLOB))),0) FROM journal WHERE seq <= ?1",
        "DELETE FROM journal WHERE seq <= ?1",
        "UPDATE command SET jws = '' WHERE jws <> '' AND result_seq > 0 AND result_seq <= ?1",
        "UPDATE meta SET last_seq = MAX(last_seq, ?1)",
        "INSERT INTO anchor(seq, hash, proof) VALUES(?1, ?2, ?3)",
        "UPDATE meta SET said_seq = ?1, said_hash = ?2"};
    std::vector<Statement> made;
    for (auto sql : kStatements) {
        auto statement = database->prepare(sql);
        if (!statement) return tl::make_unexpected(context(statement.error()));
        made.push_back(*std::move(statement));
    }
    auto state = std::unique_ptr<State>(new State{
        std::move(settings), *std::move(database), std::move(made[0]), std::move(made[1]),
        std::move(made[2]), std::move(made[3]), std::move(made[4]), std::move(made[5]),
        std::move(made[6]), std::move(made[7])});
    auto end = chain_end(state->database);
    if (!end) return tl::make_unexpected(context(end.error()));
    state->end = *std::move(end);
    return std::unique_ptr<SqliteSpool>(new SqliteSpool(std::move(state)));
}

base::Result<Started> SqliteSpool::load() {
    auto& state = *state_;
    if (auto ok = state.measure(); !ok) return tl::make_unexpected(ok.error());
    if (auto ok = state.prune_commands(); !ok) return tl::make_unexpected(ok.error());
    Started started;
    auto first = state.database.integer("SELECT COALESCE(MIN(seq), 0) FROM journal");
    if (!first) return tl::make_unexpected(first.error());
    auto last = state.database.integer("SELECT last_seq FROM meta");
    if (!last) return tl::make_unexpected(last.error());
    auto anchor = newest_anchor(state.database);
    if (!anchor) return tl::make_unexpected(anchor.error());
    started.anchor = *std::move(anchor);
    started.journal_first = *first;
    started.journal_last = *last;
    auto documents = state.documents();
    if (!documents) return tl::make_unexpected(documents.error());
    started.documents = *std::move(documents);
    auto fix = state.fix();
    if (!fix) return tl::make_unexpected(fix.error());
    started.fix = *std::move(fix);
    auto rows = state.database.prepare(
        "SELECT id, body_hash, lane, jws, expires_at, state, code, result_seq FROM command"
        " ORDER BY id");
    if (!rows) return tl::make_unexpected(rows.error());
    while (true) {
        auto more = rows->step();
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) return started;
        auto command = read_command(*rows);
        if (!command) return tl::make_unexpected(command.error());
        started.commands.push_back(*std::move(command));
    }
}

base::Status SqliteSpool::commit(Effects const& effects) {
    auto& state = *state_;
    if (std::none_of(effects.list.begin(), effects.list.end(), is_store_effect)) return {};
    if (auto ok = state.database.set_durable(effects.durable); !ok) return ok;
    auto begun = adapters::Transaction::begin(state.database);
    if (!begun) return tl::make_unexpected(begun.error());
    auto before = state.bytes;
    auto const chain_before = state.end;
    auto all = [&]() -> base::Status {
        for (auto const& effect : effects.list)
            if (auto ok = state.apply(effect); !ok) return ok;
        if (auto ok = state.make_room(); !ok) return ok;
        return begun->commit();
    };
    auto done = all();
    if (!done) {
        state.bytes = before;
        state.end = chain_before;
    }
    return done;
}

base::Result<wire::JournalHead> SqliteSpool::head() {
    auto row = state_->database.prepare("SELECT said_seq, said_hash FROM meta");
    if (!row) return tl::make_unexpected(row.error());
    auto const found = row->step();
    if (!found) return tl::make_unexpected(found.error());
    if (!*found) return fail(Code::corrupt, "the spool's facts are missing");
    return wire::JournalHead{row->integer(0), std::string(row->text(1))};
}

base::Result<std::vector<wire::JournalRecord>> SqliteSpool::read(std::int64_t first_seq,
                                                                 std::int64_t last_seq) {
    auto rows = state_->database.prepare(
        "SELECT seq, body FROM journal WHERE seq BETWEEN ?1 AND ?2 AND body <> '' ORDER BY seq");
    if (!rows) return tl::make_unexpected(rows.error());
    rows->bind(1, first_seq).bind(2, last_seq);
    std::vector<wire::JournalRecord> records;
    while (true) {
        auto more = rows->step();
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) return records;
        auto record = wire::decode<wire::JournalRecord>(rows->text(1));
        records.push_back(record ? *std::move(record)
                                 : unreadable(rows->integer(0), record.error().message));
    }
}

}  // namespace agent
