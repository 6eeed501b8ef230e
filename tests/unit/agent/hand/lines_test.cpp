// From an accepted line to programs, on the real disk.
#include "agent/hand/lines.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "tests/unit/agent/hand/bench.hpp"

namespace hand::bench {
namespace {

using command::NamedPath;
using command::PathUse;
using command::SimpleCommand;

SimpleCommand cat(std::string const& path, bool glob = false) {
    SimpleCommand command;
    command.argv = {"cat", path};
    command.programs = {"/nowhere/cat", "/usr/bin/cat"};
    command.paths = {NamedPath{1, 0, PathUse::read, glob}};
    return command;
}

base::Result<std::vector<PreparedPipeline>> prepared(SimpleCommand command) {
    return prepare({{command::Join::always, {std::move(command)}}}, std::nullopt);
}

TEST(Lines, Take_the_first_program_that_is_installed_with_the_arguments_the_catalogue_adds) {
    auto command = cat("/etc/hostname");
    command.inject = {"--show-all"};
    auto const line = prepared(command);
    ASSERT_TRUE(line) << line.error().message;
    EXPECT_EQ(line->at(0).stages.at(0).argv,
              (std::vector<std::string>{"/usr/bin/cat", "--show-all", "/etc/hostname"}));
    command.programs = {"/nowhere/cat"};
    EXPECT_EQ(prepared(command).error().code, base::Code::not_found);
}

TEST(Lines, Start_no_program_that_somebody_else_than_root_could_have_put_there) {
    Folder folder;
    auto const path = folder / "cat";
    write(path, "#!/bin/true\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    auto command = cat("/etc/hostname");
    command.programs = {path};
    EXPECT_EQ(prepared(command).error().code, base::Code::denied)
        << "its folder's folder is everybody's";
    EXPECT_TRUE(is_roots_own("/usr/bin/cat"));
    EXPECT_FALSE(is_roots_own("/tmp"));
    EXPECT_FALSE(is_roots_own("/nowhere"));
}

TEST(Lines, Read_no_file_that_a_link_leads_to_unless_it_may_be_read_itself) {
    Folder folder;
    auto const name = "/var/log/link-test-" + std::to_string(::getpid()) + ".log";
    std::error_code made;
    std::filesystem::create_symlink("/etc/shadow", name, made);
    if (!made) {
        auto const line = prepared(cat(name));
        std::filesystem::remove(name);
        ASSERT_FALSE(line);
        EXPECT_NE(line.error().message.find("leads elsewhere"), std::string::npos);
    }
    // A link to what may be read is fine: /etc/os-release leads to /usr/lib.
    EXPECT_TRUE(prepared(cat("/etc/os-release")));
    EXPECT_TRUE(prepared(cat("/proc/mounts")));
    EXPECT_TRUE(prepared(cat("/var/log/there-is-no-such.log")));
}

TEST(Lines, Expand_patterns_in_order_and_leave_out_what_may_not_be_read) {
    auto command = cat("/proc/[ms]*info", true);
    auto const line = prepared(command);
    ASSERT_TRUE(line) << line.error().message;
    auto const& argv = line->at(0).stages.at(0).argv;
    EXPECT_NE(std::ranges::find(argv, "/proc/meminfo"), argv.end());
    EXPECT_TRUE(std::ranges::is_sorted(argv.begin() + 1, argv.end()));
    // As a shell has it.
    EXPECT_EQ(prepared(cat("/var/log/no-such-*", true))->at(0).stages.at(0).argv.at(1),
              "/var/log/no-such-*");
    auto const secrets = prepared(cat("/etc/g*shadow", true));
    ASSERT_FALSE(secrets);
    EXPECT_NE(secrets.error().message.find("secret"), std::string::npos);
    EXPECT_FALSE(prepared(cat("/usr/[bls]*/*", true)));
}

TEST(Lines, Hand_over_a_word_with_stars_only_if_it_matches_nothing_below_the_root_folder) {
    SimpleCommand command;
    command.argv = {"printf", "no-such-file-*"};
    command.programs = {"/usr/bin/printf"};
    command.literal_globs = {1};
    EXPECT_TRUE(prepared(command));
    command.argv[1] = "et?";
    auto const line = prepared(command);
    ASSERT_FALSE(line);
    EXPECT_NE(line.error().message.find("quotes"), std::string::npos);
}

TEST(Lines, Run_what_needs_no_privilege_as_somebody_without) {
    auto command = cat("/etc/hostname");
    User const reader{65'534, 65'534, {}};
    std::vector<command::Pipeline> const line{{command::Join::always, {command}}};
    EXPECT_EQ(prepare(line, reader)->at(0).stages.at(0).user, reader);
    command.lane = command::Lane::fix;
    std::vector<command::Pipeline> const fix{{command::Join::always, {command}}};
    EXPECT_EQ(prepare(fix, reader)->at(0).stages.at(0).user, std::nullopt);
    EXPECT_EQ(find_reader().has_value(), ::geteuid() == 0);
}

}  // namespace
}  // namespace hand::bench
