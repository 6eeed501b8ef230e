// What only the real store can show: damage, locks, rights, the chain, history and old versions.
#include "coordinator/adapters/sqlite_journal.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "coordinator/adapters/event_codec.hpp"
#include "coordinator/adapters/journal_schema.hpp"
#include "coordinator/adapters/sqlite_history.hpp"
#include "tests/fakes/sample_rows.hpp"

namespace coordinator {
namespace {

class SqliteStore : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (std::filesystem::temp_directory_path() / "tomte-store-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
        settings_.path = (folder_ / "store.db").string();
        settings_.now = fakes::at(1'000);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    // Opens, loads, commits `count` steps about one incident, and closes.
    void fill(int count = 5) {
        auto journal = SqliteJournal::open(settings_);
        ASSERT_TRUE(journal) << journal.error().message;
        ASSERT_TRUE((*journal)->load());
        for (int i = 0; i < count; ++i) ASSERT_TRUE(commit(**journal, i));
    }
    static base::Status commit(SqliteJournal& journal, int number) {
        auto incident = fakes::sample_incident();
        incident.attempts = number;
        Effects const effects{
            {SaveIncident{incident}, SaveSignal{fakes::sample_signal_row()},
             SaveCommand{fakes::sample_command()}, SaveAttempt{fakes::sample_attempt()},
             SaveHost{fakes::sample_host()},
             Record{"plan", incident.id, "nexus", "step " + std::to_string(number), {{"n", "1"}}},
             Record{"host", "", "nexus", "about no incident", {}}},
            true};
        base::Time const time{base::BootTime{base::Duration{number}}, fakes::at(number), true};
        return journal.commit({{time, Started{number}, &effects}});
    }
    void sql(char const* statement) {
        sqlite3* database = nullptr;
        ASSERT_EQ(sqlite3_open(settings_.path.c_str(), &database), SQLITE_OK);
        char* message = nullptr;
        EXPECT_EQ(sqlite3_exec(database, statement, nullptr, nullptr, &message), SQLITE_OK)
            << message;
        sqlite3_free(message);
        sqlite3_close(database);
    }
    std::vector<std::string> set_aside() const {
        std::vector<std::string> names;
        for (auto const& entry : std::filesystem::directory_iterator(folder_))
            if (entry.path().filename().string().find(".damaged-") != std::string::npos)
                names.push_back(entry.path().filename().string());
        return names;
    }

    std::filesystem::path folder_;
    SqliteJournalSettings settings_;
};

// Damage of any kind: refused, put aside, and never silently replaced by an empty store.
#define EXPECT_REFUSED_AS_DAMAGED()                                                       \
    do {                                                                                  \
        base::Error error;                                                                \
        if (auto journal = SqliteJournal::open(settings_); !journal)                      \
            error = journal.error();                                                      \
        else if (auto tables = (*journal)->load(); !tables)                               \
            error = tables.error();                                                       \
        EXPECT_EQ(error.code, base::Code::corrupt) << error.message;                      \
        EXPECT_NE(error.message.find("--fresh-store"), std::string::npos)                 \
            << error.message;                                                             \
        EXPECT_FALSE(set_aside().empty());                                                \
        auto again = SqliteJournal::open(settings_);                                      \
        ASSERT_FALSE(again) << "a second start began with an empty store";                \
        EXPECT_EQ(again.error().code, base::Code::corrupt);                               \
    } while (false)

TEST_F(SqliteStore, A_file_that_is_no_database_is_set_aside_and_never_taken_for_fresh) {
    fill();
    std::filesystem::remove(settings_.path + "-wal");
    std::ofstream(settings_.path, std::ios::trunc) << std::string(20'000, 'x');
    EXPECT_REFUSED_AS_DAMAGED();
}

TEST_F(SqliteStore, A_truncated_file_is_refused) {
    fill(200);
    auto const size = std::filesystem::file_size(settings_.path);
    std::filesystem::resize_file(settings_.path, size / 2 / 4096 * 4096);
    EXPECT_REFUSED_AS_DAMAGED();
}

TEST_F(SqliteStore, A_file_cut_to_nothing_is_refused_though_sqlite_takes_it_for_new) {
    fill();
    std::filesystem::resize_file(settings_.path, 0);
    auto const journal = SqliteJournal::open(settings_);
    ASSERT_FALSE(journal);
    EXPECT_EQ(journal.error().code, base::Code::corrupt);
}

TEST_F(SqliteStore, A_vanished_file_is_refused_until_the_operator_allows_a_fresh_one) {
    fill();
    std::filesystem::remove(settings_.path);
    auto const refused = SqliteJournal::open(settings_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::Code::corrupt);
    settings_.fresh_allowed = true;
    EXPECT_TRUE(SqliteJournal::open(settings_));
}

TEST_F(SqliteStore, A_flipped_bit_in_a_table_row_is_found_at_load) {
    fill();
    sql("UPDATE incidents SET row = replace(row, 'because', 'becausf')");
    EXPECT_REFUSED_AS_DAMAGED();
}

TEST_F(SqliteStore, A_changed_journal_row_breaks_the_chain) {
    fill();
    sql("UPDATE journal SET records = replace(records, 'step 2', 'step 9') WHERE seq = 3");
    EXPECT_REFUSED_AS_DAMAGED();
}

TEST_F(SqliteStore, A_removed_journal_row_breaks_the_chain) {
    fill();
    sql("DELETE FROM journal WHERE seq = 2");
    EXPECT_REFUSED_AS_DAMAGED();
}

TEST_F(SqliteStore, Every_column_of_a_journal_row_is_bound_by_the_chain) {
    for (auto const* change :
         {"wall = wall + 1", "boot = boot + 1", "synced = 1 - synced", "kind = 'timer_fired'",
          "event = event || ' '", "records = '[]'", "seq = 99"}) {
        TearDown();
        SetUp();
        fill();
        sql(("UPDATE journal SET " + std::string{change} + " WHERE seq = 3").c_str());
        auto journal = SqliteJournal::open(settings_);
        ASSERT_TRUE(journal);
        EXPECT_FALSE((*journal)->verify_chain()) << change;
    }
}

TEST_F(SqliteStore, Goes_on_with_the_chain_after_a_restart_and_checks_only_its_end_at_load) {
    fill(30);
    fill(30);
    settings_.chain_rows_checked = 5;
    auto journal = SqliteJournal::open(settings_);
    ASSERT_TRUE(journal);
    ASSERT_TRUE((*journal)->load());
    EXPECT_EQ((*journal)->last_seq(), 60);
    EXPECT_TRUE(commit(**journal, 1));
    EXPECT_EQ((*journal)->last_seq(), 61);
    EXPECT_TRUE((*journal)->verify_chain());
}

TEST_F(SqliteStore, With_the_operators_word_a_fresh_store_begins_above_the_old_epoch) {
    std::int64_t old_epoch = 0;
    {
        auto journal = SqliteJournal::open(settings_);
        ASSERT_TRUE(journal);
        old_epoch = (*journal)->load().value().epoch;
    }
    std::ofstream(settings_.path, std::ios::trunc) << "garbage garbage garbage";
    settings_.fresh_allowed = true;
    settings_.now = fakes::at(2'000);
    auto journal = SqliteJournal::open(settings_);
    ASSERT_TRUE(journal) << journal.error().message;
    EXPECT_GT((*journal)->load().value().epoch, old_epoch);
    EXPECT_FALSE(set_aside().empty());
}

TEST_F(SqliteStore, A_second_coordinator_on_the_same_store_is_told_who_has_it) {
    auto const first = SqliteJournal::open(settings_);
    ASSERT_TRUE(first);
    auto const second = SqliteJournal::open(settings_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, base::Code::busy);
    EXPECT_NE(second.error().message.find("pid " + std::to_string(::getpid())), std::string::npos)
        << second.error().message;
}

TEST_F(SqliteStore, A_database_locked_by_another_program_is_busy_and_nothing_is_written) {
    auto journal = SqliteJournal::open(settings_);
    ASSERT_TRUE(journal);
    ASSERT_TRUE((*journal)->load());
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(settings_.path.c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    auto const refused = commit(**journal, 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::Code::busy);
    EXPECT_EQ((*journal)->last_seq(), 0);
    sqlite3_close(other);
    EXPECT_TRUE(commit(**journal, 1));
    EXPECT_TRUE((*journal)->verify_chain());
}

TEST_F(SqliteStore, A_missing_folder_is_named) {
    settings_.path = (folder_ / "nowhere" / "store.db").string();
    auto const journal = SqliteJournal::open(settings_);
    ASSERT_FALSE(journal);
    EXPECT_EQ(journal.error().code, base::Code::unavailable);
    EXPECT_NE(journal.error().message.find("nowhere"), std::string::npos);
}

TEST_F(SqliteStore, A_place_that_cannot_be_written_is_a_clear_error) {
    // Also true for root, who may write into any folder: /proc takes no files.
    settings_.path = "/proc/tomte-store.db";
    auto const journal = SqliteJournal::open(settings_);
    ASSERT_FALSE(journal);
    EXPECT_EQ(journal.error().code, base::Code::unavailable);
    EXPECT_NE(journal.error().message.find("cannot write /proc/"), std::string::npos)
        << journal.error().message;
}

TEST_F(SqliteStore, A_foreign_database_and_a_newer_store_are_refused_and_left_alone) {
    sql("CREATE TABLE other (a)");
    auto foreign = SqliteJournal::open(settings_);
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().code, base::Code::invalid);
    std::filesystem::remove(settings_.path);
    fill();
    sql("PRAGMA user_version = 99");
    auto newer = SqliteJournal::open(settings_);
    ASSERT_FALSE(newer);
    EXPECT_EQ(newer.error().code, base::Code::invalid);
    EXPECT_NE(newer.error().message.find("version 99"), std::string::npos);
    EXPECT_TRUE(set_aside().empty());
}

TEST_F(SqliteStore, A_beat_without_facts_writes_no_journal_row) {
    auto journal = SqliteJournal::open(settings_);
    ASSERT_TRUE(journal);
    ASSERT_TRUE((*journal)->load());
    Effects const effects{{SaveHost{fakes::sample_host()}}, false};
    ASSERT_TRUE((*journal)->commit({{{}, HostBeat{fakes::host_id()}, &effects}}));
    EXPECT_EQ((*journal)->last_seq(), 0);
    SqliteHistory history{settings_.path};
    EXPECT_EQ(history.hosts().value().size(), 1U);
}

TEST_F(SqliteStore, Old_rows_leave_the_journal_and_the_chain_goes_on_from_them) {
    fill(30);  // the steps are one second apart
    {
        auto journal = SqliteJournal::open(settings_);
        ASSERT_TRUE(journal);
        ASSERT_TRUE((*journal)->load());
        EXPECT_EQ((*journal)->prune({fakes::at(10), 0, 4}).value(), 4);
        EXPECT_EQ((*journal)->prune({fakes::at(10), 0, 500}).value(), 6);
        EXPECT_EQ((*journal)->prune({fakes::at(10), 0, 500}).value(), 0);
        EXPECT_TRUE((*journal)->verify_chain());
        EXPECT_TRUE(commit(**journal, 31));
        EXPECT_EQ((*journal)->last_seq(), 31);
    }
    SqliteHistory history{settings_.path};
    auto const detail = history.incident(fakes::sample_incident().id).value().value();
    EXPECT_EQ(detail.timeline.size(), 21U);
    EXPECT_EQ(detail.timeline.front().seq, 11);
    EXPECT_EQ(detail.attempts.size(), 1U) << "tables are kept";
    fill(1);
    sql("DELETE FROM journal WHERE seq = 11");
    auto journal = SqliteJournal::open(settings_);
    ASSERT_TRUE(journal);
    EXPECT_FALSE((*journal)->verify_chain()) << "a row went that nobody pruned";
}

TEST_F(SqliteStore, A_journal_that_is_too_large_loses_its_oldest_rows_but_never_its_last) {
    fill(30);
    auto journal = SqliteJournal::open(settings_);
    ASSERT_TRUE(journal);
    ASSERT_TRUE((*journal)->load());
    EXPECT_EQ((*journal)->prune({{}, 1LL << 40, 500}).value(), 0);
    EXPECT_EQ((*journal)->prune({{}, 1, 500}).value(), 29);
    EXPECT_EQ((*journal)->prune({{}, 1, 500}).value(), 0);
    EXPECT_TRUE((*journal)->verify_chain());
    EXPECT_TRUE((*journal)->load());
    EXPECT_EQ((*journal)->last_seq(), 30);
    EXPECT_TRUE(commit(**journal, 31));
}

TEST_F(SqliteStore, The_log_is_moved_into_the_file_beside_the_commits) {
    settings_.log_bytes = 64 * 1024;
    settings_.checkpoint_every = base::Duration{5};
    auto journal = SqliteJournal::open(settings_);
    ASSERT_TRUE(journal);
    ASSERT_TRUE((*journal)->load());
    auto const grown = [&] { return std::filesystem::file_size(settings_.path) > 128 * 1024; };
    for (int i = 0; i < 20'000 && !grown(); ++i) ASSERT_TRUE(commit(**journal, i));
    EXPECT_TRUE(grown()) << "all lies in the log still";
    EXPECT_LT(std::filesystem::file_size(settings_.path + "-wal"), 32U * 1024 * 1024);
    EXPECT_TRUE((*journal)->verify_chain());
}

TEST_F(SqliteStore, Loads_incidents_closed_recently_and_leaves_old_ones_to_history) {
    auto recent = fakes::sample_incident("01J0000000000000000000000B");
    recent.state = domain::IncidentState::resolved;
    recent.closed_at = settings_.now - base::Duration{3'600'000};
    auto old = recent;
    old.id = "01J0000000000000000000000A";
    old.closed_at = settings_.now - base::Duration{48 * 3'600'000};
    auto journal = SqliteJournal::open(settings_);
    ASSERT_TRUE(journal);
    ASSERT_TRUE((*journal)->load());
    Effects const effects{{SaveIncident{recent}, SaveIncident{old}}, true};
    ASSERT_TRUE((*journal)->commit({{{}, TimerFired{}, &effects}}));
    EXPECT_EQ((*journal)->load().value().incidents, std::vector{recent});
    SqliteHistory history{settings_.path};
    EXPECT_EQ(history.incidents("", 10).value(), (std::vector{recent, old}));
}

TEST_F(SqliteStore, History_tells_an_incident_with_all_that_belongs_to_it) {
    auto journal = SqliteJournal::open(settings_);
    ASSERT_TRUE(journal);
    ASSERT_TRUE((*journal)->load());
    ASSERT_TRUE(commit(**journal, 1));
    ASSERT_TRUE(commit(**journal, 2));
    SqliteHistory history{settings_.path};
    auto const id = fakes::sample_incident().id;
    auto const detail = history.incident(id);
    ASSERT_TRUE(detail) << detail.error().message;
    ASSERT_TRUE(*detail);
    EXPECT_EQ((*detail)->incident.attempts, 2);
    EXPECT_EQ((*detail)->attempts, std::vector{fakes::sample_attempt()});
    EXPECT_EQ((*detail)->commands, std::vector{fakes::sample_command()});
    EXPECT_EQ((*detail)->signals, std::vector{fakes::sample_signal_row()});
    ASSERT_EQ((*detail)->timeline.size(), 2U);
    EXPECT_EQ((*detail)->timeline[1].text, "step 2");
    EXPECT_EQ((*detail)->timeline[1].time, fakes::at(2));
    EXPECT_EQ(history.command(fakes::sample_command().command.id).value(),
              fakes::sample_command());
    EXPECT_FALSE(history.incident("nobody").value());
    EXPECT_FALSE(history.command("").value());
    EXPECT_EQ(history.incidents("acting", 10).value().size(), 1U);
    EXPECT_TRUE(history.incidents("resolved", 10).value().empty());
    EXPECT_TRUE(history.incidents("", 0).value().empty());
}

TEST_F(SqliteStore, History_of_a_store_that_is_not_there_says_so_and_recovers) {
    SqliteHistory history{settings_.path};
    ASSERT_FALSE(history.hosts());
    EXPECT_EQ(history.hosts().error().code, base::Code::unavailable);
    fill();
    EXPECT_TRUE(history.hosts());
}

std::string schema_of(std::string const& path) {
    auto database = adapters::Database::open({.path = path});
    EXPECT_TRUE(database);
    auto rows = database->prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name");
    std::string schema;
    while (*rows->step())
        schema += std::string{rows->text(0)} + " " + std::string{rows->text(1)} + " " +
                  std::string{rows->text(2)} + "\n";
    return schema + std::to_string(*database->integer("PRAGMA user_version"));
}

TEST_F(SqliteStore, A_store_of_every_published_version_becomes_exactly_a_fresh_one) {
    fill();
    auto const fresh = schema_of(settings_.path);
    for (std::size_t version = 1; version <= store_migrations().size(); ++version) {
        // As published: a frozen copy, so that nobody edits a migration that is out there.
        auto const file = std::string{TOMTE_SOURCE_DIR} + "/tests/golden/store/schema-" +
                          std::to_string(version) + ".sql";
        std::ifstream frozen{file};
        ASSERT_TRUE(frozen) << file << " is missing: freeze each published version there";
        std::string const text{std::istreambuf_iterator<char>(frozen), {}};
        settings_.path = (folder_ / ("v" + std::to_string(version) + ".db")).string();
        sql(text.c_str());
        auto journal = SqliteJournal::open(settings_);
        ASSERT_TRUE(journal) << journal.error().message;
        EXPECT_TRUE((*journal)->load());
        EXPECT_EQ(schema_of(settings_.path), fresh) << "from version " << version;
    }
}

}  // namespace
}  // namespace coordinator
