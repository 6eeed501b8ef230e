#include "agent/app/program.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "agent/app/command_line.hpp"
#include "agent/app/settings.hpp"

namespace agent::test {
namespace {

base::Result<CommandLine> read(std::vector<char const*> words) {
    words.insert(words.begin(), "tomte-agent");
    return read_command_line(static_cast<int>(words.size()), words.data());
}

int run(std::vector<std::string> words) {
    words.insert(words.begin(), "tomte-agent");
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    return run_program(static_cast<int>(argv.size()), argv.data());
}

constexpr std::string_view kLeast =
    "host = \"nexus\"\n"
    "broker.ca = \"ca.crt\"\n"
    "broker.cert = \"host.crt\"\n"
    "broker.key = \"host.key\"\n"
    "trust.coordinator_key = \"coordinator.pub\"\n"
    "spool.path = \"spool.db\"\n";

base::Result<base::Settings> settings(std::string const& text) {
    return base::Settings::parse(settings_table(), text, "/etc/tomte/agent.toml");
}

TEST(CommandLine, Reads_its_options) {
    EXPECT_EQ(read({})->config, "/etc/tomte/agent.toml");
    EXPECT_EQ(read({"--config", "a.toml"})->config, "a.toml");
    EXPECT_EQ(read({"--config=b.toml", "--check-config"})->config, "b.toml");
    EXPECT_TRUE(read({"--config=b.toml", "--check-config"})->check_config);
    EXPECT_TRUE(read({"--help"})->help);
    EXPECT_TRUE(read({"--version"})->version);
}

TEST(CommandLine, Refuses_what_it_does_not_know) {
    for (auto const* word : {"--confg", "agent.toml", "--config", "--config=", ""})
        EXPECT_FALSE(read({word})) << word;
    EXPECT_EQ(run({"--nonsense"}), 78);
}

TEST(CommandLine, Names_every_setting_in_its_help) {
    auto const text = usage();
    for (auto const& spec : settings_table())
        EXPECT_NE(text.find(spec.name), std::string::npos) << spec.name;
}

TEST(AgentSettings, Come_with_defaults_for_all_but_what_only_the_owner_knows) {
    auto const read = settings(std::string(kLeast));
    ASSERT_TRUE(read) << read.error().message;
    auto const core = core_settings(*read);
    ASSERT_TRUE(core);
    EXPECT_EQ(core->host.text(), "nexus");
    EXPECT_EQ(core->interval, base::Duration{10'000});
    EXPECT_FALSE(core->watches.empty());
    for (auto const& rule : core->watches) EXPECT_LT(rule.clear, rule.line) << rule.signal;
    for (std::string_view line : {"host", "broker.ca", "broker.cert", "broker.key",
                                  "trust.coordinator_key", "spool.path"}) {
        std::string text(kLeast);
        auto const at = text.find(line);
        text.erase(at, text.find('\n', at) + 1 - at);
        EXPECT_FALSE(settings(text)) << line;
    }
}

TEST(AgentSettings, Refuse_a_name_that_is_no_host_id) {
    for (std::string_view name : {"Nexus", "operator", "a b", "@coordinator", "../x"}) {
        std::string text(kLeast);
        text.replace(text.find("nexus"), 5, name);
        auto const read = settings(text);
        ASSERT_TRUE(read);
        EXPECT_FALSE(core_settings(*read)) << name;
    }
}

TEST(Program, Ends_with_78_when_its_configuration_is_wrong) {
    auto const folder = std::filesystem::temp_directory_path() /
                        ("tomte-program-test-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    auto const file = (folder / "agent.toml").string();
    EXPECT_EQ(run({"--check-config", "--config", file}), 78) << "no such file";
    std::ofstream(file) << kLeast << "[watch]\nintervall = \"1s\"\n";
    EXPECT_EQ(run({"--check-config", "--config", file}), 78) << "an unknown key";
    std::ofstream(file) << kLeast;
    EXPECT_EQ(run({"--check-config", "--config", file}), 78) << "no keys";
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace agent::test
