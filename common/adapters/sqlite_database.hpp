// SQLite as both programs use it: write-ahead log, a named error for everything, no exception.
// A thin wrapper: the SQL stays with its owner. One Database and its Statements belong to one
// thread at a time; several Databases may be open on one file.
//
// Errors, everywhere: busy (another connection holds it longer than busy_timeout), unavailable (no
// space, read-only, I/O, no such folder: nothing was written, try again by policy), corrupt (stop
// and keep the file), internal (wrong SQL, a broken constraint).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/base/time.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace adapters {

struct DatabaseOptions {
    enum class Access { create, existing, read_only };
    std::string path;  // its folder must exist
    Access access = Access::create;
    base::Duration busy_timeout{2'000};
    // Reads every page at open and refuses a damaged file (PRAGMA quick_check): some ms per MiB.
    bool quick_check = false;
    int cache_kib = 512;
    int checkpoint_pages = 1000;  // 0: only when checkpoint() is called
};

class Database;

// A prepared statement, reused: bind, step until false, reset. Must not outlive its Database.
class Statement {
  public:
    // Parameters count from 1. A failed bind is told by the next step().
    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, std::string_view text);
    Statement& bind(int index, std::nullopt_t);
    template <class T>
    Statement& bind(int index, std::optional<T> const& value) {
        return value ? bind(index, *value) : bind(index, std::nullopt);
    }

    base::Result<bool> step();  // true: a row is there
    base::Status run();         // for statements without rows: steps once and resets
    void reset();               // also clears the bindings

    // Columns count from 0; valid until the next step or reset.
    std::int64_t integer(int column) const;
    std::string_view text(int column) const;  // bytes as stored; empty if null
    bool null(int column) const;

  private:
    friend class Database;
    struct Finalizer {
        void operator()(sqlite3_stmt* statement) const;
    };
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

    std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
    int bind_failure_ = 0;
};

class Database {
  public:
    // Opened with WAL and synchronous=FULL (a commit is on the disk when it returns).
    static base::Result<Database> open(DatabaseOptions const& options);

    base::Status execute(char const* sql);  // one or more statements without rows
    base::Result<Statement> prepare(std::string_view sql);
    // The first column of the first row.
    base::Result<std::int64_t> integer(std::string_view sql);

    // False: the next commits are not fsynced (still atomic, and in order: a later durable commit
    // makes them durable too). Outside a transaction only.
    base::Status set_durable(bool durable);
    // Moves the log into the main file as far as readers allow, without waiting for them.
    base::Status checkpoint();
    bool in_transaction() const;

  private:
    struct Closer {
        void operator()(sqlite3* database) const;
    };
    explicit Database(sqlite3* database) : database_(database) {}
    base::Status configure(DatabaseOptions const& options);

    std::unique_ptr<sqlite3, Closer> database_;
    bool durable_ = true;
};

// BEGIN IMMEDIATE … COMMIT; rolled back unless commit() succeeded.
class Transaction {
  public:
    static base::Result<Transaction> begin(Database& database);
    ~Transaction();
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;

    base::Status commit();

  private:
    explicit Transaction(Database& database) : database_(&database) {}
    Database* database_;  // borrowed; null when over
};

}  // namespace adapters
