#include "agent/hand/policy_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/agent/hand/bench.hpp"

namespace hand::bench {
namespace {

class PolicyFile : public testing::Test {
  protected:
    PolicyFile() { write(path, "mode = \"ask\"\n"); ::chmod(path.c_str(), 0644); }
    Folder folder;
    std::string const path = folder / "policy.toml";
};

TEST_F(PolicyFile, Is_read_when_only_its_owner_can_write_it) {
    auto const policy = load_policy(path);
    ASSERT_TRUE(policy) << policy.error().message;
    EXPECT_EQ(policy->mode, policy::Mode::ask);
}

TEST_F(PolicyFile, Is_refused_when_others_can_write_it_or_its_folder) {
    for (mode_t const mode : {0664U, 0646U}) {
        ::chmod(path.c_str(), mode);
        EXPECT_EQ(load_policy(path).error().code, base::Code::denied) << mode;
    }
    ::chmod(path.c_str(), 0644);
    ::chmod(folder.text().c_str(), 0777);
    EXPECT_EQ(load_policy(path).error().code, base::Code::denied);
    ::chmod(folder.text().c_str(), 01777);
    EXPECT_TRUE(load_policy(path)) << "a sticky folder lets nobody replace it";
}

TEST_F(PolicyFile, Is_refused_when_it_belongs_to_somebody_else) {
    if (::chown(path.c_str(), 65534, 65534) != 0) {
        // Without root nobody can give a file away; root's own files are then somebody else's too,
        // and trusted.
        EXPECT_TRUE(read_trusted_file("/etc/passwd"));
        return;
    }
    EXPECT_EQ(load_policy(path).error().code, base::Code::denied);
}

TEST_F(PolicyFile, Is_refused_when_it_is_a_link_a_folder_or_missing) {
    std::filesystem::create_symlink(path, folder / "link");
    EXPECT_FALSE(load_policy(folder / "link"));
    std::filesystem::create_directory(folder / "sub");
    EXPECT_FALSE(load_policy(folder / "sub"));
    EXPECT_EQ(load_policy(folder / "nothing").error().code, base::Code::not_found);
}

TEST_F(PolicyFile, Names_the_line_of_a_mistake) {
    write(path, "mode = \"ask\"\nremedie = []\n");
    auto const policy = load_policy(path);
    ASSERT_FALSE(policy);
    EXPECT_NE(policy.error().message.find(":2"), std::string::npos) << policy.error().message;
}

}  // namespace
}  // namespace hand::bench
