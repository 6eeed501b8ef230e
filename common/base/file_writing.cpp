#include "common/base/file_writing.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace base {
namespace {

std::string why(std::filesystem::path const& path) {
    return path.string() + ": " + std::strerror(errno);
}

Code code_of_errno() {
    if (errno == ENOENT) return Code::not_found;
    if (errno == EACCES || errno == EPERM || errno == EROFS) return Code::denied;
    return Code::invalid;
}

Status write_all(int file, std::string_view text, std::filesystem::path const& path) {
    while (!text.empty()) {
        ssize_t const written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail(code_of_errno(), why(path));
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(file) != 0) return fail(code_of_errno(), why(path));
    return {};
}

}  // namespace

Status make_folder(std::filesystem::path const& path) {
    if (::mkdir(path.c_str(), kFolderMode) == 0) {
        // The umask of whoever runs this must not decide who reads keys.
        if (::chmod(path.c_str(), kFolderMode) != 0) return fail(code_of_errno(), why(path));
        return {};
    }
    int const failure = errno;
    struct stat facts {};
    if (failure == EEXIST && ::stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode)) return {};
    errno = failure;
    return fail(code_of_errno(), why(path));
}

Status create_file(std::filesystem::path const& path, std::string_view text, mode_t mode) {
    int const file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0) return fail(code_of_errno(), why(path));
    Status written;
    if (::fchmod(file, mode) != 0) written = fail(code_of_errno(), why(path));
    if (written) written = write_all(file, text, path);
    ::close(file);
    if (!written) ::unlink(path.c_str());
    return written;
}

Status replace_file(std::filesystem::path const& path, std::string_view text, mode_t mode) {
    std::filesystem::path const fresh = path.string() + ".new";
    ::unlink(fresh.c_str());
    if (auto made = create_file(fresh, text, mode); !made) return made;
    if (::rename(fresh.c_str(), path.c_str()) != 0) {
        auto failed = fail(code_of_errno(), why(path));
        ::unlink(fresh.c_str());
        return failed;
    }
    std::filesystem::path folder = path.parent_path();
    if (folder.empty()) folder = ".";
    int const directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory >= 0) {
        ::fsync(directory);  // the new name, too
        ::close(directory);
    }
    return {};
}

}  // namespace base
