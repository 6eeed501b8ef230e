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
#include <utility>

#include "agent/hand/capture.hpp"
#include "agent/hand/family.hpp"
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
    int input = -1;
    int output = -1;
    int error = -1;
    pid_t group = 0;  // 0: one of its own
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
    ::setpgid(0, launch.group);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    struct sigaction plain {};
    plain.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &plain, nullptr);
    bool const ready = ::dup2(launch.input, 0) == 0 && ::dup2(launch.output, 1) == 1 &&
                       ::dup2(launch.error, 2) == 2 && ::chdir("/") == 0;
    ::syscall(SYS_close_range, 3U, ~0U, 0U);
    limit(RLIMIT_AS, kAddressSpace);
    limit(RLIMIT_FSIZE, kFileSize);
    limit(RLIMIT_NOFILE, kOpenFiles);
    limit(RLIMIT_CORE, 0);
    ::umask(022);
    if (ready && (launch.user == nullptr || become(*launch.user))) {
        // After a change of user the kernel clears the death signal.
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        // There is no way back, so it is never called with 0 (EINVAL).
        if (launch.user != nullptr) ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
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
    int release() { return std::exchange(fd_, -1); }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

  private:
    int fd_;
};

// Running programs of one group, watched until the last has ended. The first of `pids` leads the
// group and is not reaped before all have been started.
class Watch {
  public:
    Watch(std::vector<pid_t> pids, int output, Piped const& piped, Stop const& stop)
        : pids_(std::move(pids)), group_(pids_.front()), output_(output), stop_(stop),
          capture_(piped.output_bytes), begun_(adapters::system_now().boot),
          deadline_(begun_ + piped.timeout) {
        watch_next();
    }

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
    // From the last to the first: whoever reads goes before who writes, mostly.
    void watch_next() {
        pidfd_.set(static_cast<int>(::syscall(SYS_pidfd_open, pids_.back(), 0U)));
    }

    bool reap() {
        while (!pids_.empty()) {
            int status = 0;
            pid_t const got = ::waitpid(pids_.back(), &status, WNOHANG);
            if (got == 0) return false;
            CHECK(got == pids_.back());
            if (!ended_)
                exit_.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            ended_ = true;
            pids_.pop_back();
            if (!pids_.empty()) watch_next();
        }
        if (ending_) {
            ::kill(-group_, SIGKILL);
            // Once more: who forked while they were looked up.
            add_family(group_, output_, family_);
            kill_family(family_);
        }
        return true;
    }

    void look() {
        auto const now = adapters::system_now().boot;
        if (!ending_ && (now >= deadline_ || stop_.cancelled())) {
            (stop_.cancelled() ? exit_.cancelled : exit_.timed_out) = true;
            ending_ = true;
            kill_at_ = now + kGrace;
            // While their parents live they can be told to be ours.
            add_family(group_, output_, family_);
            ::kill(-group_, SIGTERM);
        } else if (ending_ && now >= kill_at_) {
            kill_at_ = now + kGrace;
            add_family(group_, output_, family_);
            ::kill(-group_, SIGKILL);
            kill_family(family_);
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

    std::vector<pid_t> pids_;  // still running, in the order of the pipeline
    pid_t group_;
    int output_;
    Stop const& stop_;
    Capture capture_;
    base::BootTime begun_;
    base::BootTime deadline_;
    base::BootTime kill_at_{};
    Descriptor pidfd_;
    std::vector<Relative> family_;  // of those that must end
    bool output_open_ = true;
    bool ending_ = false;
    bool ended_ = false;  // the last one, whose code counts
    Exit exit_;
};

base::Status check_argv(std::vector<std::string> const& argv) {
    if (argv.empty() || !argv[0].starts_with('/'))
        return base::fail(base::Code::invalid, "a program needs an absolute path");
    for (auto const& word : argv)
        if (word.find('\0') != word.npos)
            return base::fail(base::Code::invalid, "an argument holds a zero byte");
    return {};
}

base::Code code_of(int error) {
    if (error == ENOENT || error == ENOTDIR) return base::Code::not_found;
    if (error == EACCES || error == EPERM) return base::Code::denied;
    if (error == E2BIG || error == ENOEXEC) return base::Code::invalid;
    return base::Code::unavailable;
}

// Starts the stages of a pipeline one after the other, each with its input from the one before.
class Launcher {
  public:
    explicit Launcher(int result)
        : result_(result), nothing_(::open("/dev/null", O_RDWR | O_CLOEXEC)) {}

    base::Status launch(Stage const& stage) {
        std::array<int, 2> ends{-1, -1};
        bool const piped = stage.output == Flow::next || stage.error == Flow::next;
        if (piped && ::pipe2(ends.data(), O_CLOEXEC) != 0)
            return base::fail(base::Code::unavailable,
                              std::string{"pipe: "} + std::strerror(errno));
        Descriptor next{ends[0]};
        Descriptor into{ends[1]};
        auto const flow = [&](Flow where) {
            if (where == Flow::next) return into.get();
            return where == Flow::result ? result_ : nothing_.get();
        };
        std::vector<char const*> argv;
        for (auto const& word : stage.argv) argv.push_back(word.c_str());
        argv.push_back(nullptr);
        Launch launch{argv.data(),        stage.user ? &*stage.user : nullptr,
                      input_.get() < 0 ? nothing_.get() : input_.get(),
                      flow(stage.output), flow(stage.error),
                      pids_.empty() ? 0 : pids_.front(), 0};
        pid_t const pid = launch_child(launch);
        if (pid < 0)
            return base::fail(base::Code::unavailable,
                              std::string{"fork: "} + std::strerror(errno));
        if (int const error = launch.failed; error != 0) {
            ::waitpid(pid, nullptr, 0);
            return base::fail(code_of(error), stage.argv[0] + ": " + std::strerror(error));
        }
        pids_.push_back(pid);
        input_.set(next.release());
        return {};
    }

    // Ends what was started already.
    void give_up() {
        if (pids_.empty()) return;
        ::kill(-pids_.front(), SIGKILL);
        for (auto const pid : pids_) ::waitpid(pid, nullptr, 0);
    }

    std::vector<pid_t> take() {
        input_.close();
        return std::move(pids_);
    }

  private:
    int result_;
    Descriptor nothing_;
    Descriptor input_;
    std::vector<pid_t> pids_;
};

}  // namespace

base::Result<Exit> Programs::run_piped(Piped const& piped, Stop const& stop) {
    if (piped.stages.size() != 1)
        return base::fail(base::Code::invalid, "pipelines are not run here");
    auto const& stage = piped.stages.front();
    return run({stage.argv, stage.user, piped.timeout, piped.output_bytes}, stop);
}

base::Result<Exit> SystemPrograms::run(Program const& program, Stop const& stop) {
    return run_piped({{{program.argv, program.user, Flow::result, Flow::result}},
                      program.timeout,
                      program.output_bytes},
                     stop);
}

base::Result<Exit> SystemPrograms::run_piped(Piped const& piped, Stop const& stop) {
    CHECK(!piped.stages.empty());
    for (auto const& stage : piped.stages)
        if (auto good = check_argv(stage.argv); !good) return tl::make_unexpected(good.error());
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return base::fail(base::Code::unavailable, std::string{"pipe: "} + std::strerror(errno));
    Descriptor reading{ends[0]};
    Descriptor writing{ends[1]};
    ::fcntl(reading.get(), F_SETFL, O_NONBLOCK);
    Launcher launcher{writing.get()};
    for (auto const& stage : piped.stages)
        if (auto good = launcher.launch(stage); !good) {
            launcher.give_up();
            return tl::make_unexpected(good.error());
        }
    writing.close();
    return Watch{launcher.take(), reading.get(), piped, stop}.until_end();
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
