#include "common/base/settings.hpp"

#include <gtest/gtest.h>

#include <array>

using namespace std::chrono_literals;
using base::SettingType;

namespace {

constexpr std::array<base::SettingSpec, 9> kTable{{
    {"host", SettingType::text, "", "", "", "The host's id.", false, true},
    {"broker.port", SettingType::integer, "8883", "1", "65535", "Where the broker listens."},
    {"broker.ca", SettingType::path, "ca.crt", "", "", "Who signed the broker."},
    {"broker.password", SettingType::text, "", "", "", "Its password.", true},
    {"watch.interval", SettingType::duration, "10s", "1s", "10m", "How often to look."},
    {"watch.share", SettingType::number, "0.5", "0", "1", "How much of it."},
    {"watch.memory", SettingType::bytes, "64KiB", "1KiB", "1MiB", "How much to keep."},
    {"watch.quietly", SettingType::boolean, "false", "", "", "Whether to say nothing."},
    {"probe.services", SettingType::list, "ssh, cron", "", "", "What to watch."},
}};

base::Result<base::Settings> read(std::string_view text) {
    return base::Settings::parse(kTable, text, "/etc/tomte/agent.toml");
}

std::string refusal(std::string_view text) {
    auto const settings = read(text);
    return settings ? "accepted" : settings.error().message;
}

}  // namespace

TEST(SettingsTest, GivesDefaultsForWhatTheFileLeavesOut) {
    auto const settings = read("host = \"nexus\"\n");

    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->integer("broker.port"), 8883);
    EXPECT_EQ(settings->duration("watch.interval"), 10s);
    EXPECT_EQ(settings->number("watch.share"), 0.5);
    EXPECT_EQ(settings->integer("watch.memory"), 64 * 1024);
    EXPECT_FALSE(settings->boolean("watch.quietly"));
    EXPECT_EQ(settings->list("probe.services"), (std::vector<std::string>{"ssh", "cron"}));
}

TEST(SettingsTest, TakesTheFilesValues) {
    auto const settings = read(R"(
host = "nexus"
[broker]
port = 1
[watch]
interval = "1m30s"
share = 1
memory = "512KiB"
quietly = true
[probe]
services = ["a,b", "c"]
)");

    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->text("host"), "nexus");
    EXPECT_EQ(settings->integer("broker.port"), 1);
    EXPECT_EQ(settings->duration("watch.interval"), 90s);
    EXPECT_EQ(settings->number("watch.share"), 1);
    EXPECT_EQ(settings->integer("watch.memory"), 512 * 1024);
    EXPECT_TRUE(settings->boolean("watch.quietly"));
    EXPECT_EQ(settings->list("probe.services"), (std::vector<std::string>{"a,b", "c"}));
}

TEST(SettingsTest, TakesRelativePathsFromTheFilesFolder) {
    auto const relative = read("host = \"nexus\"\nbroker.ca = \"../keys/ca.crt\"\n");
    auto const absolute = read("host = \"nexus\"\nbroker.ca = \"/keys/ca.crt\"\n");
    auto const by_default = read("host = \"nexus\"\n");

    ASSERT_TRUE(relative && absolute && by_default);
    EXPECT_EQ(relative->text("broker.ca"), "/etc/keys/ca.crt");
    EXPECT_EQ(absolute->text("broker.ca"), "/keys/ca.crt");
    EXPECT_EQ(by_default->text("broker.ca"), "/etc/tomte/ca.crt");
}

TEST(SettingsTest, NamesFileLineAndTheKeyThatWasMeant) {
    EXPECT_EQ(refusal("host = \"nexus\"\n[broker]\nprot = 1\n"),
              "/etc/tomte/agent.toml:3: unknown key 'broker.prot'; did you mean 'broker.port'?");
    EXPECT_EQ(refusal("host = \"nexus\"\n[wacth]\n"),
              "/etc/tomte/agent.toml:2: unknown key 'wacth'; did you mean 'watch'?");
}

TEST(SettingsTest, SaysWhatIsMissing) {
    EXPECT_EQ(refusal(""), "/etc/tomte/agent.toml: 'host' is missing: The host's id.");
    EXPECT_EQ(refusal("host = \"\""), "/etc/tomte/agent.toml:1: 'host' is empty");
}

TEST(SettingsTest, RefusesValuesOfTheWrongTypeOrOutOfBounds) {
    for (auto const* line :
         {"broker.port = 0", "broker.port = 65536", "broker.port = \"8883\"", "broker.ca = 1",
          "watch.interval = \"11m\"", "watch.interval = 10", "watch.interval = \"soon\"",
          "watch.share = 1.5", "watch.share = nan", "watch.memory = \"2MiB\"",
          "watch.memory = \"many\"", "watch.quietly = \"true\"", "probe.services = \"ssh\"",
          "probe.services = [1]", "broker = 1"})
        EXPECT_NE(refusal(std::string{"host = \"nexus\"\n"} + line).find("agent.toml:2: "),
                  std::string::npos)
            << line << ": " << refusal(std::string{"host = \"nexus\"\n"} + line);
}

TEST(SettingsTest, TellsWhatDiffersFromTheDefaultButNoSecret) {
    auto const settings = read(R"(
host = "nexus"
broker.password = "hunter2"
watch.interval = "10000ms"
probe.services = ["nginx"]
)");

    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->changed(),
              (std::vector<std::string>{"host = nexus", "broker.password = (set)",
                                        "probe.services = nginx"}));
}

TEST(SettingsTest, ReportsAFileThatIsNotThere) {
    auto const settings = base::Settings::load(kTable, "/nonexistent/agent.toml");

    ASSERT_FALSE(settings);
    EXPECT_EQ(settings.error().code, base::Code::not_found);
    EXPECT_NE(settings.error().message.find("/nonexistent/agent.toml"), std::string::npos);
}

TEST(SettingsTest, PrintsTheTableForPeople) {
    auto const help = base::settings_help(kTable);
    auto const page = base::settings_markdown(kTable);

    EXPECT_NE(help.find("broker.port      Where the broker listens. (whole number; default 8883; "
                        "1 to 65535)"),
              std::string::npos)
        << help;
    EXPECT_NE(page.find("| `watch.interval` | duration | `10s` | 1s to 10m | How often to look. |"),
              std::string::npos)
        << page;
}

TEST(SettingsDeathTest, AskingForAnUnknownNameIsOurOwnMistake) {
    auto const settings = read("host = \"nexus\"\n");
    ASSERT_TRUE(settings);

    EXPECT_DEATH((void)settings->text("no.such"), "");
    EXPECT_DEATH((void)settings->boolean("broker.port"), "");
}
