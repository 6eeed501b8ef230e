#include "agent/hand/programs.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "agent/hand/capture.hpp"
#include "common/adapters/system_clock.hpp"
#include "common/base/check.hpp"

namespace hand {

namespace {

constexpr base::Duration kGrace{5'000};        // between TERM and KILL
constexpr rlim_t kAddressSpace = 4ULL << 30;   // less kills Go programs such as the docker client
constexpr rlim_t kFileSize = 8ULL << 30;
constexpr rlim_t kOpenFiles = 4096;

char const* const kEnvironment[] = {
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",     "LC_ALL=C.UTF-8", "HOME=/",
    "TERM=dumb",                          "SYSTEMD_COLORS=0", "SYSTEMD_PAGER=", nullptr,
};

// Everything the child needs, made before vfork: it shares our memory and may only make system
// calls. `failed` is how it tells us that there was no exec.
struct Launch {
    char const* const* argv = nullptr;
    User const* user = nullptr;
    int output = -1;
    int input = -1;
    int volatile failed = 0;
};

void limit(int resource, rlim_t most) {
    rlimit now{};
    if (::getrlimit(static_cast<__rlimit_resource>(resource), &now) != 0) return;
    now.rlim_max = std::min(now.rlim_max, most);
    now.rlim_cur = std::min(now.rlim_max, now.rlim_cur);
    ::setrlimit(static_cast<__rlimit_resource>(resource), &now);
}

// System calls, not glibc's wrappers: those would change the ids of our other threads too.
bool become(User const& user) {
    return ::syscall(SYS_setgroups, user.groups.size(), user.groups.data()) == 0 &&
           ::syscall(SYS_setresgid, user.gid, user.gid, user.gid) == 0 &&
           ::syscall(SYS_setresuid, user.uid, user.uid, user.uid) == 0;
}

[[noreturn]] void child(Launch& launch) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    struct sigaction plain {};
    plain.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &plain, nullptr);
    bool const ready = ::dup2(launch.input, 0) == 0 && ::dup2(launch.output, 1) == 1 &&
                       ::dup2(launch.output, 2) == 2 && ::chdir("/") == 0;
    ::syscall(SYS_close_range, 3U, ~0U, 0U);
    limit(RLIMIT_AS, kAddressSpace);
    limit(RLIMIT_FSIZE, kFileSize);
    limit(RLIMIT_NOFILE, kOpenFiles);
    limit(RLIMIT_CORE, 0);
    ::umask(022);
    if (ready && (launch.user == nullptr || become(*launch.user))) {
        // After a change of user the kernel clears the death signal.
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        ::prctl(PR_SET_NO_NEW_PRIVS, launch.user != nullptr ? 1 : 0, 0, 0, 0);
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        ::execve(launch.argv[0], const_cast<char* const*>(launch.argv),
                 const_cast<char* const*>(kEnvironment));
    }
    launch.failed = errno;
    ::_exit(127);
}

// The child borrows our memory until it has exec'ed; no signal may run a handler in it meanwhile.
[[gnu::noinline]] pid_t launch_child(Launch& launch) {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t const pid = ::vfork();
    if (pid == 0) child(launch);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return pid;
}

class Descriptor {
  public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    ~Descriptor() { close(); }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    int get() const { return fd_; }
    void set(int fd) {
        close();
        fd_ = fd;
    }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

  private:
    int fd_;
};

// One running program, watched until it ends.
class Watch {
  public:
    Watch(pid_t pid, int output, Program const& program, Stop const& stop)
        : pid_(pid), output_(output), stop_(stop), capture_(program.output_bytes),
          begun_(adapters::system_now().boot), deadline_(begun_ + program.timeout),
          pidfd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U))) {}

    Exit until_end() {
        while (!reap()) {
            look();
            wait();
        }
        // A daemon it left behind may hold the pipe open for ever: take what is there, no more.
        drain();
        exit_.output = capture_.text();
        exit_.output_total = capture_.total();
        exit_.took = adapters::system_now().boot - begun_;
        return std::move(exit_);
    }

  private:
    bool reap() {
        int status = 0;
        pid_t const got = ::waitpid(pid_, &status, WNOHANG);
        if (got == 0) return false;
        CHECK(got == pid_);
        exit_.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (ending_) ::kill(-pid_, SIGKILL);
        return true;
    }

    void look() {
        auto const now = adapters::system_now().boot;
        if (!ending_ && (now >= deadline_ || stop_.cancelled())) {
            (stop_.cancelled() ? exit_.cancelled : exit_.timed_out) = true;
            ending_ = true;
            kill_at_ = now + kGrace;
            ::kill(-pid_, SIGTERM);
        } else if (ending_ && now >= kill_at_) {
            kill_at_ = now + kGrace;
            ::kill(-pid_, SIGKILL);
        }
    }

    void wait() {
        auto const until = (ending_ ? kill_at_ : deadline_) - adapters::system_now().boot;
        auto ms = static_cast<int>(std::clamp<base::Duration::rep>(until.count(), 0, 60'000));
        // Without pidfd (before Linux 5.3) the end is looked for.
        if (pidfd_.get() < 0) ms = std::min(ms, 5);
        std::array<pollfd, 3> waiting{pollfd{output_open_ ? output_ : -1, POLLIN, 0},
                                      pollfd{pidfd_.get(), POLLIN, 0},
                                      pollfd{ending_ ? -1 : stop_.fd(), POLLIN, 0}};
        ::poll(waiting.data(), waiting.size(), ms);
        if (waiting[0].revents != 0) drain();
    }

    // At most 1 MiB at a time: who prints without end must not keep us from looking at the clock.
    void drain() {
        std::array<char, 16 * 1024> buffer;
        for (int round = 0; round < 64 && output_open_; ++round) {
            auto const got = ::read(output_, buffer.data(), buffer.size());
            if (got > 0)
                capture_.add({buffer.data(), static_cast<std::size_t>(got)});
            else if (got == 0)
                output_open_ = false;
            else if (errno != EINTR)
                return;
        }
    }

    pid_t pid_;
    int output_;
    Stop const& stop_;
    Capture capture_;
    base::BootTime begun_;
    base::BootTime deadline_;
    base::BootTime kill_at_{};
    Descriptor pidfd_;
    bool output_open_ = true;
    bool ending_ = false;
    Exit exit_;
};

base::Code code_of(int error) {
    if (error == ENOENT || error == ENOTDIR) return base::Code::not_found;
    if (error == EACCES || error == EPERM) return base::Code::denied;
    if (error == E2BIG || error == ENOEXEC) return base::Code::invalid;
    return base::Code::unavailable;
}

}  // namespace

base::Result<Exit> SystemPrograms::run(Program const& program, Stop const& stop) {
    if (program.argv.empty() || !program.argv[0].starts_with('/'))
        return base::fail(base::Code::invalid, "a program needs an absolute path");
    std::vector<char const*> argv;
    for (auto const& word : program.argv) {
        if (word.find('\0') != word.npos)
            return base::fail(base::Code::invalid, "an argument holds a zero byte");
        argv.push_back(word.c_str());
    }
    argv.push_back(nullptr);

    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return base::fail(base::Code::unavailable, std::string{"pipe: "} + std::strerror(errno));
    Descriptor reading{ends[0]};
    Descriptor writing{ends[1]};
    ::fcntl(reading.get(), F_SETFL, O_NONBLOCK);
    Descriptor const nothing{::open("/dev/null", O_RDONLY | O_CLOEXEC)};

    Launch launch{argv.data(), program.user ? &*program.user : nullptr, writing.get(),
                  nothing.get(), 0};
    pid_t const pid = launch_child(launch);
    if (pid < 0)
        return base::fail(base::Code::unavailable, std::string{"fork: "} + std::strerror(errno));
    writing.close();
    if (int const error = launch.failed; error != 0) {
        ::waitpid(pid, nullptr, 0);
        return base::fail(code_of(error), program.argv[0] + ": " + std::strerror(error));
    }
    return Watch{pid, reading.get(), program, stop}.until_end();
}

std::string find_program(std::string_view name) {
    if (name.empty() || name.find('/') != name.npos) return {};
    for (auto const* folder : {"/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/"}) {
        auto path = folder + std::string{name};
        if (::access(path.c_str(), X_OK) == 0) return path;
    }
    return {};
}

base::Result<User> find_user(std::string const& name_or_uid) {
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> text;
    std::uint32_t uid = 0;
    auto const* end = name_or_uid.data() + name_or_uid.size();
    bool const number = std::from_chars(name_or_uid.data(), end, uid).ptr == end &&
                        !name_or_uid.empty();
    if (number)
        ::getpwuid_r(uid, &entry, text.data(), text.size(), &found);
    else
        ::getpwnam_r(name_or_uid.c_str(), &entry, text.data(), text.size(), &found);
    if (found == nullptr) {
        if (number) return User{uid, uid, {}};  // a container's user need not be in passwd
        return base::fail(base::Code::not_found, "no user is called '" + name_or_uid + "'");
    }
    std::array<gid_t, 64> groups{};
    int count = static_cast<int>(groups.size());
    if (::getgrouplist(entry.pw_name, entry.pw_gid, groups.data(), &count) < 0)
        count = static_cast<int>(groups.size());
    return User{entry.pw_uid, entry.pw_gid, {groups.begin(), groups.begin() + count}};
}

}  // namespace hand
