#include "agent/hand/id_log.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "tests/unit/agent/hand/bench.hpp"

namespace hand::bench {
namespace {

using domain::CommandState;

base::Time at(base::Duration boot) { return {base::BootTime{boot}, Lane::kNow + boot, true}; }

Known change(std::string const& subject = "service/patient.service") {
    Known known;
    known.hash = trust::sha256_hex("body");
    known.expires = Lane::kNow + 60s;
    known.subjects = {subject};
    known.started = Lane::kNow;
    return known;
}

domain::CommandResult ended(std::string const& id, CommandState state) {
    domain::CommandResult result;
    result.id = id;
    result.state = state;
    result.finished_at = Lane::kNow;
    return result;
}

std::unique_ptr<IdLog> open(Folder const& folder, base::Duration boot = 1h,
                            std::string boot_id = "boot-1") {
    auto log = IdLog::open(folder / "state", std::move(boot_id), at(boot));
    EXPECT_TRUE(log) << log.error().message;
    return log ? std::move(*log) : nullptr;
}

TEST(IdLog, Calls_what_was_started_and_not_finished_interrupted_and_says_so_ever_after) {
    Folder const folder;
    auto const id = ulid();
    ASSERT_TRUE(open(folder)->started(id, change(), at(1h).boot));
    for (int restart = 0; restart < 3; ++restart) {
        auto const log = open(folder);
        auto const known = log->find(id);
        ASSERT_TRUE(known && known->result);
        EXPECT_EQ(known->result->state, CommandState::interrupted);
        EXPECT_EQ(known->result->code, domain::ResultCode::interrupted);
        EXPECT_EQ(log->report().interrupted.size(), restart == 0 ? 1u : 0u);
    }
}

TEST(IdLog, Knows_everything_again_after_a_restart) {
    Folder const folder;
    auto const id = ulid();
    auto const result = ended(id, CommandState::succeeded);
    {
        auto const log = open(folder);
        ASSERT_TRUE(log->started(id, change(), at(1h).boot));
        ASSERT_TRUE(log->finished(id, result, change(), at(1h).boot));
        ASSERT_TRUE(log->set_freeze({true, std::int64_t{1} << 60, "hands off"}));
        ASSERT_TRUE(log->raise_epoch(7));
        ASSERT_TRUE(log->raise_epoch(3));
        ASSERT_TRUE(log->raise_floor(Lane::kNow + 5s));
        ASSERT_TRUE(log->job_ran("backup", {Lane::kNow, true}));
        ASSERT_TRUE(log->job_ran("backup", {Lane::kNow + 1h, false}));
    }
    auto const log = open(folder);
    EXPECT_EQ(log->find(id)->result, result);
    EXPECT_EQ(log->find(id)->hash, change().hash);
    EXPECT_EQ(log->freeze(), (FreezeState{true, std::int64_t{1} << 60, "hands off"}));
    EXPECT_EQ(log->epoch(), 7);
    EXPECT_EQ(log->floor(), Lane::kNow + 5s);
    EXPECT_EQ(log->last_good_run("backup")->at, Lane::kNow) << "a failed run is no good run";
    EXPECT_FALSE(log->find(ulid()));
}

TEST(IdLog, Measures_ages_on_powered_on_time_and_across_boots_on_signed_time) {
    Folder const folder;
    {
        auto const log = open(folder);
        ASSERT_TRUE(log->raise_floor(Lane::kNow));
        ASSERT_TRUE(log->started(ulid(), change(), at(1h).boot));
        EXPECT_EQ(log->fixes(at(90min).boot).at(0).started_ago, 30min);
    }
    auto const rebooted = open(folder, 2min, "boot-2");
    EXPECT_EQ(rebooted->fixes(at(2min).boot).at(0).started_ago, 2min) << "at least this boot's age";
    ASSERT_TRUE(rebooted->raise_floor(Lane::kNow + 5h));
    EXPECT_EQ(rebooted->fixes(at(2min).boot).at(0).started_ago, 5h);
}

TEST(IdLog, Treats_a_folder_that_lost_its_log_as_damaged_not_as_new) {
    Folder const folder;
    open(folder).reset();
    std::filesystem::remove(folder / "state/log");
    auto const log = IdLog::open(folder / "state", "boot-1", at(1h));
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().code, base::Code::corrupt);
}

TEST(IdLog, Never_forgets_an_id_for_a_flipped_bit) {
    Folder const folder;
    auto const id = ulid();
    ASSERT_TRUE(open(folder)->started(id, change(), at(1h).boot));
    auto const whole = slurp(folder / "state/log");
    for (std::size_t at_byte = 0; at_byte < whole.size(); ++at_byte) {
        auto bytes = whole;
        bytes[at_byte] = static_cast<char>(bytes[at_byte] ^ 0x10);
        write(folder / "state/log", bytes);
        EXPECT_FALSE(IdLog::open(folder / "state", "boot-1", at(1h))) << at_byte;
    }
}

TEST(IdLog, Starts_nothing_when_the_row_cannot_be_written) {
    Folder const folder;
    auto const log = open(folder);
    // A file size limit is a full disk at the system call.
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    auto const handler = ::signal(SIGXFSZ, SIG_IGN);
    rlimit const full{16, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &full);
    auto const id = ulid();
    auto const status = log->started(id, change(), at(1h).boot);
    ::setrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, handler);
    EXPECT_FALSE(status);
    EXPECT_FALSE(log->find(id));
    EXPECT_TRUE(log->started(id, change(), at(1h).boot)) << "room again";
}

TEST(IdLog, In_memory_forgets_all_but_the_newest) {
    auto const log = IdLog::in_memory();
    auto const first = ulid();
    ASSERT_TRUE(log->finished(first, ended(first, CommandState::succeeded), {}, {}));
    for (int i = 0; i < 1024; ++i) {
        auto const id = ulid();
        ASSERT_TRUE(log->finished(id, ended(id, CommandState::succeeded), {}, {}));
    }
    EXPECT_FALSE(log->find(first));
}

}  // namespace
}  // namespace hand::bench
