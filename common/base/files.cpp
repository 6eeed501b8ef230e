#include "common/base/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace base {
namespace {

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    int get() const { return fd_; }

  private:
    int fd_;
};

auto system_failure(std::string const& path, int error) {
    auto const code = error == ENOENT || error == ENOTDIR ? Code::not_found
                      : error == EACCES || error == EPERM ? Code::denied
                                                          : Code::unavailable;
    return fail(code, fmt::format("cannot read {}: {}", path,
                                  std::generic_category().message(error)));
}

}  // namespace

Result<std::string> read_file(std::string const& path, std::size_t bytes_max) {
    // O_NONBLOCK: opening a FIFO somebody put there must not hang; regular files ignore it.
    Descriptor const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (file.get() < 0) return system_failure(path, errno);
    struct stat info {};
    if (::fstat(file.get(), &info) != 0) return system_failure(path, errno);
    if (!S_ISREG(info.st_mode))
        return fail(Code::invalid, fmt::format("cannot read {}: it is not a file", path));
    std::string bytes;
    while (bytes.size() <= bytes_max) {
        auto const before = bytes.size();
        constexpr std::size_t kPart = 16 * 1024;
        bytes.resize(before + kPart);
        auto const got = ::read(file.get(), bytes.data() + before, kPart);
        bytes.resize(before + static_cast<std::size_t>(got > 0 ? got : 0));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_failure(path, errno);
        if (got == 0) return bytes;
    }
    return fail(Code::invalid,
                fmt::format("cannot read {}: it has more than {} bytes", path, bytes_max));
}

}  // namespace base
