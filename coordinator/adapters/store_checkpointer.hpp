// Moves the store's write-ahead log into its main file on a thread and a connection of its own, so
// that the loop's commits never pay for it.
#pragma once

#include <string>
#include <thread>

#include "common/base/time.hpp"

namespace coordinator {

class StoreCheckpointer {
  public:
    // Looks every `every` whether the log is longer than `log_bytes`.
    StoreCheckpointer(std::string store_path, std::int64_t log_bytes, base::Duration every);
    ~StoreCheckpointer() = default;  // stops and joins

  private:
    std::jthread thread_;
};

}  // namespace coordinator
