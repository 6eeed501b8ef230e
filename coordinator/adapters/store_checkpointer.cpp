#include "coordinator/adapters/store_checkpointer.hpp"

#include <sys/stat.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "common/adapters/log.hpp"
#include "common/adapters/sqlite_database.hpp"

namespace coordinator {

namespace {

std::int64_t size_of(std::string const& path) {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 ? std::int64_t{facts.st_size} : 0;
}

void keep_short(std::string const& path, std::int64_t log_bytes, base::Duration every,
                std::stop_token const& stop) {
    adapters::DatabaseOptions options;
    options.path = path;
    options.access = adapters::DatabaseOptions::Access::existing;
    options.checkpoint_pages = 0;
    std::optional<adapters::Database> database;
    std::mutex mutex;
    std::condition_variable_any pause;
    while (!stop.stop_requested()) {
        std::unique_lock lock{mutex};
        pause.wait_for(lock, stop, every, [] { return false; });
        // The log keeps its size after a checkpoint; one with nothing to move costs nothing.
        if (size_of(path + "-wal") < log_bytes || stop.stop_requested()) continue;
        if (!database) {
            auto opened = adapters::Database::open(options);
            if (!opened) continue;  // the journal itself says what is wrong with the store
            database = std::move(*opened);
        }
        auto const done = database->checkpoint();
        if (!done && done.error().code != base::Code::busy)
            adapters::log(adapters::LogLevel::warning, "store.checkpoint_failed",
                          {{"reason", done.error().message}});
    }
}

}  // namespace

StoreCheckpointer::StoreCheckpointer(std::string store_path, std::int64_t log_bytes,
                                     base::Duration every)
    : thread_([path = std::move(store_path), log_bytes, every](std::stop_token const& stop) {
          keep_short(path, log_bytes, every, stop);
      }) {}

}  // namespace coordinator
