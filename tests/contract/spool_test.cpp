// What the agent promised must still be there after a crash, and nothing else may fill the disk.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "agent/adapters/sqlite_spool.hpp"

namespace {

namespace fs = std::filesystem;

wire::JournalRecord record(std::int64_t seq, decltype(wire::JournalRecord::body) body) {
    wire::JournalRecord made;
    made.seq = seq;
    made.time = base::wall_from_unix_ms(1'790'000'000'000 + seq);
    made.body = std::move(body);
    return made;
}

wire::JournalRecord note(std::int64_t seq, std::size_t bytes = 10) {
    return record(seq, wire::NoteRecord{"test", std::string(bytes, 'n')});
}

wire::JournalRecord signal(std::int64_t seq, std::size_t bytes) {
    domain::Signal signal;
    signal.fingerprint = "00112233aabbccdd";
    signal.name = "ServiceDown";
    signal.severity = "warning";
    signal.annotations = {{"text", std::string(bytes, 's')}};
    return record(seq, signal);
}

wire::JournalRecord result(std::int64_t seq, std::size_t bytes = 10) {
    domain::CommandResult result;
    result.id = "01J9ZQ5Y3V8WXKJ4M6T7R8P9QA";
    result.detail = std::string(bytes, 'r');
    return record(seq, result);
}

agent::KnownCommand command(std::string id = "01J9ZQ5Y3V8WXKJ4M6T7R8P9QA") {
    agent::KnownCommand command;
    command.id = std::move(id);
    command.body_hash = std::string(64, 'a');
    command.jws = "a.b.c";
    command.expires_at = base::wall_from_unix_ms(1'790'000'000'000);
    return command;
}

class Spool : public testing::Test {
  protected:
    Spool() {
        auto pattern = (fs::temp_directory_path() / "tomte-spool-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
        settings.path = folder + "/spool.db";
    }
    ~Spool() override { fs::remove_all(folder); }

    void open() {
        spool.reset();
        auto opened = agent::SqliteSpool::open(settings);
        ASSERT_TRUE(opened) << opened.error().message;
        spool = *std::move(opened);
    }
    void commit(std::vector<agent::Effect> list, bool durable = true) {
        auto done = spool->commit({std::move(list), durable});
        ASSERT_TRUE(done) << done.error().message;
    }
    agent::Started load() {
        auto loaded = spool->load();
        EXPECT_TRUE(loaded) << loaded.error().message;
        return loaded.value_or(agent::Started{});
    }
    std::vector<wire::JournalRecord> read(std::int64_t first, std::int64_t last) {
        return spool->read(first, last).value_or(std::vector<wire::JournalRecord>{});
    }

    std::string folder;
    agent::SqliteSpoolSettings settings;
    std::unique_ptr<agent::SqliteSpool> spool;
};

TEST_F(Spool, Is_empty_at_first) {
    open();
    EXPECT_EQ(load(), agent::Started{});
    EXPECT_TRUE(read(1, 100).empty());
}

TEST_F(Spool, Keeps_records_and_commands_over_a_restart) {
    open();
    auto running = command();
    running.state = domain::CommandState::running;
    running.lane = agent::Lane::read;
    commit({agent::Append{note(1)}, agent::Append{signal(2, 5)}, agent::Append{result(3)},
            agent::SaveCommand{command()}, agent::SaveCommand{running}});
    open();
    auto started = load();
    EXPECT_EQ(started.journal_first, 1);
    EXPECT_EQ(started.journal_last, 3);
    EXPECT_EQ(started.commands, std::vector{running});
    EXPECT_EQ(read(1, 3), (std::vector{note(1), signal(2, 5), result(3)}));
    EXPECT_EQ(read(2, 2), std::vector{signal(2, 5)});
}

TEST_F(Spool, Forgets_what_the_coordinator_has_but_never_gives_a_number_twice) {
    open();
    commit({agent::Append{note(1)}, agent::Append{note(2)}});
    commit({agent::ForgetJournal{2}}, false);
    open();
    auto started = load();
    EXPECT_EQ(started.journal_first, 0);
    EXPECT_EQ(started.journal_last, 2);
    EXPECT_TRUE(read(1, 2).empty());
}

TEST_F(Spool, Keeps_only_id_and_hash_of_a_command_whose_result_was_acknowledged) {
    open();
    auto done = command();
    done.state = domain::CommandState::succeeded;
    done.result_seq = 5;
    auto waiting = command("01J9ZQ5Y3V8WXKJ4M6T7R8P9QB");
    commit({agent::Append{result(5)}, agent::SaveCommand{done}, agent::SaveCommand{waiting}});
    commit({agent::ForgetJournal{4}});
    EXPECT_EQ(load().commands, (std::vector{done, waiting}));
    commit({agent::ForgetJournal{5}});
    done.jws.clear();
    EXPECT_EQ(load().commands, (std::vector{done, waiting}));
}

TEST_F(Spool, Forgets_old_ids_at_the_start_but_none_that_is_still_owed_something) {
    settings.commands_max = 2;
    open();
    std::vector<agent::Effect> effects;
    for (char c : std::string("ABCDE")) {
        auto one = command(std::string("01J9ZQ5Y3V8WXKJ4M6T7R8P9Q") + c);
        one.expires_at += base::Duration{c};
        if (c != 'A') one.jws.clear();
        effects.push_back(agent::SaveCommand{one});
    }
    auto ancient = command("01J9ZQ5Y3V8WXKJ4M6T7R8P9QF");
    ancient.jws.clear();
    ancient.expires_at -= base::Duration{8LL * 24 * 3600 * 1000};
    effects.push_back(agent::SaveCommand{ancient});
    commit(effects);
    std::string left;
    for (auto const& one : load().commands) left += one.id.back();
    EXPECT_EQ(left, "ADE");
}

TEST_F(Spool, Survives_a_kill_right_after_a_durable_commit) {
    auto child = ::fork();
    if (child == 0) {
        auto opened = agent::SqliteSpool::open(settings);
        if (!opened) ::_exit(1);
        if (!(*opened)->commit({{agent::Append{note(1)}}, true})) ::_exit(2);
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    open();
    EXPECT_EQ(load().journal_last, 1);
    EXPECT_EQ(read(1, 1), std::vector{note(1)});
}

TEST_F(Spool, Drops_old_notes_and_signals_when_it_is_full_but_never_a_result) {
    settings.journal_bytes_max = 20'000;
    open();
    std::int64_t seq = 0;
    for (int i = 0; i < 40; ++i) {
        commit({agent::Append{note(++seq, 1'000)}}, false);
        commit({agent::Append{signal(++seq, 1'000)}}, false);
        commit({agent::Append{result(++seq, 100)}}, false);
    }
    auto left = read(1, seq);
    int results = 0;
    int told = 0;
    std::size_t bytes = 0;
    for (auto const& one : left) {
        if (std::holds_alternative<domain::CommandResult>(one.body)) ++results;
        auto const* text = std::get_if<wire::NoteRecord>(&one.body);
        if (text != nullptr && text->kind == "journal_dropped") ++told;
        bytes += 200;
    }
    EXPECT_EQ(results, 40);
    EXPECT_GE(told, 1);
    EXPECT_LT(left.size(), 80U);
    EXPECT_LT(fs::file_size(settings.path), 200'000U);
}

TEST_F(Spool, Refuses_a_second_agent) {
    open();
    auto second = agent::SqliteSpool::open(settings);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, base::Code::busy) << second.error().message;
}

TEST_F(Spool, Refuses_a_damaged_file_and_leaves_it_as_it_is) {
    open();
    for (int i = 1; i <= 200; ++i) commit({agent::Append{note(i, 500)}}, false);
    spool.reset();
    {
        std::fstream file(settings.path, std::ios::in | std::ios::out | std::ios::binary);
        for (int page = 2; page < 12; ++page) {
            file.seekp(page * 4096 + 8);
            file << std::string(600, '\xff');
        }
    }
    auto before = fs::file_size(settings.path);
    auto damaged = agent::SqliteSpool::open(settings);
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().code, base::Code::corrupt) << damaged.error().message;
    EXPECT_EQ(fs::file_size(settings.path), before);
}

TEST_F(Spool, Says_so_when_its_folder_is_missing) {
    settings.path = folder + "/no/such/folder/spool.db";
    auto opened = agent::SqliteSpool::open(settings);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message.find(settings.path), std::string::npos);
}

TEST_F(Spool, Lets_a_record_that_it_cannot_read_not_hold_up_the_others) {
    open();
    commit({agent::Append{note(1)}, agent::Append{note(2)}, agent::Append{note(3)}});
    spool.reset();
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(settings.path.c_str(), &raw), SQLITE_OK);
    sqlite3_exec(raw, "UPDATE journal SET body = '{}' WHERE seq = 2", nullptr, nullptr, nullptr);
    sqlite3_close(raw);
    open();
    auto records = read(1, 3);
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records[0], note(1));
    EXPECT_EQ(records[1].seq, 2);
    EXPECT_EQ(std::get<wire::NoteRecord>(records[1].body).kind, "journal_unreadable");
    EXPECT_EQ(records[2], note(3));
}

}  // namespace
