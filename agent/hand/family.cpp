#include "agent/hand/family.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hand {

namespace {

struct Process {
    pid_t pid = 0;
    pid_t parent = 0;
    pid_t group = 0;
    std::uint64_t started = 0;
};

template <class Number>
std::optional<Number> number(std::string_view text) {
    Number value{};
    auto const [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (wrong != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// Of /proc/PID/stat; the name in it may hold anything, so what follows is counted from its end.
std::optional<Process> read_process(pid_t pid) {
    auto const path = "/proc/" + std::to_string(pid) + "/stat";
    int const fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return std::nullopt;
    std::array<char, 1024> text;
    auto const got = ::read(fd, text.data(), text.size());
    ::close(fd);
    if (got <= 0) return std::nullopt;
    std::string_view rest{text.data(), static_cast<std::size_t>(got)};
    auto const end = rest.rfind(')');
    if (end == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(end + 1);
    constexpr std::size_t kParent = 1, kGroup = 2, kStarted = 19;  // words after the name
    Process process;
    process.pid = pid;
    for (std::size_t word = 0; !rest.empty() && word <= kStarted; ++word) {
        auto const from = std::min(rest.find_first_not_of(' '), rest.size());
        rest.remove_prefix(from);
        auto const one = rest.substr(0, std::min(rest.find(' '), rest.size()));
        rest.remove_prefix(one.size());
        if (word == kParent) process.parent = number<pid_t>(one).value_or(0);
        if (word == kGroup) process.group = number<pid_t>(one).value_or(0);
        if (word == kStarted) process.started = number<std::uint64_t>(one).value_or(0);
    }
    return process;
}

std::map<pid_t, Process> all_processes() {
    std::map<pid_t, Process> all;
    auto* folder = ::opendir("/proc");
    if (folder == nullptr) return all;
    while (auto const* entry = ::readdir(folder))
        if (auto const pid = number<pid_t>(entry->d_name))
            if (auto const process = read_process(*pid)) all.emplace(*pid, *process);
    ::closedir(folder);
    return all;
}

bool holds(pid_t pid, struct stat const& pipe) {
    for (int const fd : {0, 1, 2}) {
        auto const path = "/proc/" + std::to_string(pid) + "/fd/" + std::to_string(fd);
        struct stat facts {};
        if (::stat(path.c_str(), &facts) == 0 && facts.st_dev == pipe.st_dev &&
            facts.st_ino == pipe.st_ino)
            return true;
    }
    return false;
}

bool descends(std::map<pid_t, Process> const& all, Process const& one, pid_t group) {
    auto const* at = &one;
    for (int depth = 0; depth < 1000; ++depth) {
        if (at->group == group) return true;
        auto const parent = all.find(at->parent);
        if (parent == all.end() || parent->first == at->pid) return false;
        at = &parent->second;
    }
    return false;
}

}  // namespace

void add_family(pid_t group, int pipe_fd, std::vector<Relative>& known) {
    struct stat pipe {};
    bool const has_pipe = ::fstat(pipe_fd, &pipe) == 0;
    auto const all = all_processes();
    for (auto const& [pid, process] : all) {
        if (pid == ::getpid() || pid == 1) continue;
        if (!descends(all, process, group) && !(has_pipe && holds(pid, pipe))) continue;
        Relative const one{pid, process.started};
        if (std::find(known.begin(), known.end(), one) == known.end()) known.push_back(one);
    }
}

void kill_family(std::vector<Relative> const& family) {
    for (auto const& one : family) {
        auto const now = read_process(one.pid);
        if (now && now->started == one.started) ::kill(one.pid, SIGKILL);
    }
}

}  // namespace hand
