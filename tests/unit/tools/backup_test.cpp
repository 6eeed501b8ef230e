#include "tools/tomte/backup.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "common/adapters/sqlite_database.hpp"
#include "common/base/files.hpp"
#include "common/trust/hash.hpp"
#include "tools/tomte/init.hpp"

namespace tomte {
namespace {

namespace fs = std::filesystem;

class BackupTest : public testing::Test {
  protected:
    void SetUp() override {
        outside_ = fs::temp_directory_path() / ("tomte-backup-" + trust::random_token());
        fs::create_directories(outside_);
        std::ofstream{outside_ / "routing.toml"} << "# shipped\n";
        InitOptions options;
        options.folder = outside_ / "fleet";
        options.hosts = {"nexus"};
        options.routing_file = outside_ / "routing.toml";
        ASSERT_TRUE(init(options));
        auto store = open("fleet");
        ASSERT_TRUE(store);
        ASSERT_TRUE(store->execute("CREATE TABLE meta (name TEXT, value INTEGER);"
                                   "INSERT INTO meta VALUES ('epoch', 7)"));
    }
    void TearDown() override { fs::remove_all(outside_); }

    base::Result<adapters::Database> open(std::string const& fleet) const {
        return adapters::Database::open(
            {.path = (outside_ / fleet / "coordinator/coordinator.db").string()});
    }
    std::string text(std::string const& name) const {
        return base::read_file((outside_ / name).string()).value_or("");
    }
    mode_t mode(std::string const& name) const {
        struct stat facts {};
        EXPECT_EQ(::stat((outside_ / name).c_str(), &facts), 0) << name;
        return facts.st_mode & 07777;
    }
    base::Status backup_to(std::string const& name) const {
        return backup({outside_ / "fleet", outside_ / name}, base::WallTime{});
    }

    fs::path outside_;
};

TEST_F(BackupTest, Brings_a_fleet_back_elsewhere_with_a_higher_epoch) {
    auto const running = open("fleet");  // as the coordinator has it
    ASSERT_TRUE(backup_to("fleet.tgz"));
    EXPECT_EQ(mode("fleet.tgz"), 0600u);

    auto const restored = restore({outside_ / "fleet.tgz", outside_ / "other"});

    ASSERT_TRUE(restored) << restored.error().message;
    for (auto const* name : {"coordinator/ca.key", "coordinator/command.key",
                             "operator/approver.key", "coordinator/tokens.toml",
                             "coordinator/certificates.jsonl",
                             "coordinator/hosts.toml", "broker/server.key", "broker/acl"}) {
        EXPECT_FALSE(text(std::string{"fleet/"} + name).empty()) << name;
        EXPECT_EQ(text(std::string{"other/"} + name), text(std::string{"fleet/"} + name)) << name;
        EXPECT_EQ(mode(std::string{"other/"} + name), mode(std::string{"fleet/"} + name)) << name;
    }
    auto const conf = text("other/broker/mosquitto.conf");
    EXPECT_NE(conf.find((outside_ / "other/broker/acl").string()), std::string::npos);
    EXPECT_EQ(conf.find((outside_ / "fleet").string()), std::string::npos);
    auto store = open("other");
    ASSERT_TRUE(store);
    EXPECT_EQ(store->integer("SELECT value FROM meta WHERE name = 'epoch'").value(), 100'007);
}

TEST_F(BackupTest, Refuses_what_it_would_destroy_or_does_not_know) {
    EXPECT_FALSE(backup({outside_ / "nothing", outside_ / "x.tgz"}, base::WallTime{}));
    ASSERT_TRUE(backup_to("fleet.tgz"));
    EXPECT_FALSE(backup_to("fleet.tgz")) << "an archive is never written over";
    EXPECT_FALSE(restore({outside_ / "fleet.tgz", outside_ / "fleet"}));
    std::ofstream{outside_ / "junk.tgz"} << "no archive";
    EXPECT_FALSE(restore({outside_ / "junk.tgz", outside_ / "other"}));
    EXPECT_TRUE(fs::is_empty(outside_ / "other"));
}

}  // namespace
}  // namespace tomte
