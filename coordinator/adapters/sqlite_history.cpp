#include "coordinator/adapters/sqlite_history.hpp"

#include <utility>

#include "common/adapters/sqlite_database.hpp"
#include "coordinator/adapters/journal_schema.hpp"
#include "coordinator/adapters/row_codec.hpp"

namespace coordinator {

struct SqliteHistory::Reader {
    adapters::Database database;
};

namespace {

using adapters::Database;
using adapters::Statement;

template <class Row>
base::Result<std::vector<Row>> collect(Statement& query,
                                       base::Result<Row> (*decode)(std::string_view)) {
    std::vector<Row> rows;
    while (true) {
        auto const more = query.step();
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) return rows;
        if (row_sum(query.text(0)) != query.integer(1))
            return base::fail(base::Code::corrupt, "a row does not fit its check value");
        auto row = decode(query.text(0));
        if (!row) return tl::make_unexpected(row.error());
        rows.push_back(std::move(*row));
    }
}

template <class Row>
base::Result<std::vector<Row>> rows_of(Database& database, char const* sql, std::string_view key,
                                       base::Result<Row> (*decode)(std::string_view)) {
    auto query = database.prepare(sql);
    if (!query) return tl::make_unexpected(query.error());
    if (!key.empty()) query->bind(1, key);
    return collect(*query, decode);
}

base::Result<std::vector<TimelineRow>> timeline_of(Database& database, std::string const& id) {
    auto query = database.prepare(
        "SELECT j.seq, j.wall, j.records FROM timeline t JOIN journal j ON j.seq = t.seq "
        "WHERE t.incident = ?1 ORDER BY t.seq");
    if (!query) return tl::make_unexpected(query.error());
    query->bind(1, id);
    std::vector<TimelineRow> rows;
    while (true) {
        auto const more = query->step();
        if (!more) return tl::make_unexpected(more.error());
        if (!*more) return rows;
        auto records = decode_records(query->text(2));
        if (!records) return tl::make_unexpected(records.error());
        for (auto& record : *records) {
            if (record.incident != id) continue;
            rows.push_back({query->integer(0), base::wall_from_unix_ms(query->integer(1)),
                            std::move(record.stage), std::move(record.host),
                            std::move(record.text), std::move(record.data)});
        }
    }
}

// Fills one list of a detail, or passes the error on.
template <class Row>
base::Status into(std::vector<Row>& list, base::Result<std::vector<Row>> rows) {
    if (!rows) return tl::make_unexpected(rows.error());
    list = std::move(*rows);
    return {};
}

}  // namespace

SqliteHistory::SqliteHistory(std::string path) : path_(std::move(path)) {}
SqliteHistory::~SqliteHistory() = default;

base::Result<SqliteHistory::Reader*> SqliteHistory::reader() {
    if (reader_) return reader_.get();
    adapters::DatabaseOptions options;
    options.path = path_;
    options.access = adapters::DatabaseOptions::Access::read_only;
    options.cache_kib = 1'024;
    auto database = Database::open(options);
    if (!database) return tl::make_unexpected(database.error());
    reader_ = std::make_unique<Reader>(Reader{std::move(*database)});
    return reader_.get();
}

base::Result<std::vector<domain::Incident>> SqliteHistory::incidents(std::string const& state,
                                                                     int limit) {
    std::lock_guard const guard{mutex_};
    auto const open = reader();
    if (!open) return tl::make_unexpected(open.error());
    // Ids are ULIDs: their order is the order of opening.
    auto query = (*open)->database.prepare(
        state.empty() ? "SELECT row, sum FROM incidents ORDER BY id DESC LIMIT ?1"
                      : "SELECT row, sum FROM incidents WHERE state = ?2 "
                        "ORDER BY id DESC LIMIT ?1");
    if (!query) return tl::make_unexpected(query.error());
    query->bind(1, limit);
    if (!state.empty()) query->bind(2, state);
    return collect(*query, decode_incident);
}

base::Result<std::optional<IncidentDetail>> SqliteHistory::incident(std::string const& id) {
    std::lock_guard const guard{mutex_};
    auto const open = reader();
    if (!open) return tl::make_unexpected(open.error());
    auto& database = (*open)->database;
    // One moment for all five questions.
    if (auto done = database.execute("BEGIN"); !done) return tl::make_unexpected(done.error());
    auto const read = [&]() -> base::Result<std::optional<IncidentDetail>> {
        auto found = rows_of(database, "SELECT row, sum FROM incidents WHERE id = ?1", id,
                             decode_incident);
        if (!found) return tl::make_unexpected(found.error());
        if (found->empty()) return std::nullopt;
        IncidentDetail detail{std::move(found->front()), {}, {}, {}, {}};
        auto done = into(detail.attempts, rows_of(database,
                                                  "SELECT row, sum FROM attempts "
                                                  "WHERE incident = ?1 ORDER BY number",
                                                  id, decode_attempt));
        if (done)
            done = into(detail.commands, rows_of(database,
                                                 "SELECT row, sum FROM commands "
                                                 "WHERE incident = ?1 ORDER BY id",
                                                 id, decode_command_row));
        if (done)
            done = into(detail.signals, rows_of(database,
                                                "SELECT row, sum FROM signals "
                                                "WHERE incident = ?1 ORDER BY fingerprint",
                                                id, decode_signal_row));
        if (done) done = into(detail.timeline, timeline_of(database, id));
        if (!done) return tl::make_unexpected(done.error());
        return detail;
    };
    auto detail = read();
    static_cast<void>(database.execute("COMMIT"));
    return detail;
}

base::Result<std::vector<HostRow>> SqliteHistory::hosts() {
    std::lock_guard const guard{mutex_};
    auto const open = reader();
    if (!open) return tl::make_unexpected(open.error());
    return rows_of((*open)->database, "SELECT row, sum FROM hosts ORDER BY host", {},
                   decode_host_row);
}

base::Result<std::optional<CommandRow>> SqliteHistory::command(std::string const& id) {
    std::lock_guard const guard{mutex_};
    auto const open = reader();
    if (!open) return tl::make_unexpected(open.error());
    auto rows = rows_of((*open)->database, "SELECT row, sum FROM commands WHERE id = ?1", id,
                        decode_command_row);
    if (!rows) return tl::make_unexpected(rows.error());
    if (rows->empty()) return std::nullopt;
    return std::move(rows->front());
}

}  // namespace coordinator
