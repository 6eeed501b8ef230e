// What a program may try on the hand that started it: every case of the spawn rules that
// programs_test does not have.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <set>

#include "tests/fakes/eventually.hpp"
#include "tests/unit/agent/hand/bench.hpp"

namespace hand::bench {
namespace {

class Spawn : public testing::Test {
  protected:
    std::string script(std::string const& text) {
        auto const path = folder / "script";
        write(path, "#!/usr/bin/env -S bash --norc\n" + text);
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        return path;
    }
    Exit run(std::vector<std::string> argv, base::Duration timeout = 20s) {
        auto exit = programs.run({std::move(argv), {}, timeout, 4096}, stop);
        if (exit) return *exit;
        ADD_FAILURE() << exit.error().message;
        return {};
    }
    // Pids as the scripts wrote them down, one a line.
    std::set<pid_t> written() {
        std::set<pid_t> pids;
        std::istringstream lines{slurp(folder / "pids")};
        for (pid_t pid = 0; lines >> pid;) pids.insert(pid);
        return pids;
    }
    static bool lives(pid_t pid) {
        auto const stat = slurp("/proc/" + std::to_string(pid) + "/stat");
        return !stat.empty() && stat.find(") Z ") == stat.npos;
    }
    void expect_all_gone(std::size_t at_least) {
        auto const pids = written();
        EXPECT_GE(pids.size(), at_least);
        for (auto const pid : pids)
            EXPECT_TRUE(fakes::eventually([&] { return !lives(pid); })) << pid;
        for (auto const pid : pids)
            if (lives(pid)) ::kill(pid, SIGKILL);
    }
    bool soaking() const { return std::getenv("TOMTE_SOAK") != nullptr; }

    Folder folder;
    SystemPrograms programs;
    Stop stop;
};

TEST_F(Spawn, Ends_a_child_that_made_a_session_of_its_own) {
    auto const exit = run({script("setsid sleep 300 & echo $! >>" + (folder / "pids") +
                                  "; sleep 300")},
                          500ms);
    EXPECT_TRUE(exit.timed_out);
    expect_all_gone(1);
}

TEST_F(Spawn, Ends_a_daemon_that_forked_twice_and_holds_the_output) {
    auto const inner = folder / "inner";
    write(inner, "#!/usr/bin/env -S bash --norc\necho $$ >>" + (folder / "pids") +
                     "\nexec sleep 300\n");
    std::filesystem::permissions(inner, std::filesystem::perms::owner_all);
    auto const exit = run({script("(setsid " + inner + " &) ; sleep 300")}, 700ms);
    EXPECT_TRUE(exit.timed_out);
    expect_all_gone(1);
}

TEST_F(Spawn, Ends_a_hundred_forks_that_fork) {
    auto const exit = run({script("for i in $(seq 50); do (echo $BASHPID >>" + (folder / "pids") +
                                  "; (echo $BASHPID >>" + (folder / "pids") +
                                  "; sleep 300) & sleep 300) & done; sleep 300")},
                          4s);
    EXPECT_TRUE(exit.timed_out);
    expect_all_gone(50);
}

TEST_F(Spawn, Gives_nothing_to_read) {
    auto const exit = run({"/usr/bin/cat"});
    EXPECT_EQ(exit.code, 0);
    EXPECT_EQ(exit.output, "");
    EXPECT_LT(exit.took, 10s);
}

TEST_F(Spawn, Waits_for_a_program_that_closed_its_output_and_lingers) {
    auto const exit = run({script("echo said; exec >&- 2>&-; sleep 0.3; exit 3")});
    EXPECT_EQ(exit.code, 3);
    EXPECT_EQ(exit.output, "said\n");
    EXPECT_GE(exit.took, 300ms);
}

TEST_F(Spawn, Refuses_a_million_words_and_goes_on) {
    std::vector<std::string> argv(1'000'000, "x");
    argv[0] = "/usr/bin/true";
    auto const exit = programs.run({argv, {}, 5s}, stop);
    ASSERT_FALSE(exit);
    EXPECT_EQ(exit.error().code, base::Code::invalid) << exit.error().message;
    EXPECT_EQ(run({"/usr/bin/true"}).code, 0);
}

TEST_F(Spawn, Hands_on_exactly_its_own_environment) {
    ::setenv("LD_PRELOAD_OF_A_TEST", "1", 1);
    std::set<std::string> lines;
    std::istringstream output{run({"/usr/bin/env"}).output};
    for (std::string line; std::getline(output, line);) lines.insert(line);
    ::unsetenv("LD_PRELOAD_OF_A_TEST");
    EXPECT_EQ(lines, (std::set<std::string>{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
                                            "LC_ALL=C.UTF-8", "HOME=/", "TERM=dumb",
                                            "SYSTEMD_COLORS=0", "SYSTEMD_PAGER="}));
}

// Ten gigabytes with --soak; no line feed in all of it.
TEST_F(Spawn, Counts_any_amount_of_output_and_keeps_head_and_tail) {
    std::uint64_t const bytes = soaking() ? 10ULL << 30 : 256ULL << 20;
    std::cout << (bytes >> 20) << " of 10240 MiB\n";
    auto const exit = run({"/usr/bin/head", "-c", std::to_string(bytes), "/dev/zero"}, 600s);
    EXPECT_EQ(exit.code, 0);
    EXPECT_EQ(exit.output_total, bytes);
    EXPECT_LT(exit.output.size(), 8'192u);
}

TEST_F(Spawn, Leaves_no_zombie_and_no_open_file_after_many_runs) {
    int const runs = soaking() ? 10'000 : 200;
    std::cout << runs << " of 10000 runs\n";
    auto const open_files = [] {
        return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"},
                             std::filesystem::directory_iterator{});
    };
    run({"/usr/bin/true"});
    auto const before = open_files();
    for (int i = 0; i < runs; ++i) ASSERT_EQ(run({"/usr/bin/true"}).code, 0);
    EXPECT_EQ(open_files(), before);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child that nobody waited for";
}

}  // namespace
}  // namespace hand::bench
