#include "common/adapters/sqlite_database.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "common/adapters/system_clock.hpp"

namespace adapters {
namespace {

class SqliteDatabase : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (std::filesystem::temp_directory_path() / "tomte-sqlite-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
        options_.path = (folder_ / "a.db").string();
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path folder_;
    DatabaseOptions options_;
};

TEST_F(SqliteDatabase, Keeps_what_was_committed_and_forgets_what_was_not) {
    {
        auto database = Database::open(options_);
        ASSERT_TRUE(database) << database.error().message;
        ASSERT_TRUE(database->execute("CREATE TABLE t (a TEXT, b INTEGER) STRICT"));
        auto insert = database->prepare("INSERT INTO t VALUES (?1, ?2)");
        ASSERT_TRUE(insert);
        auto kept = Transaction::begin(*database);
        ASSERT_TRUE(kept);
        ASSERT_TRUE(insert->bind(1, std::string_view{"x\0y", 3}).bind(2, 7).run());
        ASSERT_TRUE(insert->bind(1, "").bind(2, std::nullopt).run());
        ASSERT_TRUE(kept->commit());
        auto dropped = Transaction::begin(*database);
        ASSERT_TRUE(dropped);
        ASSERT_TRUE(insert->bind(1, "gone").bind(2, 8).run());
    }
    auto database = Database::open(options_);
    ASSERT_TRUE(database);
    auto rows = database->prepare("SELECT a, b FROM t ORDER BY rowid");
    ASSERT_TRUE(rows);
    ASSERT_TRUE(*rows->step());
    EXPECT_EQ(rows->text(0), std::string_view("x\0y", 3));
    EXPECT_EQ(rows->integer(1), 7);
    ASSERT_TRUE(*rows->step());
    EXPECT_EQ(rows->text(0), "");
    EXPECT_FALSE(rows->null(0));
    EXPECT_TRUE(rows->null(1));
    EXPECT_FALSE(*rows->step());
}

TEST_F(SqliteDatabase, Says_busy_when_another_connection_writes) {
    auto first = Database::open(options_);
    ASSERT_TRUE(first);
    options_.busy_timeout = base::Duration{0};
    auto second = Database::open(options_);
    ASSERT_TRUE(second);
    auto writing = Transaction::begin(*first);
    ASSERT_TRUE(writing);
    auto refused = Transaction::begin(*second);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::Code::busy);
}

TEST_F(SqliteDatabase, Says_unavailable_with_the_path_when_the_folder_is_missing) {
    options_.path = (folder_ / "no" / "a.db").string();
    auto const database = Database::open(options_);
    ASSERT_FALSE(database);
    EXPECT_EQ(database.error().code, base::Code::unavailable);
    EXPECT_NE(database.error().message.find(options_.path), std::string::npos);
}

TEST_F(SqliteDatabase, Says_corrupt_for_a_file_that_is_no_database) {
    std::ofstream(options_.path) << std::string(8192, 'x');
    auto const database = Database::open(options_);
    ASSERT_FALSE(database);
    EXPECT_EQ(database.error().code, base::Code::corrupt);
}

TEST_F(SqliteDatabase, Quick_check_finds_a_page_that_was_overwritten) {
    {
        auto database = Database::open(options_);
        ASSERT_TRUE(database);
        ASSERT_TRUE(database->execute(
            "CREATE TABLE t (a TEXT) STRICT;"
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<500)"
            "INSERT INTO t SELECT printf('%0200d', i) FROM n"));
    }
    std::fstream file(options_.path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 + 8);
    file << std::string(4000, '\x5a');
    file.close();
    options_.quick_check = true;
    auto const database = Database::open(options_);
    ASSERT_FALSE(database);
    EXPECT_EQ(database.error().code, base::Code::corrupt);
}

TEST_F(SqliteDatabase, A_broken_constraint_is_our_own_fault) {
    auto database = Database::open(options_);
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->execute("CREATE TABLE t (a TEXT PRIMARY KEY) STRICT"));
    ASSERT_TRUE(database->execute("INSERT INTO t VALUES ('x')"));
    auto const again = database->execute("INSERT INTO t VALUES ('x')");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, base::Code::internal);
}

TEST_F(SqliteDatabase, A_read_only_connection_cannot_write) {
    auto writer = Database::open(options_);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->execute("CREATE TABLE t (a TEXT) STRICT"));
    options_.access = DatabaseOptions::Access::read_only;
    auto reader = Database::open(options_);
    ASSERT_TRUE(reader) << reader.error().message;
    auto const refused = reader->execute("INSERT INTO t VALUES ('x')");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::Code::unavailable);
}

TEST_F(SqliteDatabase, Commits_are_fsynced_only_while_durable_is_set) {
    auto database = Database::open(options_);
    ASSERT_TRUE(database);
    EXPECT_EQ(*database->integer("PRAGMA synchronous"), 2);
    ASSERT_TRUE(database->set_durable(false));
    EXPECT_EQ(*database->integer("PRAGMA synchronous"), 1);
    ASSERT_TRUE(database->set_durable(true));
    EXPECT_EQ(*database->integer("PRAGMA synchronous"), 2);
}

TEST(SystemClock, Boot_time_moves_forward_and_the_wall_clock_is_this_century) {
    auto const first = system_now();
    auto const second = system_now();
    EXPECT_GE(second.boot, first.boot);
    EXPECT_GT(first.boot.time_since_epoch().count(), 0);
    EXPECT_TRUE(first.synced);
}

}  // namespace
}  // namespace adapters
