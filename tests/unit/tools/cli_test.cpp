// The command line as a whole: what it refuses, and that its page tells everything it can do.
#include "tools/tomte/cli.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <vector>

namespace tomte {
namespace {

struct Said {
    int status = 0;
    std::string out, err;
};

Said say(std::vector<char const*> words) {
    words.insert(words.begin(), "tomte");
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Said said;
    said.status = run_command_line(static_cast<int>(words.size()), words.data());
    said.out = testing::internal::GetCapturedStdout();
    said.err = testing::internal::GetCapturedStderr();
    return said;
}

constexpr char kOptionLetters[] = "abcdefghijklmnopqrstuvwxyz-";

// The names after each `mark`, up to the first character that no option's name holds.
std::set<std::string> names_after(std::string_view mark, std::string const& text) {
    std::set<std::string> names;
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
        auto const begin = at + mark.size();
        auto const end = text.find_first_not_of(kOptionLetters, begin);
        if (end != begin) names.insert(text.substr(begin, end - begin));
    }
    return names;
}

TEST(CommandLine, Knows_every_command_and_says_so) {
    auto const help = say({"--help"});

    EXPECT_EQ(help.status, 0);
    for (auto const* command : {"init", "status", "hosts", "incidents", "incident", "telemetry",
                                "watch", "run", "test-alert", "freeze", "thaw",
                                "approvals", "approve", "deny"})
        EXPECT_NE(help.out.find(std::string{"\n  "} + command + " "), std::string::npos)
            << command;
}

TEST(CommandLine, Tells_a_wrong_command_line_from_a_failure) {
    EXPECT_EQ(say({}).status, 2);
    EXPECT_EQ(say({"statu"}).status, 2);
    EXPECT_EQ(say({"run"}).status, 2);
    EXPECT_EQ(say({"incidents", "--limit", "0"}).status, 2);
    EXPECT_EQ(say({"init", "--dir", "/nonexistent/x", "--host", "nexus"}).status, 1);
    EXPECT_EQ(say({"status", "--url", "http://127.0.0.1:1"}).status, 1);
}

TEST(CommandLine, Takes_the_place_to_ask_before_and_after_the_command_and_after_counts_more) {
    auto const before = say({"--url", "http://127.0.0.1:1", "status"});
    auto const both = say({"--url", "http://127.0.0.1:2", "status", "--url", "http://127.0.0.1:1"});

    EXPECT_NE(before.err.find("http://127.0.0.1:1: "), std::string::npos) << before.err;
    EXPECT_NE(both.err.find("http://127.0.0.1:1: "), std::string::npos) << both.err;
}

TEST(CommandLine, Says_which_secrets_it_could_not_read) {
    auto const said = say({"hosts", "--secrets", "/nonexistent/secrets.toml"});

    EXPECT_EQ(said.status, 1);
    EXPECT_NE(said.err.find("/nonexistent/secrets.toml"), std::string::npos) << said.err;
}

TEST(CommandLine, Has_every_option_in_its_page) {
    std::ostringstream page;
    page << std::ifstream{TOMTE_SOURCE_DIR "/docs/man/tomte.1"}.rdbuf();
    auto const options = names_after(" --", say({"--help-all"}).out);
    auto const told = names_after("Fl \\-", page.str());

    EXPECT_GT(options.size(), 20u);
    for (auto const& option : options) EXPECT_TRUE(told.contains(option)) << option;
}

}  // namespace
}  // namespace tomte
