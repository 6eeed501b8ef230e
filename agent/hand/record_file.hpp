// An append-only file of records that survives power loss at any byte. Each record is
//   u32 length | u32 CRC-32 of the length | u32 CRC-32 of the payload | payload     (little endian)
// after the eight bytes "TOMTELG1". The length has its own sum so that a half-written record at the
// end (the program died in write, or the power went before fsync) can be told from a flipped bit:
// the first is cut off, the second is corrupt and must never look like an empty or shorter file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace hand {

class RecordFile {
  public:
    static constexpr std::size_t kRecordMax = 1024 * 1024;

    struct Opened;
    // Creates the file if there is none. Holds an exclusive lock while open.
    // Errors: corrupt (says at which byte), busy (another process has it), unavailable, denied.
    static base::Result<Opened> open(std::string const& path);
    // The same with these records instead of the ones it has, atomically.
    static base::Status replace(std::string const& path, std::vector<std::string> const& records);

    ~RecordFile();
    RecordFile(RecordFile const&) = delete;
    RecordFile& operator=(RecordFile const&) = delete;

    // With `sync` it is on disk when this returns. After an error nothing of it is in the file;
    // when that cannot be promised (fsync failed), every later append fails too.
    base::Status append(std::string_view payload, bool sync);
    std::uint64_t size() const { return size_; }

  private:
    RecordFile(int fd, std::uint64_t size) : fd_(fd), size_(size) {}

    int fd_;
    std::uint64_t size_;
    bool broken_ = false;
};

struct RecordFile::Opened {
    std::unique_ptr<RecordFile> file;
    std::vector<std::string> records;
    bool created = false;
    std::uint64_t torn_bytes = 0;  // cut off at the end
};

std::uint32_t crc32(std::string_view bytes);

// Writes a whole file so that after a crash there is the old one or the new one: temporary file,
// fsync, rename, fsync of the folder. Mode 0600.
base::Status write_file_atomically(std::string const& path, std::string_view bytes);
// A whole file, at most `bytes_max`. Errors: not_found, denied, invalid (too long), unavailable.
base::Result<std::string> read_file(std::string const& path, std::size_t bytes_max);

}  // namespace hand
