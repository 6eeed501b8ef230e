// The store as a file among files: who holds it, whether one was here before, and where a damaged
// one is put. An empty folder is a fresh start; a store that vanished or broke never is, unless the
// operator says so: a coordinator that forgot its commands would send them again.
#pragma once

#include <string>

#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace coordinator {

// "<path>.lock": locked while a program has the store; says whether a store was ever made here.
class StoreLock {
  public:
    // Errors: busy (another process has it; the message names its pid), unavailable (no such
    // folder, read-only, no right).
    static base::Result<StoreLock> take(std::string const& store_path);
    ~StoreLock();
    StoreLock(StoreLock&& other) noexcept;
    StoreLock& operator=(StoreLock&&) = delete;

    bool store_was_made() const { return made_; }
    base::Status note_store_made();

  private:
    StoreLock(int file, bool made) : file_(file), made_(made) {}
    base::Status write();

    int file_;
    bool made_;
};

bool store_exists(std::string const& store_path);  // false also for an empty file

// Renames the store's files to "<path>.damaged-<time>…"; gives the new name of the first.
base::Result<std::string> set_store_aside(std::string const& store_path, base::WallTime now);

}  // namespace coordinator
