// Walks tests/data/command/*.toml: for every program of the catalogue at least three lines that are
// accepted and three that are refused; `class` names exact classes.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/base/files.hpp"
#include "common/base/toml.hpp"
#include "common/command/classify.hpp"

namespace {

using base::toml::Value;
using domain::Risk;

constexpr std::size_t kLeast = 3;

std::vector<std::string> lines_of(Value const& of, char const* key) {
    std::vector<std::string> lines;
    for (auto const& child : of[key].children()) {
        auto const line = child.string();
        EXPECT_TRUE(line) << child.where() << ": not a text";
        lines.push_back(line.value_or(""));
    }
    return lines;
}

std::string told(command::Classified const& classified) {
    return std::string{domain::to_string(classified.risk)} + " by " + classified.rule + ": " +
           classified.reason;
}

void check_program(Value const& program) {
    auto const accepted = lines_of(program, "accept");
    auto const refused = lines_of(program, "refuse");
    EXPECT_GE(accepted.size(), kLeast) << program.where() << ": too few accepted lines";
    EXPECT_GE(refused.size(), kLeast) << program.where() << ": too few refused lines";
    for (auto const& line : accepted) {
        auto const classified = command::classify(line);
        EXPECT_NE(classified.risk, Risk::forbidden)
            << program.where() << ": " << line << "\n  " << told(classified);
    }
    for (auto const& line : refused) {
        auto const classified = command::classify(line);
        EXPECT_EQ(classified.risk, Risk::forbidden)
            << program.where() << ": " << line << "\n  " << told(classified);
        EXPECT_FALSE(classified.reason.empty()) << line;
    }
    for (auto const& line : program["class"].children()) {
        auto const classified = command::classify(line.key());
        EXPECT_EQ(domain::to_string(classified.risk), line.string().value_or(""))
            << line.where() << ": " << line.key() << "\n  " << told(classified);
    }
}

}  // namespace

TEST(CommandData, Holds_for_every_line_and_every_program_of_the_catalogue_has_its_lines) {
    std::map<std::string, int> seen;
    std::filesystem::path const folder{TOMTE_SOURCE_DIR "/tests/data/command"};
    for (auto const& file : std::filesystem::directory_iterator{folder}) {
        if (file.path().extension() != ".toml") continue;
        auto const text = base::read_file(file.path());
        ASSERT_TRUE(text);
        auto const document = base::toml::Document::parse(*text, file.path().filename());
        ASSERT_TRUE(document) << document.error().message;
        for (auto const& program : document->root().children()) {
            ++seen[program.key()];
            check_program(program);
        }
    }
    auto const& catalog = command::catalog();
    for (auto const& program : catalog.programs)
        EXPECT_TRUE(seen.contains(std::string{catalog[program.name]}))
            << catalog[program.name] << " has no lines in tests/data/command";
    for (auto const& [name, times] : seen) {
        EXPECT_NE(command::find_program(catalog, name), nullptr)
            << name << " is in tests/data/command, but not in the catalogue";
        EXPECT_EQ(times, 1) << name << " stands in two files";
    }
}
