// One body for every Journal: the one on SQLite and the one tests use in its place.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>

#include "coordinator/adapters/sqlite_journal.hpp"
#include "tests/fakes/memory_journal.hpp"
#include "tests/fakes/sample_rows.hpp"

namespace {

using namespace coordinator;

struct Maker {
    char const* name;
    bool real;
};

class JournalContract : public testing::TestWithParam<Maker> {
  protected:
    void SetUp() override {
        auto pattern = (std::filesystem::temp_directory_path() / "tomte-journal-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
        open();
    }
    void TearDown() override {
        journal_.reset();
        std::filesystem::remove_all(folder_);
    }
    // Also what a restart is: the process ends, another one opens what was kept.
    void open() {
        if (!GetParam().real) {
            if (!journal_) journal_ = std::make_unique<fakes::MemoryJournal>();
            return;
        }
        journal_.reset();
        SqliteJournalSettings settings;
        settings.path = (folder_ / "store.db").string();
        settings.now = fakes::at(1'000);
        auto opened = SqliteJournal::open(settings);
        ASSERT_TRUE(opened) << opened.error().message;
        journal_ = std::move(*opened);
    }
    Tables reopen_and_load() {
        open();
        auto tables = journal_->load();
        EXPECT_TRUE(tables) << tables.error().message;
        return tables.value_or(Tables{});
    }
    base::Status commit(std::vector<Effect> list, bool durable = true) {
        Effects const effects{std::move(list), durable};
        return journal_->commit({{{}, TimerFired{}, &effects}});
    }

    std::filesystem::path folder_;
    std::unique_ptr<Journal> journal_;
};

TEST_P(JournalContract, Raises_the_epoch_at_every_load) {
    auto const first = reopen_and_load();
    auto const second = reopen_and_load();
    EXPECT_GT(first.epoch, 0);
    EXPECT_EQ(second.epoch, first.epoch + 1);
    EXPECT_TRUE(first.incidents.empty() && first.hosts.empty() && first.commands.empty());
}

TEST_P(JournalContract, Gives_back_what_an_open_incident_needs_after_a_restart) {
    ASSERT_TRUE(journal_->load());
    ASSERT_TRUE(commit({SaveIncident{fakes::sample_incident()},
                        SaveAttempt{fakes::sample_attempt()},
                        SaveCommand{fakes::sample_command()},
                        SaveSignal{fakes::sample_signal_row()}, SaveHost{fakes::sample_host()}}));
    auto const tables = reopen_and_load();
    EXPECT_EQ(tables.incidents, std::vector{fakes::sample_incident()});
    EXPECT_EQ(tables.attempts, std::vector{fakes::sample_attempt()});
    EXPECT_EQ(tables.commands, std::vector{fakes::sample_command()});
    EXPECT_EQ(tables.signals, std::vector{fakes::sample_signal_row()});
    EXPECT_EQ(tables.hosts, std::vector{fakes::sample_host()});
}

TEST_P(JournalContract, Saving_a_row_again_replaces_it) {
    ASSERT_TRUE(journal_->load());
    auto incident = fakes::sample_incident();
    ASSERT_TRUE(commit({SaveIncident{incident}}));
    incident.state = domain::IncidentState::confirming;
    ASSERT_TRUE(commit({SaveIncident{incident}}));
    EXPECT_EQ(reopen_and_load().incidents, std::vector{incident});
}

TEST_P(JournalContract, Loads_an_attempt_of_an_open_incident_however_old) {
    ASSERT_TRUE(journal_->load());
    auto attempt = fakes::sample_attempt();
    attempt.started_at = fakes::at(-9'000'000);
    ASSERT_TRUE(commit({SaveIncident{fakes::sample_incident()}, SaveAttempt{attempt}}));
    EXPECT_EQ(reopen_and_load().attempts, std::vector{attempt});
}

TEST_P(JournalContract, A_command_without_incident_is_loaded_until_it_is_final) {
    ASSERT_TRUE(journal_->load());
    auto row = fakes::sample_command();
    row.command.incident.clear();
    ASSERT_TRUE(commit({SaveCommand{row}}));
    EXPECT_EQ(reopen_and_load().commands.size(), 1U);
    row.state = domain::CommandState::succeeded;
    ASSERT_TRUE(commit({SaveCommand{row}}));
    EXPECT_TRUE(reopen_and_load().commands.empty());
}

TEST_P(JournalContract, Commits_that_are_not_durable_are_seen_by_the_next_load_too) {
    ASSERT_TRUE(journal_->load());
    ASSERT_TRUE(commit({SaveHost{fakes::sample_host()}}, false));
    EXPECT_EQ(reopen_and_load().hosts.size(), 1U);
}

TEST_P(JournalContract, Takes_many_entries_in_one_commit_in_their_order) {
    ASSERT_TRUE(journal_->load());
    auto incident = fakes::sample_incident();
    std::vector<Effects> effects;
    for (int i = 0; i < 64; ++i) {
        incident.attempts = i;
        effects.push_back({{SaveIncident{incident}, Record{"plan", incident.id, "nexus", "t", {}}},
                           true});
    }
    std::vector<Entry> entries;
    for (auto const& each : effects) entries.push_back({{}, TimerFired{}, &each});
    ASSERT_TRUE(journal_->commit(entries));
    EXPECT_EQ(reopen_and_load().incidents.at(0).attempts, 63);
}

INSTANTIATE_TEST_SUITE_P(All, JournalContract,
                         testing::Values(Maker{"sqlite", true}, Maker{"memory", false}),
                         [](auto const& tested) { return std::string{tested.param.name}; });

}  // namespace
