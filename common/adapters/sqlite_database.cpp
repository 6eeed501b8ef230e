#include "common/adapters/sqlite_database.hpp"

#include <sqlite3.h>

#include <utility>

namespace adapters {

namespace {

base::Code code_of(int extended) {
    switch (extended & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return base::Code::busy;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return base::Code::corrupt;
        case SQLITE_FULL:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_NOMEM:
        case SQLITE_INTERRUPT: return base::Code::unavailable;
        case SQLITE_IOERR:
            return extended == SQLITE_IOERR_CORRUPTFS ? base::Code::corrupt
                                                      : base::Code::unavailable;
        default: return base::Code::internal;
    }
}

tl::unexpected<base::Error> failure(sqlite3* database, int result) {
    auto const* text = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(result);
    int const extended = database != nullptr ? sqlite3_extended_errcode(database) : result;
    return base::fail(code_of(extended == SQLITE_OK ? result : extended), text);
}

}  // namespace

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Statement& Statement::bind(int index, std::int64_t value) {
    bind_failure_ |= sqlite3_bind_int64(statement_.get(), index, value);
    return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
    // -1 is SQLite's name for "make your own copy".
    auto const copy = reinterpret_cast<sqlite3_destructor_type>(std::intptr_t{-1});
    char const* const bytes = text.empty() ? "" : text.data();
    bind_failure_ |=
        sqlite3_bind_text64(statement_.get(), index, bytes, text.size(), copy, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind(int index, std::nullopt_t) {
    bind_failure_ |= sqlite3_bind_null(statement_.get(), index);
    return *this;
}

base::Result<bool> Statement::step() {
    auto* const database = sqlite3_db_handle(statement_.get());
    if (bind_failure_ != SQLITE_OK)
        return base::fail(base::Code::internal, "a value could not be bound to a statement");
    int const result = sqlite3_step(statement_.get());
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) return false;
    return failure(database, result);
}

base::Status Statement::run() {
    auto const row = step();
    reset();
    if (!row) return tl::make_unexpected(row.error());
    return {};
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    bind_failure_ = SQLITE_OK;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
    auto const* bytes = sqlite3_column_blob(statement_.get(), column);
    auto const size = sqlite3_column_bytes(statement_.get(), column);
    if (bytes == nullptr || size <= 0) return {};
    return {static_cast<char const*>(bytes), static_cast<std::size_t>(size)};
}

bool Statement::null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Database::Closer::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

base::Result<Database> Database::open(DatabaseOptions const& options) {
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    switch (options.access) {
        case DatabaseOptions::Access::create:
            flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
            break;
        case DatabaseOptions::Access::existing: flags |= SQLITE_OPEN_READWRITE; break;
        case DatabaseOptions::Access::read_only: flags |= SQLITE_OPEN_READONLY; break;
    }
    sqlite3* raw = nullptr;
    int const result = sqlite3_open_v2(options.path.c_str(), &raw, flags, nullptr);
    Database database{raw};
    base::Status ready;
    if (result != SQLITE_OK)
        ready = failure(raw, result);
    else
        ready = database.configure(options);
    if (!ready) return tl::make_unexpected(base::with_context(options.path)(ready.error()));
    return database;
}

base::Status Database::configure(DatabaseOptions const& options) {
    bool const writes = options.access != DatabaseOptions::Access::read_only;
    sqlite3_busy_timeout(database_.get(), static_cast<int>(options.busy_timeout.count()));
    // A file that SQLite opens for reading only, because it may not write it, is an error now and
    // not at the first commit.
    if (writes && sqlite3_db_readonly(database_.get(), "main") == 1)
        return base::fail(base::Code::unavailable, "the file is read-only");
    std::string setup = "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-" +
                        std::to_string(options.cache_kib) + ";";
    if (writes)
        setup += "PRAGMA wal_autocheckpoint=" + std::to_string(options.checkpoint_pages) +
                 "; PRAGMA journal_size_limit=67108864;";
    if (writes) {
        if (auto done = execute("PRAGMA journal_mode=WAL"); !done) return done;
    }
    if (auto done = execute(setup.c_str()); !done) return done;
    if (!options.quick_check) return integer("SELECT count(*) FROM sqlite_schema").map([](auto) {});
    auto check = prepare("PRAGMA quick_check(1)");
    if (!check) return tl::make_unexpected(check.error());
    auto const row = check->step();
    if (!row) return tl::make_unexpected(row.error());
    if (!*row || check->text(0) != "ok")
        return base::fail(base::Code::corrupt, "the file is damaged: " +
                                                   std::string{*row ? check->text(0) : ""});
    return {};
}

base::Status Database::execute(char const* sql) {
    int const result = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) return failure(database_.get(), result);
    return {};
}

base::Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    int const result = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    if (result != SQLITE_OK) return failure(database_.get(), result);
    return Statement{raw};
}

base::Result<std::int64_t> Database::integer(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement) return tl::make_unexpected(statement.error());
    auto const row = statement->step();
    if (!row) return tl::make_unexpected(row.error());
    if (!*row) return base::fail(base::Code::not_found, "no row");
    return statement->integer(0);
}

base::Status Database::set_durable(bool durable) {
    if (durable == durable_) return {};
    auto done = execute(durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
    if (done) durable_ = durable;
    return done;
}

base::Status Database::checkpoint() {
    int const result = sqlite3_wal_checkpoint_v2(database_.get(), nullptr,
                                                 SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (result != SQLITE_OK) return failure(database_.get(), result);
    return {};
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

base::Result<Transaction> Transaction::begin(Database& database) {
    auto done = database.execute("BEGIN IMMEDIATE");
    if (!done) return tl::make_unexpected(done.error());
    return Transaction{database};
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
    // After some errors SQLite has rolled back by itself; a second ROLLBACK would be an error.
    if (database_ != nullptr && database_->in_transaction())
        static_cast<void>(database_->execute("ROLLBACK"));
}

base::Status Transaction::commit() {
    auto done = database_->execute("COMMIT");
    if (done) database_ = nullptr;
    return done;
}

}  // namespace adapters
