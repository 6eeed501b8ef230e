// Removing old files in folders that everybody may write to: every name is opened relative to its
// folder without following links, so nobody can lead root elsewhere by swapping a folder for a
// link.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "agent/hand/host_checks.hpp"

namespace hand {

namespace {

constexpr int kDepthMax = 32;

base::WallTime time_of(timespec const& time) {
    return base::WallTime{std::chrono::duration_cast<base::Duration>(
        std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec})};
}

class Cleaner {
  public:
    Cleaner(base::WallTime before, dev_t device, Stop const& stop)
        : before_(before), device_(device), stop_(stop) {}

    // Takes the descriptor.
    void folder(int fd, int depth) {
        std::unique_ptr<DIR, int (*)(DIR*)> const listing{::fdopendir(fd), ::closedir};
        if (!listing) {
            ::close(fd);
            return;
        }
        while (auto const* entry = ::readdir(listing.get())) {
            if (stop_.why() != Stop::Why::none) return;
            std::string const name{static_cast<char const*>(entry->d_name)};
            if (name != "." && name != "..") item(fd, name, depth);
        }
    }

    Cleaned result;

  private:
    void item(int folder_fd, std::string const& name, int depth) {
        struct stat facts {};
        if (::fstatat(folder_fd, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return;
        if (facts.st_dev != device_) return;
        if (S_ISDIR(facts.st_mode)) {
            // A service's private folder is its own, however old.
            if (depth >= kDepthMax || name.starts_with("systemd-private-")) return;
            int const fd = ::openat(folder_fd, name.c_str(),
                                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            if (fd >= 0) folder(fd, depth + 1);
            return;
        }
        auto const last = std::max({time_of(facts.st_atim), time_of(facts.st_mtim),
                                    time_of(facts.st_ctim)});
        if (!S_ISREG(facts.st_mode) || last >= before_) return;
        if (::unlinkat(folder_fd, name.c_str(), 0) != 0) return;
        ++result.files;
        result.bytes += static_cast<std::uint64_t>(facts.st_blocks) * 512;
    }

    base::WallTime before_;
    dev_t device_;
    Stop const& stop_;
};

}  // namespace

base::Result<Cleaned> clean_old_files(std::string const& folder, base::Duration older,
                                      base::WallTime now, Stop const& stop) {
    int const fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return Cleaned{};
    struct stat facts {};
    if (fd < 0 || ::fstat(fd, &facts) != 0) {
        auto error = base::fail(base::Code::denied, folder + ": " + std::strerror(errno));
        if (fd >= 0) ::close(fd);
        return error;
    }
    Cleaner cleaner{now - older, facts.st_dev, stop};
    cleaner.folder(fd, 0);
    return cleaner.result;
}

}  // namespace hand
