#include "agent/hand/record_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace hand {

namespace {

constexpr std::string_view kMagic = "TOMTELG1";
constexpr std::size_t kHead = 12;
constexpr std::size_t kFileMax = 256ULL * 1024 * 1024;

base::Error system_error(std::string const& what) {
    int const error = errno;
    auto const code = error == ENOENT                       ? base::Code::not_found
                      : error == EACCES || error == EPERM   ? base::Code::denied
                      : error == EWOULDBLOCK                ? base::Code::busy
                                                            : base::Code::unavailable;
    return {code, what + ": " + std::strerror(error)};
}

auto failed(std::string const& what) { return tl::make_unexpected(system_error(what)); }

constexpr std::array<std::uint32_t, 256> make_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320U : 0);
        table[i] = value;
    }
    return table;
}

void put(std::string& out, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>((value >> shift) & 0xFF);
}

std::uint32_t get(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    return value;
}

std::string framed(std::string_view payload) {
    std::string record;
    record.reserve(kHead + payload.size());
    put(record, static_cast<std::uint32_t>(payload.size()));
    put(record, crc32(record));
    put(record, crc32(payload));
    record += payload;
    return record;
}

// ENOSPC in the middle leaves a part behind; the caller cuts it off.
bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        auto const wrote = ::write(fd, bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return true;
}

base::Status sync_folder_of(std::string const& path) {
    auto folder = std::filesystem::path{path}.parent_path().string();
    if (folder.empty()) folder = ".";
    int const fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failed(folder);
    int const result = ::fsync(fd);
    ::close(fd);
    if (result != 0) return failed("fsync " + folder);
    return {};
}

struct Scanned {
    std::vector<std::string> records;
    std::size_t good = 0;  // bytes that hold whole records
};

// File systems may lengthen a file before its data: zeros up to the end are a torn record too.
bool only_zeros(std::string_view bytes) { return bytes.find_first_not_of('\0') == bytes.npos; }

base::Result<Scanned> scan(std::string_view bytes, std::string const& path) {
    auto const corrupt = [&](std::size_t at, char const* what) {
        return base::fail(base::Code::corrupt,
                          path + ": " + what + " at byte " + std::to_string(at));
    };
    if (!bytes.starts_with(kMagic)) return corrupt(0, "not a log of this program");
    Scanned scanned;
    scanned.good = kMagic.size();
    while (scanned.good < bytes.size()) {
        auto const rest = bytes.substr(scanned.good);
        if (rest.size() < kHead || only_zeros(rest)) break;
        if (get(rest, 4) != crc32(rest.substr(0, 4)))
            return corrupt(scanned.good, "a damaged record length");
        std::size_t const length = get(rest, 0);
        if (length > RecordFile::kRecordMax) return corrupt(scanned.good, "a record too long");
        if (rest.size() < kHead + length) break;
        auto const payload = rest.substr(kHead, length);
        if (get(rest, 8) != crc32(payload)) {
            // A record whose data had not reached the disk when its length had: nothing but zeros
            // follow within it. Anything else was whole once.
            bool const last = rest.size() == kHead + length;
            if (last && only_zeros(payload)) break;
            return corrupt(scanned.good, "a damaged record");
        }
        scanned.records.emplace_back(payload);
        scanned.good += kHead + length;
    }
    return scanned;
}

}  // namespace

std::uint32_t crc32(std::string_view bytes) {
    static constexpr auto kTable = make_table();
    std::uint32_t value = 0xFFFFFFFFU;
    for (char const c : bytes)
        value = (value >> 8) ^ kTable[(value ^ static_cast<unsigned char>(c)) & 0xFF];
    return value ^ 0xFFFFFFFFU;
}

base::Status write_file_atomically(std::string const& path, std::string_view bytes) {
    auto const temporary = path + ".new";
    int const fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                          0600);
    if (fd < 0) return failed(temporary);
    bool const written = write_all(fd, bytes) && ::fsync(fd) == 0;
    auto const error = system_error(temporary);
    ::close(fd);
    if (!written) {
        ::unlink(temporary.c_str());
        return tl::make_unexpected(error);
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) return failed(path);
    return sync_folder_of(path);
}

base::Result<std::string> read_file(std::string const& path, std::size_t bytes_max) {
    int const fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return failed(path);
    std::string bytes;
    std::array<char, 64 * 1024> buffer;
    ssize_t got = 0;
    while ((got = ::read(fd, buffer.data(), buffer.size())) > 0 && bytes.size() <= bytes_max)
        bytes.append(buffer.data(), static_cast<std::size_t>(got));
    auto const error = system_error(path);
    ::close(fd);
    if (got < 0) return tl::make_unexpected(error);
    if (bytes.size() > bytes_max) return base::fail(base::Code::invalid, path + ": too long");
    return bytes;
}

base::Status RecordFile::replace(std::string const& path, std::vector<std::string> const& records) {
    std::string bytes{kMagic};
    for (auto const& record : records) bytes += framed(record);
    return write_file_atomically(path, bytes);
}

base::Result<RecordFile::Opened> RecordFile::open(std::string const& path) {
    bool const created = !std::filesystem::exists(path);
    if (created) {
        if (auto made = replace(path, {}); !made) return tl::make_unexpected(made.error());
    }
    int const fd = ::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return failed(path);
    Opened opened{std::unique_ptr<RecordFile>{new RecordFile{fd, 0}}, {}, created, 0};
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) return failed(path);
    auto const bytes = read_file(path, kFileMax);
    if (!bytes) return tl::make_unexpected(bytes.error());
    auto scanned = scan(*bytes, path);
    if (!scanned) return tl::make_unexpected(scanned.error());
    opened.records = std::move(scanned->records);
    opened.torn_bytes = bytes->size() - scanned->good;
    opened.file->size_ = scanned->good;
    if (opened.torn_bytes != 0 &&
        (::ftruncate(fd, static_cast<off_t>(scanned->good)) != 0 || ::fsync(fd) != 0))
        return failed(path);
    return opened;
}

RecordFile::~RecordFile() { ::close(fd_); }

base::Status RecordFile::append(std::string_view payload, bool sync) {
    if (broken_) return base::fail(base::Code::unavailable, "an earlier write to the log failed");
    if (payload.size() > kRecordMax) return base::fail(base::Code::invalid, "a record too long");
    auto const record = framed(payload);
    if (!write_all(fd_, record)) {
        auto const error = system_error("append");
        if (::ftruncate(fd_, static_cast<off_t>(size_)) != 0) broken_ = true;
        return tl::make_unexpected(error);
    }
    size_ += record.size();
    if (sync && ::fdatasync(fd_) != 0) {
        // The kernel may have dropped the pages: what is in the file is no longer known.
        broken_ = true;
        return failed("fsync");
    }
    return {};
}

}  // namespace hand
