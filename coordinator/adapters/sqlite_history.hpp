// The History port on the store's file, with a read-only connection of its own: committed rows
// only, never in the writer's way. Any thread; calls take turns.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "coordinator/ports/journal.hpp"

namespace coordinator {

class SqliteHistory final : public History {
  public:
    // Opens the file at the first question, and again after a failure.
    explicit SqliteHistory(std::string path);
    ~SqliteHistory() override;

    base::Result<std::vector<domain::Incident>> incidents(std::string const& state,
                                                          int limit) override;
    base::Result<std::optional<IncidentDetail>> incident(std::string const& id) override;
    base::Result<std::vector<HostRow>> hosts() override;
    base::Result<std::optional<CommandRow>> command(std::string const& id) override;

  private:
    struct Reader;
    base::Result<Reader*> reader();  // with mutex_ held

    std::string path_;
    std::mutex mutex_;
    std::unique_ptr<Reader> reader_;  // guarded by mutex_
};

}  // namespace coordinator
