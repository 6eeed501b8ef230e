// The Journal port on SQLite: one file, one writer. Journal rows form a hash chain
// (h_i = SHA-256(h_{i-1} | row)); table rows carry a check value.
#pragma once

#include <memory>
#include <string>

#include "common/audit/chain.hpp"
#include "common/wire/messages.hpp"
#include "coordinator/ports/journal.hpp"

namespace coordinator {

struct SqliteJournalSettings {
    std::string path;  // its folder must exist
    // The operator's word that an empty store may take the place of a damaged or vanished one.
    bool fresh_allowed = false;
    base::Duration busy_timeout{2'000};
    // Closed incidents and attempts younger than this are loaded into the core.
    base::Duration recent{24 * 3'600'000};
    base::WallTime now{};        // the time of opening: names files that are set aside, `recent`
    int chain_rows_checked = 10'000;  // of the journal's end, at load
    // The write-ahead log is moved into the file, beside the loop, when it is longer than this.
    std::int64_t log_bytes = 4 * 1024 * 1024;
    base::Duration checkpoint_every{1'000};
};

// What of the journal may go. Tables stay: what happened to an incident is kept for ever, its
// timeline as long as the journal.
struct JournalLimits {
    base::WallTime before{};         // older rows may go …
    std::int64_t bytes_max = 0;      // … and any, oldest first, above this size; 0: none
    std::int64_t rows_at_once = 500;
};

class SqliteJournal final : public Journal {
  public:
    // Errors: busy (another process has the store), unavailable (folder missing or read-only, no
    // space), invalid (not our database, or a newer program's), corrupt: the damaged files were set
    // aside (the message says where) and nothing was put in their place.
    static base::Result<std::unique_ptr<SqliteJournal>> open(SqliteJournalSettings settings);
    ~SqliteJournal() override;

    base::Result<Tables> load() override;
    base::Status commit(std::vector<Entry> const& entries) override;

    // Sequence number of the last committed journal row. Loop thread only.
    std::int64_t last_seq() const;
    // The head of the chain up to which a power cut cannot take rows back: what may be told.
    audit::Position const& durable_end() const;
    // Makes everything committed so far durable.
    base::Status settle();
    // Remembers a head that was signed. Of those between, one per ten minutes is kept.
    base::Status keep_head(wire::ChainHead const& head, std::string const& proof);
    // Removes rows from the journal's beginning. The chain goes on from the last one removed, whose
    // hash is kept. Gives how many went; call again while it is rows_at_once.
    base::Result<std::int64_t> prune(JournalLimits const& limits);
    // Recomputes the whole chain: Code::corrupt names the first row that does not fit.
    base::Status verify_chain();

  private:
    struct Store;
    SqliteJournal(SqliteJournalSettings settings, std::unique_ptr<Store> store);
    base::Result<Tables> load_tables();

    SqliteJournalSettings settings_;
    std::unique_ptr<Store> store_;
};

}  // namespace coordinator
