#include "common/adapters/log.hpp"

#include <gtest/gtest.h>

using adapters::log_line;
using adapters::LogLevel;

TEST(LogTest, WritesTimeLevelEventAndFields) {
    EXPECT_EQ(log_line("T", LogLevel::info, "fix.finished",
                       {{"host", "nexus"}, {"exit", 3}, {"ok", true}, {"load", 0.25}}),
              "T info fix.finished host=nexus exit=3 ok=true load=0.25");
}

TEST(LogTest, QuotesWhatWouldNotReadAsOneValue) {
    EXPECT_EQ(log_line("T", LogLevel::warning, "e", {{"a", "two words"}, {"b", ""}, {"c", "x=y"}}),
              "T warning e a=\"two words\" b=\"\" c=\"x=y\"");
    EXPECT_EQ(log_line("T", LogLevel::error, "e", {{"a", "say \"hi\" \\"}}),
              "T error e a=\"say \\\"hi\\\" \\\\\"");
    EXPECT_EQ(log_line("T", LogLevel::info, "e", {{"a", "grüß"}}), "T info e a=\"grüß\"");
}

// Values come from alerts and hosts: a newline would forge a line, an escape drive the terminal.
TEST(LogTest, EscapesControlCharactersEverywhere) {
    EXPECT_EQ(log_line("T", LogLevel::info, "e", {{"a", "x\nT error forged"}}),
              "T info e a=\"x\\nT error forged\"");
    EXPECT_EQ(log_line("T", LogLevel::info, "e", {{"a", "\x1b[2J\x7f"}}),
              "T info e a=\"\\x1b[2J\\x7f\"");
    EXPECT_EQ(log_line("T", LogLevel::info, "e", {{"a", "\xc2\x9b"}}), "T info e a=\"\\xc2\\x9b\"");
    EXPECT_EQ(log_line("T", LogLevel::info, "e", {{"a", "\xff"}}), "T info e a=\"\\xff\"");
    EXPECT_EQ(log_line("T", LogLevel::info, "e\n", {}), "T info e\\n");
}

TEST(LogTest, CutsLongValues) {
    auto const line = log_line("T", LogLevel::info, "e", {{"a", std::string(5000, 'x')}});

    EXPECT_LT(line.size(), 1100U);
    EXPECT_TRUE(line.ends_with("x...\""));
}

TEST(LogTest, WritesOnlyFromTheLevelThatWasSet) {
    adapters::set_log_level(LogLevel::warning);
    testing::internal::CaptureStderr();

    adapters::log(LogLevel::info, "quiet.event");
    adapters::log(LogLevel::error, "loud.event", {{"k", "v"}});

    auto const text = testing::internal::GetCapturedStderr();
    adapters::set_log_level(LogLevel::info);
    EXPECT_EQ(text.find("quiet.event"), std::string::npos);
    EXPECT_NE(text.find(" error loud.event k=v\n"), std::string::npos) << text;
    EXPECT_EQ(adapters::parse_log_level("warning"), LogLevel::warning);
    EXPECT_FALSE(adapters::parse_log_level("loud"));
}
