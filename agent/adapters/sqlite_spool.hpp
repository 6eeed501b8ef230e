// The Spool port on SQLite (WAL). Not durable commits are not fsynced. Bounded: above the limits
// the oldest notes and then the oldest signals are forgotten, never a command's result; how many is
// told by a note in their place.
#pragma once

#include <memory>
#include <string>

#include "agent/ports/spool.hpp"

namespace agent {

struct SqliteSpoolSettings {
    std::string path;
    std::int64_t journal_bytes_max = 16 * 1024 * 1024;
    std::int64_t commands_max = 100'000;      // ids kept after their result was acknowledged
    base::Duration commands_age_max{7LL * 24 * 3600 * 1000};
};

class SqliteSpool final : public Spool {
  public:
    // Errors: busy (another process has it), corrupt (set aside first by the operator; never
    // replaced silently), unavailable.
    static base::Result<std::unique_ptr<SqliteSpool>> open(SqliteSpoolSettings settings);
    ~SqliteSpool() override;

    base::Result<Started> load() override;
    base::Status commit(Effects const& effects) override;
    base::Result<std::vector<wire::JournalRecord>> read(std::int64_t first_seq,
                                                        std::int64_t last_seq) override;
    base::Result<wire::JournalHead> head() override;

  private:
    struct State;
    explicit SqliteSpool(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace agent
