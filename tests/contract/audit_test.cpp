// Whoever changes a journal where it lies is found out: by its chain, by the heads it signed, or by
// what the other side kept.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "agent/adapters/sqlite_spool.hpp"
#include "common/adapters/sqlite_database.hpp"
#include "common/audit/export.hpp"
#include "common/audit/spool_audit.hpp"
#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"
#include "coordinator/adapters/sqlite_journal.hpp"
#include "tests/fakes/sample_rows.hpp"
#include "tests/fakes/sampled.hpp"

namespace {

namespace fs = std::filesystem;
using adapters::Database;

constexpr int kRows = 40;

wire::JournalRecord record(std::int64_t seq) {
    wire::JournalRecord made;
    made.seq = seq;
    made.time = base::wall_from_unix_ms(1'790'000'000'000 + seq);
    made.body = wire::NoteRecord{"test", "note " + std::to_string(seq)};
    if (seq % 3 == 1) made.body = fakes::sample_result();
    if (seq % 3 == 2) {
        auto signal = fakes::sample_signal("f" + std::to_string(seq));
        signal.annotations["text"] = std::string(200, 's');
        made.body = signal;
    }
    return made;
}

class Audit : public testing::Test {
  protected:
    Audit() {
        auto pattern = (fs::temp_directory_path() / "tomte-audit-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
        journal_settings.path = (folder / "store.db").string();
        journal_settings.now = fakes::at(1'000);
        spool_settings.path = (folder / "spool.db").string();
    }
    ~Audit() override { fs::remove_all(folder); }

    static void commit(coordinator::SqliteJournal& journal, int number) {
        auto incident = fakes::sample_incident();
        coordinator::Effects const effects{
            {coordinator::SaveIncident{incident}, coordinator::SaveHost{fakes::sample_host()},
             coordinator::Record{"plan", incident.id, "nexus", "step " + std::to_string(number),
                                 {{"n", "1"}}}},
            true};
        base::Time const time{base::BootTime{base::Duration{number}}, fakes::at(number), true};
        coordinator::Event const event = coordinator::JournalArrived{
            fakes::host_id("nexus"),
            {{number, fakes::at(number), coordinator::HostNote{"k", "t"}}}};
        ASSERT_TRUE(journal.commit({{time, event, &effects}}));
    }
    wire::ChainHead sign_end(coordinator::SqliteJournal& journal, base::WallTime at) const {
        auto const& end = journal.durable_end();
        wire::ChainHead const head{"site/home", {end.seq, end.hash}, at};
        EXPECT_TRUE(journal.keep_head(head, audit::sign_head(coordinator_key, head)));
        return head;
    }
    // kRows rows, three heads signed, the last one at the end.
    void fill_store() {
        auto journal = coordinator::SqliteJournal::open(journal_settings);
        ASSERT_TRUE(journal) << journal.error().message;
        ASSERT_TRUE((*journal)->load());
        for (int i = 1; i <= kRows; ++i) {
            commit(**journal, i);
            if (i == 10 || i == 25 || i == kRows)
                store_head = sign_end(**journal, fakes::at(i));
        }
    }
    std::unique_ptr<agent::SqliteSpool> open_spool() const {
        auto spool = agent::SqliteSpool::open(spool_settings);
        EXPECT_TRUE(spool) << (spool ? "" : spool.error().message);
        return spool ? *std::move(spool) : nullptr;
    }
    wire::JournalHead announce(agent::SqliteSpool& spool) {
        EXPECT_TRUE(spool.commit({{agent::AnnounceHead{}}, true}));
        return spool.head().value();
    }
    void fill_spool() {
        auto spool = open_spool();
        for (int i = 1; i <= kRows; ++i)
            ASSERT_TRUE(spool->commit({{agent::Append{record(i)}}, true}));
        spool_head = announce(*spool);
    }
    Database open(std::string const& path) {
        auto database = Database::open({.path = path});
        EXPECT_TRUE(database);
        return *std::move(database);
    }
    base::Result<audit::Report> look_at_store(std::vector<audit::Anchor> anchors = {}) {
        auto database = open(journal_settings.path);
        return audit::audit_store(database, coordinator_key.public_key(), std::move(anchors));
    }
    audit::Anchor spool_anchor() const { return {{"host/nexus", spool_head, {}}, "the other"}; }

    fs::path folder;
    coordinator::SqliteJournalSettings journal_settings;
    agent::SqliteSpoolSettings spool_settings;
    trust::PrivateKey coordinator_key = trust::PrivateKey::generate();
    wire::ChainHead store_head;
    wire::JournalHead spool_head;
};

void run_sql(Database& database, std::string const& sql) {
    ASSERT_TRUE(database.execute(sql.c_str())) << sql;
}

// One random change of one row, as somebody with an editor for the file could make it.
struct Mutation {
    std::string sql;
    std::string told;
    std::int64_t first_bad = 0;  // the row that must be named; 0: only that it is found
};

class Mutator {
  public:
    Mutator(fakes::Sampled& sampled, std::vector<std::string> texts,
            std::vector<std::string> numbers)
        : sampled_(sampled), texts_(std::move(texts)), numbers_(std::move(numbers)) {}

    Mutation make(Database& database) {
        auto const row = static_cast<std::int64_t>(sampled_.below(kRows)) + 1;
        auto const at = std::to_string(row);
        switch (sampled_.below(5)) {
            case 0: return flip(database, row);
            case 1: return {"DELETE FROM journal WHERE seq = " + at, "delete " + at, row};
            case 2: return insert(row);
            case 3: return reorder(row);
            default: return {"DELETE FROM journal WHERE seq >= " + at, "cut at " + at, row};
        }
    }

  private:
    Mutation flip(Database& database, std::int64_t row) {
        auto const at = std::to_string(row);
        auto const which = sampled_.below(texts_.size() + numbers_.size());
        if (which >= texts_.size()) {
            auto const& column = numbers_[which - texts_.size()];
            auto const bit = column == "synced" ? 0U : sampled_.below(40);
            auto const mask = std::to_string(std::uint64_t{1} << bit);
            return {"UPDATE journal SET " + column + " = (" + column + " | " + mask + ") - (" +
                        column + " & " + mask + ") WHERE seq = " + at,
                    "flip bit " + std::to_string(bit) + " of " + column + " in " + at, row};
        }
        auto const& column = texts_[which];
        auto query = database.prepare("SELECT " + column + " FROM journal WHERE seq = " + at);
        EXPECT_TRUE(query->step().value());
        std::string text{query->text(0)};
        if (text.empty()) return {"DELETE FROM journal WHERE seq = " + at, "delete " + at, row};
        auto const place = sampled_.below(text.size());
        text[place] = static_cast<char>(text[place] ^ static_cast<char>(1U << sampled_.below(7)));
        std::string hex;
        for (char const c : text) {
            char buffer[3];
            std::snprintf(buffer, sizeof buffer, "%02x", static_cast<unsigned char>(c));
            hex += buffer;
        }
        return {"UPDATE journal SET " + column + " = CAST(x'" + hex + "' AS TEXT) WHERE seq = " +
                    at,
                "flip byte " + std::to_string(place) + " of " + column + " in " + at, row};
    }
    // A copy of a row at another place; what was there and after it moves on by one.
    Mutation insert(std::int64_t row) {
        auto const at = std::to_string(row);
        auto const from = std::to_string(sampled_.below(kRows) + 1);
        std::string columns;
        for (auto const& column : all()) columns += ", " + column;
        return {"CREATE TEMP TABLE one AS SELECT * FROM journal WHERE seq = " + from +
                    "; UPDATE journal SET seq = -seq - 1 WHERE seq >= " + at +
                    "; UPDATE journal SET seq = -seq WHERE seq < 0"
                    "; INSERT INTO journal(seq" + columns + ") SELECT " + at + columns +
                    " FROM one; DROP TABLE one",
                "insert " + from + " before " + at, 0};
    }
    Mutation reorder(std::int64_t row) {
        auto const other = row == kRows ? row - 1 : row + 1;
        auto const a = std::to_string(row);
        auto const b = std::to_string(other);
        return {"UPDATE journal SET seq = -1 WHERE seq = " + a + "; UPDATE journal SET seq = " + a +
                    " WHERE seq = " + b + "; UPDATE journal SET seq = " + b + " WHERE seq = -1",
                "swap " + a + " and " + b, std::min(row, other)};
    }
    std::vector<std::string> all() const {
        auto names = texts_;
        names.insert(names.end(), numbers_.begin(), numbers_.end());
        return names;
    }

    fakes::Sampled& sampled_;
    std::vector<std::string> texts_;
    std::vector<std::string> numbers_;
};

// Makes each mutation in a transaction, looks, and takes it back.
template <class Look>
void mutate(Database& database, fakes::Sampled& sampled, Mutator mutator, Look look) {
    for (int i = 0; i < sampled.count(); ++i) {
        run_sql(database, "BEGIN");
        auto const mutation = mutator.make(database);
        run_sql(database, mutation.sql);
        auto const report = look(database);
        run_sql(database, "ROLLBACK");
        ASSERT_FALSE(report) << "not found: " << mutation.told;
        EXPECT_EQ(report.error().code, base::Code::corrupt) << report.error().message;
        if (mutation.first_bad == 0) continue;
        auto const named = "journal row " + std::to_string(mutation.first_bad) + " ";
        EXPECT_TRUE(report.error().message.starts_with(named))
            << mutation.told << ": " << report.error().message;
    }
}

TEST_F(Audit, Finds_every_change_of_the_coordinators_journal_and_names_the_first_bad_row) {
    fill_store();
    auto const good = look_at_store();
    ASSERT_TRUE(good) << good.error().message;
    EXPECT_EQ(good->rows, kRows);
    EXPECT_EQ(good->anchors_held, 2) << "of heads less than ten minutes apart the newest stays";
    fakes::Sampled sampled{400, 10'000};
    auto database = open(journal_settings.path);
    mutate(database, sampled,
           Mutator{sampled, {"kind", "event", "records", "hash"}, {"wall", "boot", "synced"}},
           [&](Database& changed) {
               return audit::audit_store(changed, coordinator_key.public_key(), {});
           });
}

TEST_F(Audit, Finds_every_change_of_an_agents_journal_and_names_the_first_bad_row) {
    fill_spool();
    fakes::Sampled sampled{400, 10'000};
    auto database = open(spool_settings.path);
    auto const good = audit::audit_spool(database, {spool_anchor()});
    ASSERT_TRUE(good) << good.error().message;
    EXPECT_EQ(good->rows, kRows);
    EXPECT_EQ(good->anchors_held, 1);
    mutate(database, sampled, Mutator{sampled, {"body", "hash"}, {"kind"}},
           [&](Database& changed) { return audit::audit_spool(changed, {spool_anchor()}); });
}

// Somebody who can compute hashes but holds no key.
TEST_F(Audit, A_journal_rewritten_with_a_right_chain_is_contradicted_by_its_signed_heads) {
    fill_store();
    auto database = open(journal_settings.path);
    run_sql(database, "UPDATE journal SET records = '[]' WHERE seq = 20");
    auto end = audit::journal_base(database).value();
    std::vector<std::pair<std::int64_t, std::string>> hashes;
    ASSERT_TRUE(audit::each_store_row(database, 0, [&](audit::StoreRow const& row, auto const&) {
        end = {row.seq, trust::chain_next(end.hash, bound(row))};
        hashes.emplace_back(end.seq, end.hash);
        return base::Status{};
    }));
    for (auto const& [seq, hash] : hashes)
        run_sql(database, "UPDATE journal SET hash = '" + hash + "' WHERE seq = " +
                              std::to_string(seq));
    EXPECT_TRUE(audit::audit_store(database, std::nullopt, {})) << "the chain alone is blind here";
    auto const found = audit::audit_store(database, coordinator_key.public_key(), {});
    ASSERT_FALSE(found);
    EXPECT_NE(found.error().message.find("after row 10"), std::string::npos)
        << found.error().message;

    // With the coordinator's own heads taken away too, those the agents kept speak.
    run_sql(database, "DELETE FROM heads");
    EXPECT_TRUE(audit::audit_store(database, coordinator_key.public_key(), {}));
    EXPECT_FALSE(audit::audit_store(database, coordinator_key.public_key(),
                                    {{store_head, "an agent"}}));
}

TEST_F(Audit, A_head_signed_by_another_key_is_not_believed) {
    fill_store();
    auto database = open(journal_settings.path);
    auto const stranger = trust::PrivateKey::generate();
    run_sql(database, "UPDATE heads SET signed = '" + audit::sign_head(stranger, store_head) +
                          "' WHERE seq = " + std::to_string(store_head.head.seq));
    auto const found = audit::audit_store(database, coordinator_key.public_key(), {});
    ASSERT_FALSE(found);
    EXPECT_NE(found.error().message.find("not genuine"), std::string::npos);
}

TEST_F(Audit, A_row_of_a_table_that_does_not_fit_its_check_value_is_found) {
    fill_store();
    auto database = open(journal_settings.path);
    run_sql(database, "UPDATE incidents SET row = replace(row, 'because', 'becausd')");
    auto const found = audit::audit_store(database, std::nullopt, {});
    ASSERT_FALSE(found);
    EXPECT_NE(found.error().message.find("'incidents'"), std::string::npos);
}

TEST_F(Audit, A_pruned_journal_proves_what_is_left) {
    fill_store();
    {
        auto journal = coordinator::SqliteJournal::open(journal_settings);
        ASSERT_TRUE(journal);
        ASSERT_TRUE((*journal)->load());
        coordinator::JournalLimits limits;
        limits.before = fakes::at(20);
        ASSERT_EQ((*journal)->prune(limits).value(), 19);
    }
    auto const report = look_at_store({{store_head, "an agent"}});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->begin.seq, 19);
    EXPECT_EQ(report->rows, kRows - 19);
    auto database = open(journal_settings.path);
    run_sql(database, "UPDATE journal_base SET seq = 20");
    EXPECT_FALSE(audit::audit_store(database, std::nullopt, {}));
    run_sql(database, "UPDATE journal_base SET seq = 19, hash = replace(hash, 'a', 'b')");
    EXPECT_FALSE(audit::audit_store(database, std::nullopt, {}));
}

TEST_F(Audit, A_spool_proves_what_is_left_after_acknowledgements_gaps_and_a_restart) {
    spool_settings.journal_bytes_max = 9'000;
    std::int64_t seq = 0;
    {
        auto spool = open_spool();
        for (; seq < 60; ++seq)
            ASSERT_TRUE(spool->commit({{agent::Append{record(seq + 1)}}, false}));
        ASSERT_TRUE(spool->commit({{agent::ForgetJournal{12}}, false}));
    }
    {
        auto spool = open_spool();
        ASSERT_TRUE(spool->commit({{agent::Append{record(++seq)}}, false}));
        spool_head = announce(*spool);
    }
    auto database = open(spool_settings.path);
    auto const report = audit::audit_spool(database, {spool_anchor()});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->end.seq, 61);
    EXPECT_GT(report->gaps, 0);
    EXPECT_EQ(report->anchors_held, 1);
    run_sql(database, "UPDATE journal SET body = replace(body, 'dropped', 'droppen') "
                      "WHERE kind = 3 AND body <> ''");
    EXPECT_FALSE(audit::audit_spool(database, {}));
}

TEST_F(Audit, A_coordinator_that_is_ahead_of_a_new_spool_moves_its_beginning) {
    auto spool = open_spool();
    ASSERT_TRUE(spool->commit({{agent::Append{record(1)}}, true}));
    ASSERT_TRUE(spool->commit({{agent::ForgetJournal{500}}, true}));
    ASSERT_TRUE(spool->commit({{agent::Append{record(501)}}, true}));
    spool.reset();
    auto database = open(spool_settings.path);
    auto const report = audit::audit_spool(database, {});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->begin.seq, 500);
    EXPECT_EQ(report->end.seq, 501);
}

TEST_F(Audit, A_spool_of_before_there_were_chains_gets_one) {
    {
        auto old = open(spool_settings.path);
        run_sql(old,
                "CREATE TABLE journal(seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, "
                "body TEXT NOT NULL); CREATE TABLE command(id TEXT PRIMARY KEY, "
                "body_hash TEXT NOT NULL, lane INTEGER NOT NULL, jws TEXT NOT NULL, "
                "expires_at INTEGER NOT NULL, state TEXT NOT NULL, code TEXT NOT NULL, "
                "result_seq INTEGER NOT NULL) WITHOUT ROWID; CREATE TABLE meta(last_seq "
                "INTEGER NOT NULL); INSERT INTO meta VALUES(9); PRAGMA user_version = 1");
        for (int const seq : {5, 6, 9})
            run_sql(old, "INSERT INTO journal VALUES(" + std::to_string(seq) + ", 0, '" +
                             wire::encode(record(3)) + "')");
    }
    { auto const spool = open_spool(); }
    auto database = open(spool_settings.path);
    auto const report = audit::audit_spool(database, {});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->rows, 3);
    EXPECT_EQ(report->gaps, 1);
}

TEST_F(Audit, An_agent_keeps_the_coordinators_heads_with_their_proof) {
    wire::CoordinatorHeartbeat const beat{"home", fakes::at(5), 7, false,
                                          wire::JournalHead{9, std::string(64, 'c')}};
    auto const proof = trust::sign(trust::Purpose::heartbeat, coordinator_key, wire::encode(beat));
    {
        auto spool = open_spool();
        ASSERT_TRUE(spool->commit(
            {{agent::KeepAnchor{{"site/home", *beat.journal, beat.time}, proof}}, false}));
        EXPECT_EQ(spool->load()->anchor, beat.journal);
    }
    auto database = open(spool_settings.path);
    auto const kept = audit::anchors_in_spool(database, coordinator_key.public_key(), "nexus");
    ASSERT_TRUE(kept) << kept.error().message;
    ASSERT_EQ(kept->size(), 1U);
    EXPECT_EQ(kept->front().head, (wire::ChainHead{"site/home", *beat.journal, beat.time}));
    run_sql(database, "UPDATE anchor SET seq = 8");
    EXPECT_FALSE(audit::anchors_in_spool(database, coordinator_key.public_key(), "nexus"));
}

TEST_F(Audit, A_power_cut_cannot_take_back_a_head_that_was_told) {
    auto journal = coordinator::SqliteJournal::open(journal_settings);
    ASSERT_TRUE(journal);
    ASSERT_TRUE((*journal)->load());
    commit(**journal, 1);
    coordinator::Effects const effects{{}, false};
    ASSERT_TRUE((*journal)->commit({{{}, coordinator::Started{1}, &effects}}));
    EXPECT_EQ((*journal)->durable_end().seq, 1);
    ASSERT_TRUE((*journal)->settle());
    EXPECT_EQ((*journal)->durable_end().seq, 2);
}

class Exported : public Audit {
  protected:
    void SetUp() override {
        fill_store();
        auto database = open(journal_settings.path);
        auto const facts = audit::export_journal(database, [&](std::string_view line) {
            text += line;
            return base::Status{};
        });
        ASSERT_TRUE(facts) << facts.error().message;
        signature = audit::sign_export(coordinator_key, *facts);
    }
    std::string text, signature;
};

TEST_F(Exported, A_journal_proves_itself_without_its_store) {
    auto const facts = audit::verify_export(text, signature, coordinator_key.public_key());
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->rows, kRows);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), kRows + 1);
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);)
        EXPECT_TRUE(base::json::Document::parse(line, {.depth_max = 16})) << line;
    auto const other = trust::PrivateKey::generate();
    auto const denied = audit::verify_export(text, signature, other.public_key());
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().code, base::Code::denied);
}

TEST_F(Exported, Every_changed_byte_and_every_lost_moved_or_added_line_is_found) {
    std::vector<std::string> lines;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);) lines.push_back(line + "\n");
    fakes::Sampled sampled{400, 10'000};
    for (int i = 0; i < sampled.count(); ++i) {
        auto changed = lines;
        auto const at = sampled.below(changed.size());
        auto const place = changed.begin() + static_cast<std::ptrdiff_t>(at);
        auto const what = sampled.below(5);
        if (what == 0)
            (*place)[sampled.below(place->size())] ^= static_cast<char>(1U << sampled.below(7));
        else if (what == 1)
            changed.erase(place);
        else if (what == 2)
            changed.insert(place, lines[sampled.below(lines.size())]);
        else if (what == 3)
            std::swap(*place, changed[at == 0 ? 1 : at - 1]);
        else
            changed.resize(at);
        std::string joined;
        for (auto const& line : changed) joined += line;
        auto const found = audit::verify_export(joined, signature, coordinator_key.public_key());
        ASSERT_FALSE(found) << "change " << what << " at line " << at;
        if (what == 1 && at > 0) {
            EXPECT_TRUE(found.error().message.starts_with("journal row " + std::to_string(at)))
                << found.error().message;
        }
    }
}

}  // namespace
