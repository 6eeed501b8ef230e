#include "agent/hand/policy_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace hand {

namespace {

constexpr std::size_t kFileMax = 1024 * 1024;

base::Status check_owner(std::string const& path, struct stat const& facts) {
    if (facts.st_uid != 0 && facts.st_uid != ::geteuid())
        return base::fail(base::Code::denied, path + " belongs to somebody else: chown root it");
    // A sticky folder lets others add files, not replace ours.
    bool const sticky = S_ISDIR(facts.st_mode) && (facts.st_mode & S_ISVTX) != 0;
    if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0 && !sticky)
        return base::fail(base::Code::denied, path + " can be written by others: chmod go-w it");
    return {};
}

base::Code code_of(int error) {
    return error == ENOENT ? base::Code::not_found : base::Code::denied;
}

}  // namespace

base::Result<std::string> read_trusted_file(std::string const& path) {
    auto folder = std::filesystem::path{path}.parent_path().string();
    if (folder.empty()) folder = ".";
    struct stat facts {};
    if (::stat(folder.c_str(), &facts) != 0)
        return base::fail(code_of(errno), folder + ": " + std::strerror(errno));
    if (auto good = check_owner(folder, facts); !good) return tl::make_unexpected(good.error());
    int const fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return base::fail(code_of(errno), path + ": " + std::strerror(errno));
    std::string text;
    base::Status good = {};
    if (::fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode))
        good = base::fail(base::Code::invalid, path + " is no regular file");
    else
        good = check_owner(path, facts);
    std::array<char, 16 * 1024> buffer;
    ssize_t got = 0;
    while (good && (got = ::read(fd, buffer.data(), buffer.size())) > 0) {
        text.append(buffer.data(), static_cast<std::size_t>(got));
        if (text.size() > kFileMax) good = base::fail(base::Code::invalid, path + " is too long");
    }
    if (got < 0) good = base::fail(base::Code::unavailable, path + ": " + std::strerror(errno));
    ::close(fd);
    if (!good) return tl::make_unexpected(good.error());
    return text;
}

base::Result<policy::Policy> load_policy(std::string const& path) {
    auto const text = read_trusted_file(path);
    if (!text) return tl::make_unexpected(text.error());
    return policy::parse(*text, path);
}

}  // namespace hand
