// Real processes for system tests: started, watched, killed, always reaped.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace farm {

using Milliseconds = std::chrono::milliseconds;

// Asks until the answer is yes or `within` is over; says which.
bool eventually(std::function<bool()> const& answer, Milliseconds within = Milliseconds{20'000});

struct Ran {
    int exit_code = -1;
    std::string output;  // stdout and stderr
};
// Runs to the end, at most `within` (then killed, exit_code -1).
Ran run(std::vector<std::string> const& argv, std::map<std::string, std::string> const& env = {},
        Milliseconds within = Milliseconds{60'000});

// A long-running child. The destructor ends it (SIGTERM, 5 s, SIGKILL).
class Process {
  public:
    Process() = default;
    Process(std::vector<std::string> const& argv, std::string log_file,
            std::map<std::string, std::string> const& env = {});
    ~Process();
    Process(Process&& other) noexcept;
    Process& operator=(Process&& other) noexcept;

    pid_t pid() const { return pid_; }
    bool running();
    void kill(int signal);  // and reaps, if the signal ends it: SIGKILL waits
    int stop();             // SIGTERM and wait; the exit code, or -signal
    std::string log() const;

  private:
    int wait(Milliseconds within);

    pid_t pid_ = -1;
    int status_ = 0;
    std::string log_file_;
};

std::string read_text(std::string const& path);
void write_text(std::string const& path, std::string const& text, bool append = false);

// A TCP port of 127.0.0.1 that was free a moment ago.
int free_port();

}  // namespace farm
