// The disk fails at every single write and sync, one after the other, once or from then on: a
// commit is there as a whole or not at all, and the store goes on when the disk does.
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>

#include "coordinator/adapters/sqlite_history.hpp"
#include "coordinator/adapters/sqlite_journal.hpp"
#include "tests/fakes/sample_rows.hpp"

namespace coordinator {
namespace {

// How many more operations succeed; negative: all. `lasting`: all after the failing one fail too.
std::atomic<int> operations_left{-1};
std::atomic<bool> lasting{false};

bool fails_now() {
    if (operations_left < 0) return false;
    if (operations_left == 0) {
        if (!lasting) operations_left = -1;
        return true;
    }
    --operations_left;
    return false;
}

// SQLite's own file methods with writing and syncing in our hands. Made once per table of methods.
struct Methods {
    sqlite3_io_methods ours;
    sqlite3_io_methods const* real;
};
std::mutex methods_mutex;
std::map<sqlite3_io_methods const*, std::unique_ptr<Methods>> methods_of;  // by real table
sqlite3_vfs* real_vfs = nullptr;

Methods const& behind(sqlite3_file* file) {
    return *reinterpret_cast<Methods const*>(file->pMethods);  // `ours` is its first member
}
int write_or_fail(sqlite3_file* file, void const* data, int size, sqlite3_int64 at) {
    return fails_now() ? SQLITE_IOERR_WRITE : behind(file).real->xWrite(file, data, size, at);
}
// Not synced for real: the machine does not lose its power here, and the test would take a minute.
int sync_or_fail(sqlite3_file*, int) { return fails_now() ? SQLITE_IOERR_FSYNC : SQLITE_OK; }
int truncate_or_fail(sqlite3_file* file, sqlite3_int64 size) {
    return fails_now() ? SQLITE_IOERR_TRUNCATE : behind(file).real->xTruncate(file, size);
}

int open_file(sqlite3_vfs*, char const* name, sqlite3_file* file, int flags, int* out) {
    int const result = real_vfs->xOpen(real_vfs, name, file, flags, out);
    if (result != SQLITE_OK || file->pMethods == nullptr) return result;
    std::lock_guard const guard{methods_mutex};
    auto& entry = methods_of[file->pMethods];
    if (!entry) {
        entry = std::make_unique<Methods>(Methods{*file->pMethods, file->pMethods});
        entry->ours.xWrite = write_or_fail;
        entry->ours.xSync = sync_or_fail;
        entry->ours.xTruncate = truncate_or_fail;
    }
    file->pMethods = &entry->ours;
    return result;
}

class StoreFaults : public testing::TestWithParam<bool> {
  protected:
    void SetUp() override {
        auto pattern = (std::filesystem::temp_directory_path() / "tomte-faults-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
        real_vfs = sqlite3_vfs_find(nullptr);
        vfs_ = *real_vfs;
        vfs_.zName = "faulty";
        vfs_.xOpen = open_file;
        vfs_.pNext = nullptr;
        ASSERT_EQ(sqlite3_vfs_register(&vfs_, 1), SQLITE_OK);
        lasting = GetParam();
    }
    void TearDown() override {
        operations_left = -1;
        sqlite3_vfs_unregister(&vfs_);
        sqlite3_vfs_register(real_vfs, 1);
        std::filesystem::remove_all(folder_);
    }
    SqliteJournalSettings settings(int number) const {
        SqliteJournalSettings settings;
        settings.path = (folder_ / ("s" + std::to_string(number) + ".db")).string();
        settings.now = fakes::at(0);
        settings.log_bytes = 1 << 30;  // nobody else writes
        return settings;
    }
    // Eight steps in one commit; the last leaves `number` in the incident.
    static base::Status commit(SqliteJournal& journal, int number) {
        auto incident = fakes::sample_incident();
        incident.attempts = number;
        Effects const effects{{SaveIncident{incident}, SaveSignal{fakes::sample_signal_row()},
                               Record{"plan", incident.id, "nexus", std::string(500, 'x'), {}}},
                              true};
        std::vector<Entry> const entries(8, Entry{{}, TimerFired{}, &effects});
        return journal.commit(entries);
    }
    static int attempts_in(std::string const& path) {
        SqliteHistory history{path};
        auto const all = history.incidents("", 10);
        return all && all->size() == 1 ? all->front().attempts : -1;
    }

    std::filesystem::path folder_;
    sqlite3_vfs vfs_{};
};

TEST_P(StoreFaults, A_commit_is_whole_or_absent_wherever_the_disk_fails) {
    bool survived = false;
    int failures = 0;
    for (int n = 0; n < 400 && !survived; ++n) {
        auto const with = settings(n);
        bool committed = false;
        {
            auto journal = SqliteJournal::open(with);
            ASSERT_TRUE(journal) << journal.error().message;
            ASSERT_TRUE((*journal)->load());
            ASSERT_TRUE(commit(**journal, 1));
            operations_left = n;
            auto const tried = commit(**journal, 2);
            survived = operations_left > 0;  // it needed fewer operations than were allowed
            operations_left = -1;
            committed = tried.has_value();
            if (!tried) {
                ++failures;
                EXPECT_EQ(tried.error().code, base::Code::unavailable) << tried.error().message;
                EXPECT_EQ((*journal)->last_seq(), 8);
            }
        }
        auto const kept = attempts_in(with.path);
        EXPECT_TRUE(committed ? kept == 2 : kept == 1 || kept == 2) << "operation " << n;
        auto journal = SqliteJournal::open(with);
        ASSERT_TRUE(journal) << "operation " << n << ": " << journal.error().message;
        ASSERT_TRUE((*journal)->load()) << "operation " << n;
        EXPECT_EQ((*journal)->last_seq(), kept * 8);
        EXPECT_TRUE((*journal)->verify_chain());
    }
    EXPECT_TRUE(survived) << "the test never came to the end of a commit";
    EXPECT_GT(failures, 3);
}

TEST_P(StoreFaults, A_refused_commit_can_be_tried_again_when_the_disk_is_back) {
    bool survived = false;
    for (int n = 0; n < 400 && !survived; ++n) {
        auto journal = SqliteJournal::open(settings(n));
        ASSERT_TRUE(journal);
        ASSERT_TRUE((*journal)->load());
        ASSERT_TRUE(commit(**journal, 1));
        operations_left = n;
        auto const tried = commit(**journal, 2);
        survived = operations_left > 0;
        operations_left = -1;
        if (!tried) {
            auto const again = commit(**journal, 2);
            EXPECT_TRUE(again) << "operation " << n << ": " << again.error().message;
        }
        EXPECT_EQ((*journal)->last_seq(), 16);
        EXPECT_TRUE((*journal)->verify_chain());
        EXPECT_EQ(attempts_in(settings(n).path), 2);
    }
    EXPECT_TRUE(survived);
}

TEST_P(StoreFaults, A_start_that_fails_anywhere_spoils_nothing_for_the_next) {
    bool survived = false;
    for (int n = 0; n < 400 && !survived; ++n) {
        auto const with = settings(n);
        operations_left = n;
        {
            auto journal = SqliteJournal::open(with);
            if (journal)
                static_cast<void>((*journal)->load());
            else
                EXPECT_NE(journal.error().code, base::Code::corrupt) << journal.error().message;
        }
        survived = operations_left > 0;
        operations_left = -1;
        auto journal = SqliteJournal::open(with);
        ASSERT_TRUE(journal) << "operation " << n << ": " << journal.error().message;
        auto const tables = (*journal)->load();
        ASSERT_TRUE(tables) << "operation " << n << ": " << tables.error().message;
        EXPECT_GT(tables->epoch, 300'000) << "the first epoch was not begun";
        EXPECT_TRUE(commit(**journal, 1));
    }
    EXPECT_TRUE(survived);
}

INSTANTIATE_TEST_SUITE_P(Disk, StoreFaults, testing::Values(false, true),
                         [](auto const& tested) { return tested.param ? "away" : "stumbles"; });

TEST(FullDisk, Refuses_the_commit_keeps_what_was_and_goes_on_when_there_is_room) {
    auto pattern = (std::filesystem::temp_directory_path() / "tomte-full-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    SqliteJournalSettings settings;
    settings.path = pattern + "/store.db";
    settings.now = fakes::at(0);
    auto journal = SqliteJournal::open(settings);
    ASSERT_TRUE(journal);
    ASSERT_TRUE((*journal)->load());
    Effects const effects{{Record{"plan", "i", "", std::string(200'000, 'x'), {}}}, true};
    ASSERT_TRUE((*journal)->commit({{{}, TimerFired{}, &effects}}));

    // The kernel refuses to grow a file beyond the limit, as a full disk would.
    auto const before = ::signal(SIGXFSZ, SIG_IGN);
    rlimit old{};
    ::getrlimit(RLIMIT_FSIZE, &old);
    rlimit const tight{std::filesystem::file_size(settings.path + "-wal") + 50'000, old.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
    auto const refused = (*journal)->commit({{{}, TimerFired{}, &effects}});
    ::setrlimit(RLIMIT_FSIZE, &old);
    ::signal(SIGXFSZ, before);

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::Code::unavailable) << refused.error().message;
    EXPECT_EQ((*journal)->last_seq(), 1);
    EXPECT_TRUE((*journal)->commit({{{}, TimerFired{}, &effects}}));
    EXPECT_TRUE((*journal)->verify_chain());
    journal->reset();
    std::filesystem::remove_all(pattern);
}

}  // namespace
}  // namespace coordinator
