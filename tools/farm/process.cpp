#include "tools/farm/process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

namespace farm {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<char*> pointers(std::vector<std::string> const& words) {
    std::vector<char*> list;
    for (auto const& word : words) list.push_back(const_cast<char*>(word.c_str()));
    list.push_back(nullptr);
    return list;
}

std::vector<std::string> environment(std::map<std::string, std::string> const& extra) {
    std::vector<std::string> list;
    for (char** entry = environ; *entry != nullptr; ++entry) list.emplace_back(*entry);
    for (auto const& [name, value] : extra) list.push_back(name + "=" + value);
    return list;
}

pid_t start(std::vector<std::string> const& argv, std::string const& output,
            std::map<std::string, std::string> const& env) {
    auto const words = environment(env);
    auto arguments = pointers(argv);
    auto variables = pointers(words);
    pid_t const pid = ::fork();
    if (pid != 0) return pid;
    int const out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int const in = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(in, 0);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::execvpe(arguments[0], arguments.data(), variables.data());
    char const* reason = std::strerror(errno);
    [[maybe_unused]] auto written = ::write(2, reason, std::strlen(reason));
    ::_exit(127);
}

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status); }

}  // namespace

bool eventually(std::function<bool()> const& answer, Milliseconds within) {
    auto const end = Clock::now() + within;
    for (;;) {
        if (answer()) return true;
        if (Clock::now() > end) return false;
        ::poll(nullptr, 0, 20);
    }
}

Ran run(std::vector<std::string> const& argv, std::map<std::string, std::string> const& env,
        Milliseconds within) {
    char name[] = "/tmp/tomte-run-XXXXXX";
    int const file = ::mkstemp(name);
    ::close(file);
    pid_t const pid = start(argv, name, env);
    int status = 0;
    bool const ended =
        eventually([&] { return ::waitpid(pid, &status, WNOHANG) == pid; }, within);
    if (!ended) {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, &status, 0);
    }
    Ran ran{ended ? code_of(status) : -1, read_text(name)};
    ::unlink(name);
    return ran;
}

Process::Process(std::vector<std::string> const& argv, std::string log_file,
                 std::map<std::string, std::string> const& env)
    : pid_(start(argv, log_file, env)), log_file_(std::move(log_file)) {}

Process::~Process() {
    if (pid_ > 0) stop();
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      status_(other.status_),
      log_file_(std::move(other.log_file_)) {}

Process& Process::operator=(Process&& other) noexcept {
    if (this != &other) {
        if (pid_ > 0) stop();
        pid_ = std::exchange(other.pid_, -1);
        status_ = other.status_;
        log_file_ = std::move(other.log_file_);
    }
    return *this;
}

bool Process::running() {
    if (pid_ > 0 && ::waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = -1;
    return pid_ > 0;
}

void Process::kill(int signal) {
    if (pid_ <= 0) return;
    ::kill(pid_, signal);
    if (signal == SIGKILL) wait(Milliseconds{10'000});
}

int Process::stop() {
    if (!running()) return code_of(status_);
    ::kill(pid_, SIGTERM);
    if (wait(Milliseconds{10'000}) < 0 && pid_ > 0) {
        ::kill(pid_, SIGKILL);
        wait(Milliseconds{10'000});
    }
    return code_of(status_);
}

int Process::wait(Milliseconds within) {
    return eventually([this] { return !running(); }, within) ? 0 : -1;
}

std::string Process::log() const { return read_text(log_file_); }

std::string read_text(std::string const& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void write_text(std::string const& path, std::string const& text, bool append) {
    std::ofstream out(path, append ? std::ios::app | std::ios::binary : std::ios::binary);
    out << text;
}

int free_port() {
    int const probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    ::bind(probe, generic, size);
    ::getsockname(probe, generic, &size);
    ::close(probe);
    return ntohs(address.sin_port);
}

}  // namespace farm
