// Real programs, started for real: argv, groups, time-outs, what they leave behind.
#include "agent/hand/programs.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <thread>

#include "tests/unit/agent/hand/bench.hpp"

namespace hand::bench {
namespace {

// A script the tests start by its own path, as the policy's scripts are.
class ProgramsTest : public testing::Test {
  protected:
    std::string script(std::string const& text) {
        auto const path = folder / "script";
        write(path, "#!/usr/bin/env -S bash --norc\n" + text);
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        return path;
    }
    Exit run(Program program) {
        auto exit = programs.run(program, stop);
        if (exit) return *exit;
        ADD_FAILURE() << exit.error().message;
        return {};
    }
    static bool gone(std::string const& pid_file) {
        auto const text = slurp(pid_file);
        pid_t pid = 0;
        std::from_chars(text.data(), text.data() + text.size(), pid);
        auto const deadline = std::chrono::steady_clock::now() + 5s;
        while (std::chrono::steady_clock::now() < deadline) {
            // A zombie that nobody reaped yet is gone as well.
            auto const stat = slurp("/proc/" + std::to_string(pid) + "/stat");
            if (stat.empty() || stat.find(") Z ") != stat.npos) return true;
            std::this_thread::yield();
        }
        return false;
    }

    Folder folder;
    SystemPrograms programs;
    Stop stop;
};

TEST_F(ProgramsTest, Give_exit_code_and_both_streams) {
    auto const exit = run({{script("echo out; echo err >&2; exit 7"), "x"}, {}, 5s});
    EXPECT_EQ(exit.code, 7);
    EXPECT_EQ(exit.output, "out\nerr\n");
    EXPECT_EQ(exit.output_total, 8u);
}

TEST_F(ProgramsTest, Get_their_words_as_they_are_because_no_shell_sees_them) {
    auto const exit = run({{"/usr/bin/printf", "%s|", "$HOME", "a b", "*", ";id", "`id`"}, {}, 5s});
    EXPECT_EQ(exit.output, "$HOME|a b|*|;id|`id`|");
}

TEST_F(ProgramsTest, Get_a_clean_environment_no_files_and_their_own_group) {
    ::setenv("TOMTE_TEST_SECRET", "1", 1);
    int const leak = ::dup(1);
    auto const env = run({{"/usr/bin/env"}, {}, 5s}).output;
    ::unsetenv("TOMTE_TEST_SECRET");
    EXPECT_EQ(env.find("SECRET"), std::string::npos) << env;
    EXPECT_NE(env.find("LC_ALL=C.UTF-8"), std::string::npos);
    auto const files = run({{"/usr/bin/ls", "/proc/self/fd"}, {}, 5s}).output;
    EXPECT_EQ(files, "0\n1\n2\n3\n") << "3 is the listing's own";
    ::close(leak);
    auto const ids = run({{"/usr/bin/ps", "-o", "pid=,pgid=", "--ppid", std::to_string(::getpid())},
                          {}, 5s}).output;
    std::istringstream words{ids};
    long pid = 0;
    long group = 1;
    words >> pid >> group;
    EXPECT_EQ(pid, group) << ids;
    auto const signals = run({{"/usr/bin/grep", "SigBlk", "/proc/self/status"}, {}, 5s}).output;
    EXPECT_NE(signals.find("0000000000000000"), std::string::npos) << signals;
}

TEST_F(ProgramsTest, Are_ended_with_all_they_started_when_their_time_is_over) {
    auto const exit = run({{script("sleep 60 & echo $! >" + (folder / "pid") + "; sleep 60")}, {},
                           300ms});
    EXPECT_TRUE(exit.timed_out);
    EXPECT_EQ(exit.code, 128 + SIGTERM);
    EXPECT_LT(exit.took, 3s);
    EXPECT_TRUE(gone(folder / "pid"));
}

TEST_F(ProgramsTest, Are_killed_when_they_do_not_listen) {
    auto const exit = run({{script("trap '' TERM; echo $$ >" + (folder / "pid") +
                                   "; while :; do sleep 0.1; done")}, {}, 300ms});
    EXPECT_TRUE(exit.timed_out);
    EXPECT_EQ(exit.code, 128 + SIGKILL);
    EXPECT_GE(exit.took, 5s) << "the grace between TERM and KILL";
    EXPECT_TRUE(gone(folder / "pid"));
}

TEST_F(ProgramsTest, Are_ended_by_a_cancel) {
    std::jthread const canceller{[this] {
        while (slurp(folder / "up").empty()) std::this_thread::yield();
        stop.ask(Stop::Why::cancelled);
    }};
    auto const exit = run({{script("echo 1 >" + (folder / "up") + "; sleep 60")}, {}, 30s});
    EXPECT_TRUE(exit.cancelled);
    EXPECT_FALSE(exit.timed_out);
}

TEST_F(ProgramsTest, May_leave_a_daemon_behind_that_holds_their_output) {
    auto const exit = run({{script("setsid sleep 60 & echo $! >" + (folder / "pid") + "; echo up")},
                           {}, 10s});
    EXPECT_EQ(exit.code, 0);
    EXPECT_EQ(exit.output, "up\n");
    EXPECT_LT(exit.took, 5s) << "nobody waits for the daemon's end of the pipe";
    auto const text = slurp(folder / "pid");
    pid_t pid = 0;
    std::from_chars(text.data(), text.data() + text.size(), pid);
    ASSERT_GT(pid, 0);
    EXPECT_EQ(::kill(pid, SIGKILL), 0) << "it was left alone";
}

TEST_F(ProgramsTest, May_print_without_end_and_only_head_and_tail_are_kept) {
    auto const exit = run({{"/usr/bin/yes"}, {}, 300ms, 4096});
    EXPECT_TRUE(exit.timed_out);
    EXPECT_LE(exit.output.size(), 4300u);
    EXPECT_GT(exit.output_total, 100'000u);
}

TEST_F(ProgramsTest, That_cannot_be_started_say_why) {
    auto const why = [this](std::vector<std::string> argv) {
        return programs.run({std::move(argv), {}, 5s}, stop).error().code;
    };
    EXPECT_EQ(why({folder / "nothing"}), base::Code::not_found);
    EXPECT_EQ(why({"ls"}), base::Code::invalid) << "no PATH search";
    EXPECT_EQ(why({}), base::Code::invalid);
    write(folder / "plain", "text");
    EXPECT_EQ(why({folder / "plain"}), base::Code::denied);
}

TEST_F(ProgramsTest, Run_as_the_user_the_policy_names) {
    auto const nobody = find_user("nobody");
    ASSERT_TRUE(nobody) << nobody.error().message;
    if (::geteuid() != 0) {
        EXPECT_FALSE(programs.run({{"/usr/bin/id"}, *nobody, 5s}, stop)) << "only root may";
        return;
    }
    auto const exit = run({{"/usr/bin/id", "-u"}, *nobody, 5s});
    EXPECT_EQ(exit.output, std::to_string(nobody->uid) + "\n");
    EXPECT_EQ(::geteuid(), 0u) << "and only the child";
    EXPECT_FALSE(find_user("no-such-user-here"));
}

TEST(FindProgram, Looks_in_the_system_s_folders_alone) {
    EXPECT_EQ(find_program("true"), "/usr/bin/true");
    EXPECT_EQ(find_program("no-such-program"), "");
    EXPECT_EQ(find_program("../bin/true"), "");
}

}  // namespace
class PipelineTest : public ProgramsTest {
  protected:
    Exit run_all(std::vector<Stage> stages, base::Duration timeout = 5s) {
        auto exit = programs.run_piped({std::move(stages), timeout, 64 * 1024}, stop);
        if (exit) return *exit;
        ADD_FAILURE() << exit.error().message;
        return {};
    }
};

TEST_F(PipelineTest, Hands_each_programs_output_to_the_next_and_gives_the_last_ones_code) {
    auto const exit = run_all({{{"/usr/bin/printf", "b\\na\\nb\\n"}, {}, Flow::next, Flow::result},
                               {{"/usr/bin/sort", "-u"}, {}, Flow::next, Flow::result},
                               {{"/usr/bin/grep", "-c", "."}, {}}});
    EXPECT_EQ(exit.output, "2\n");
    EXPECT_EQ(exit.code, 0);
    EXPECT_EQ(run_all({{{"/usr/bin/printf", "a"}, {}, Flow::next},
                       {{"/usr/bin/grep", "-q", "b"}, {}}})
                  .code,
              1);
}

TEST_F(PipelineTest, Sends_errors_where_they_belong) {
    auto const both = script("echo out; echo err >&2");
    EXPECT_EQ(run_all({{{both}, {}, Flow::next, Flow::next}, {{"/usr/bin/wc", "-l"}, {}}}).output,
              "2\n");
    EXPECT_EQ(
        run_all({{{both}, {}, Flow::next, Flow::nothing}, {{"/usr/bin/wc", "-l"}, {}}}).output,
        "1\n");
    EXPECT_EQ(run_all({{{both}, {}, Flow::nothing, Flow::next}, {{"/usr/bin/cat"}, {}}}).output,
              "err\n");
    EXPECT_EQ(run_all({{{both}, {}, Flow::nothing, Flow::nothing}}).output, "");
}

TEST_F(PipelineTest, Ends_a_writer_whose_reader_has_had_enough) {
    auto const exit = run_all({{{"/usr/bin/yes"}, {}, Flow::next}, {{"/usr/bin/head", "-1"}, {}}});
    EXPECT_EQ(exit.output, "y\n");
    EXPECT_EQ(exit.code, 0);
    EXPECT_FALSE(exit.timed_out);
}

TEST_F(PipelineTest, Ends_every_program_when_the_time_is_over) {
    auto const sleeper = script("echo $$ >" + (folder / "pid") + "; exec /usr/bin/sleep 100");
    auto const exit = run_all({{{sleeper}, {}, Flow::next}, {{"/usr/bin/cat"}, {}}}, 200ms);
    EXPECT_TRUE(exit.timed_out);
    EXPECT_TRUE(gone(folder / "pid"));
}

TEST_F(PipelineTest, Leaves_nothing_running_when_one_cannot_be_started) {
    auto const sleeper = script("echo $$ >" + (folder / "pid") + "; exec /usr/bin/sleep 100");
    auto const exit = programs.run_piped(
        {{{{sleeper}, {}, Flow::next}, {{"/usr/bin/there-is-no-such"}, {}}}, 5s, 1024}, stop);
    ASSERT_FALSE(exit);
    EXPECT_EQ(exit.error().code, base::Code::not_found);
    EXPECT_TRUE(gone(folder / "pid"));
}

}  // namespace hand::bench
