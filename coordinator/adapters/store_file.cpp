#include "coordinator/adapters/store_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace coordinator {

namespace {

constexpr std::string_view kMade = "a store was made here";

std::string read_all(int file) {
    std::array<char, 256> buffer{};
    auto const count = ::pread(file, buffer.data(), buffer.size(), 0);
    return {buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

}  // namespace

base::Result<StoreLock> StoreLock::take(std::string const& store_path) {
    auto const path = store_path + ".lock";
    int const file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return base::fail(base::Code::unavailable,
                          "cannot write " + path + ": " + std::strerror(errno));
    auto const text = read_all(file);
    StoreLock lock{file, text.find(kMade) != std::string::npos};
    if (::flock(file, LOCK_EX | LOCK_NB) != 0)
        return base::fail(base::Code::busy, store_path + " is in use by another process (pid " +
                                                text.substr(0, text.find('\n')) + ")");
    if (auto done = lock.write(); !done) return tl::make_unexpected(done.error());
    return lock;
}

StoreLock::StoreLock(StoreLock&& other) noexcept
    : file_(std::exchange(other.file_, -1)), made_(other.made_) {}

StoreLock::~StoreLock() {
    if (file_ >= 0) ::close(file_);
}

base::Status StoreLock::note_store_made() {
    if (made_) return {};
    made_ = true;
    return write();
}

base::Status StoreLock::write() {
    std::string text = std::to_string(::getpid()) + "\n";
    if (made_) text += std::string{kMade} + "\n";
    // Written over the old text before it is cut, so that "made" is never missing in between.
    auto const length = static_cast<off_t>(text.size());
    if (::pwrite(file_, text.data(), text.size(), 0) != length || ::ftruncate(file_, length) != 0 ||
        ::fsync(file_) != 0)
        return base::fail(base::Code::unavailable,
                          std::string{"cannot write the store's lock file: "} +
                              std::strerror(errno));
    return {};
}

bool store_exists(std::string const& store_path) {
    struct stat facts {};
    return ::stat(store_path.c_str(), &facts) == 0 && facts.st_size > 0;
}

base::Result<std::string> set_store_aside(std::string const& store_path, base::WallTime now) {
    auto stamp = base::to_rfc3339(now);
    std::replace(stamp.begin(), stamp.end(), ':', '-');
    auto const aside = store_path + ".damaged-" + stamp;
    for (auto const* suffix : {"", "-wal", "-shm"}) {
        if (std::rename((store_path + suffix).c_str(), (aside + suffix).c_str()) == 0) continue;
        if (errno == ENOENT) continue;
        return base::fail(base::Code::unavailable,
                          "cannot rename " + store_path + suffix + ": " + std::strerror(errno));
    }
    return aside;
}

}  // namespace coordinator
