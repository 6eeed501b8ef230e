// One work from its preconditions to its result, with programs that only pretend.
#include "agent/hand/executor.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "tests/unit/agent/hand/bench.hpp"

namespace hand::bench {
namespace {

using domain::CommandState;
using domain::ResultCode;

class ExecutorTest : public testing::Test {
  protected:
    ExecutorTest() {
        auto opened = IdLog::open(folder / "state", "boot-1", adapters::system_now());
        log = std::move(*opened);
    }

    domain::CommandResult run(domain::Remedy const& remedy) {
        Managers const managers = Managers::find(policy);
        VerbRunner verbs{policy, managers, programs, redactor, *log, adapters::system_now};
        Executor executor{verbs, programs, redactor, *log, adapters::system_now,
                          [this](domain::CommandResult const& running) {
                              reports.push_back(running);
                          }};
        Work work;
        work.id = ulid();
        work.hash = trust::sha256_hex("body");
        work.subjects = {"service/patient.service"};
        work.changes = changes_anything(remedy);
        work.limits = {20s, 64 * 1024};
        work.boot = adapters::system_now().boot;
        work.wall = Lane::kNow;
        work.what = RemedyWork{remedy, {{"unit", "patient.service"}}};
        last = work.id;
        return executor.run(work, stop);
    }
    void exits(std::map<std::string, std::vector<int>> by_action) {
        codes = std::move(by_action);
        programs.answer = [this](Program const& program) {
            Exit exit;
            auto& list = codes[program.argv.size() > 1 ? program.argv[1] : ""];
            if (!list.empty()) {
                exit.code = list.front();
                if (list.size() > 1) list.erase(list.begin());
            }
            return exit;
        };
    }

    Folder folder;
    policy::Policy policy = patient_policy();
    FakePrograms programs;
    PatternRedactor redactor;
    std::unique_ptr<IdLog> log;
    Stop stop;
    std::map<std::string, std::vector<int>> codes;
    std::vector<domain::CommandResult> reports;
    std::string last;
};

domain::Remedy with_precondition() {
    auto remedy = restart_service();
    remedy.preconditions = {{"service.state", {{"unit", "{unit}"}, {"is", "inactive"}}, 2s}};
    return remedy;
}

domain::Remedy with_undo() {
    auto remedy = restart_service();
    remedy.steps = {{"service.stop", {{"unit", "{unit}"}}, 2s}};
    remedy.undo = {{"service.start", {{"unit", "{unit}"}}, 2s}};
    return remedy;
}

TEST_F(ExecutorTest, Rejects_when_a_precondition_says_no_and_does_nothing) {
    exits({{"status", {0}}});
    auto const result = run(with_precondition());
    EXPECT_EQ(result.state, CommandState::rejected);
    EXPECT_EQ(result.code, ResultCode::precondition);
    EXPECT_EQ(programs.count("start") + programs.count("stop"), 0);
    EXPECT_TRUE(log->fixes(adapters::system_now().boot).empty()) << "it counts for no limit";
    EXPECT_TRUE(reports.empty());
}

TEST_F(ExecutorTest, Rejects_what_no_manager_knows) {
    policy.scripts.erase("patient");
    auto const result = run(restart_service());
    EXPECT_EQ(result.code, ResultCode::precondition) << result.detail;
    EXPECT_TRUE(programs.runs().empty());
}

TEST_F(ExecutorTest, Has_the_row_on_disk_before_the_first_changing_program) {
    programs.answer = [this](Program const& program) {
        if (program.argv[1] == "stop") {
            EXPECT_NE(slurp(folder / "state/log").find("\"started\""), std::string::npos);
        }
        return Exit{};
    };
    EXPECT_EQ(run(restart_service()).state, CommandState::succeeded);
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].state, CommandState::running);
}

TEST_F(ExecutorTest, Asks_the_check_again_until_it_says_yes) {
    exits({{"status", {3, 3, 3, 0}}});
    auto const result = run(restart_service());
    EXPECT_EQ(result.state, CommandState::succeeded) << result.detail;
    EXPECT_EQ(programs.count("status"), 4);
    EXPECT_EQ(result.steps.size(), 2u) << "only the last answer is kept";
}

TEST_F(ExecutorTest, Says_check_failed_when_the_check_never_says_yes) {
    exits({{"status", {3}}});
    auto const result = run(restart_service());
    EXPECT_EQ(result.state, CommandState::failed);
    EXPECT_EQ(result.code, ResultCode::check_failed);
    EXPECT_GT(programs.count("status"), 2);
}

TEST_F(ExecutorTest, Undoes_what_did_not_help) {
    exits({{"status", {3}}});
    auto const result = run(with_undo());
    EXPECT_EQ(result.code, ResultCode::check_failed);
    EXPECT_EQ(programs.count("start"), 1);
    EXPECT_TRUE(result.detail.ends_with("; undone")) << result.detail;
    exits({{"status", {3}}, {"start", {1}}});
    EXPECT_TRUE(run(with_undo()).detail.ends_with("; the undo failed too"));
    exits({{"status", {0}}});
    auto const before = programs.count("start");
    EXPECT_EQ(run(with_undo()).state, CommandState::succeeded);
    EXPECT_EQ(programs.count("start"), before) << "what helped is not undone";
}

TEST_F(ExecutorTest, Stops_at_the_first_step_that_fails) {
    auto remedy = restart_service();
    remedy.steps.push_back({"service.start", {{"unit", "{unit}"}}, 2s});
    exits({{"start", {1}}});
    auto const result = run(remedy);
    EXPECT_EQ(result.code, ResultCode::exec_failed);
    EXPECT_EQ(programs.count("start"), 1);
    EXPECT_EQ(programs.count("status"), 0);
}

TEST_F(ExecutorTest, Begins_nothing_after_a_freeze_or_a_cancel) {
    stop.ask(Stop::Why::frozen);
    EXPECT_EQ(run(restart_service()).code, ResultCode::frozen);
    stop.ask(Stop::Why::cancelled);
    EXPECT_EQ(run(restart_service()).code, ResultCode::cancelled);
    EXPECT_TRUE(programs.runs().empty());
}

TEST_F(ExecutorTest, Freezes_between_two_steps) {
    auto remedy = restart_service();
    remedy.steps.push_back({"service.start", {{"unit", "{unit}"}}, 2s});
    programs.answer = [this](Program const&) {
        stop.ask(Stop::Why::frozen);
        return Exit{};
    };
    auto const result = run(remedy);
    EXPECT_EQ(result.state, CommandState::failed);
    EXPECT_EQ(result.code, ResultCode::frozen);
    EXPECT_EQ(programs.count("start"), 1) << "the restart's own";
}

TEST_F(ExecutorTest, Says_timeout_when_a_step_ran_out_of_time) {
    programs.answer = [](Program const& program) {
        Exit exit;
        exit.timed_out = program.argv[1] == "start";
        exit.code = exit.timed_out ? 143 : 0;
        return exit;
    };
    auto const result = run(restart_service());
    EXPECT_EQ(result.state, CommandState::timed_out);
    EXPECT_EQ(result.code, ResultCode::timeout);
}

TEST_F(ExecutorTest, Does_nothing_when_the_row_cannot_be_written) {
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    auto const handler = ::signal(SIGXFSZ, SIG_IGN);
    rlimit const full{16, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &full);
    auto const result = run(restart_service());
    ::setrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, handler);
    EXPECT_EQ(result.state, CommandState::rejected);
    EXPECT_EQ(result.code, ResultCode::exec_failed);
    EXPECT_EQ(programs.count("stop") + programs.count("start"), 0);
}

TEST_F(ExecutorTest, Writes_no_row_for_a_remedy_that_only_looks) {
    auto remedy = restart_service();
    remedy.steps = {{"service.state", {{"unit", "{unit}"}}, 2s}};
    EXPECT_EQ(run(remedy).state, CommandState::succeeded);
    EXPECT_TRUE(log->fixes(adapters::system_now().boot).empty());
}

TEST_F(ExecutorTest, Redacts_what_programs_print_and_why_they_fail) {
    programs.answer = [](Program const&) {
        Exit exit;
        exit.code = 1;
        exit.output = "API_TOKEN=hunter2hunter2\n";
        return exit;
    };
    auto const text = wire::encode(run(restart_service()));
    EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
    EXPECT_EQ(slurp(folder / "state/log").find("hunter2"), std::string::npos);
}

TEST_F(ExecutorTest, Runs_a_job_and_remembers_that_it_ended_well) {
    auto remedy = restart_service();
    remedy.steps = {{"job.run", {{"job", "backup"}}, 2s}};
    remedy.check = domain::Check{
        {"job.fresh", {{"job", "backup"}, {"within", "1h"}}, 2s}, 100ms, 10ms};
    EXPECT_EQ(run(remedy).state, CommandState::succeeded);
    EXPECT_TRUE(log->last_good_run("backup"));
    exits({{"backup", {1}}});
    EXPECT_EQ(run(remedy).code, ResultCode::exec_failed);
}

TEST_F(ExecutorTest, Runs_no_step_whose_arguments_the_table_would_refuse) {
    for (auto const& step : std::vector<domain::Step>{
             {"journal.vacuum", {{"keep", "1h"}}, 2s},
             {"tmp.clean", {{"older", "1h"}}, 2s},
             {"engine.prune", {{"keep", "1m"}}, 2s},
             {"service.restart", {{"unit", "--version"}}, 2s},
             {"shell.run", {{"line", "id"}}, 2s},
         }) {
        auto remedy = restart_service();
        remedy.steps = {step};
        remedy.check.reset();
        EXPECT_NE(run(remedy).state, CommandState::succeeded) << step.verb;
    }
    EXPECT_TRUE(programs.runs().empty());
}

}  // namespace
}  // namespace hand::bench
