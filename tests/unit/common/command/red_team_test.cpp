// The command language against whoever wants to get something else run: lists of attacks, changes
// of them, and the ordinary lines that must not suffer for it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "common/command/classify.hpp"
#include "tests/unit/common/command/mutations.hpp"

namespace command {
namespace {

using domain::Risk;

// "<0A>" stands for the byte, so that a list holds lines that no text file can.
std::string with_bytes(std::string_view text) {
    constexpr std::string_view kDigits{"0123456789ABCDEF"};
    std::string line;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const bracket = text[i] == '<' && i + 3 < text.size() && text[i + 3] == '>';
        auto const high = bracket ? kDigits.find(text[i + 1]) : kDigits.npos;
        auto const low = bracket ? kDigits.find(text[i + 2]) : kDigits.npos;
        if (high == kDigits.npos || low == kDigits.npos) {
            line += text[i];
            continue;
        }
        line += static_cast<char>(high * 16 + low);
        i += 3;
    }
    return line;
}

std::vector<std::string> lines_of(std::string const& name) {
    std::ifstream file{std::string{TOMTE_SOURCE_DIR "/tests/data/command/"} + name};
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
        if (!line.empty() && !line.starts_with("##")) lines.push_back(with_bytes(line));
    return lines;
}

bool runs_unattended(std::string_view line) { return classify(line).risk <= Risk::reversible; }

TEST(RedTeam, No_attack_runs_unattended) {
    auto const attacks = lines_of("attacks.txt");
    ASSERT_GE(attacks.size(), 1000u);
    for (auto const& attack : attacks)
        EXPECT_FALSE(runs_unattended(attack)) << attack << "\n  " << classify(attack).rule;
}

TEST(RedTeam, No_change_of_an_attack_runs_unattended) {
    bool const soak = std::getenv("TOMTE_SOAK") != nullptr;
    std::size_t const each = soak ? 200 : 10;
    std::uint64_t const seed = 20'261'125;
    base::Random random{seed};
    auto const attacks = lines_of("attacks.txt");
    std::size_t tried = 0;
    for (auto const& attack : attacks)
        for (std::size_t i = 0; i < each; ++i, ++tried) {
            auto const changed = mutate(attack, random);
            EXPECT_FALSE(runs_unattended(changed))
                << changed << "\n  made of: " << attack << "\n  " << classify(changed).rule;
        }
    std::printf("%zu changed lines of %zu attacks, seed %llu\n", tried, attacks.size(),
                static_cast<unsigned long long>(seed));
}

// "r " before a line that reads, "f " before one that repairs.
TEST(RedTeam, Lines_that_read_run_unattended_and_repairs_are_not_refused) {
    auto const lines = lines_of("benign.txt");
    ASSERT_GE(lines.size(), 500u);
    for (auto const& line : lines) {
        auto const command = std::string_view{line}.substr(2);
        auto const made = classify(command);
        if (line[0] == 'r')
            EXPECT_EQ(domain::to_string(made.risk), "readonly")
                << command << "\n  " << made.rule << ": " << made.reason;
        else
            EXPECT_NE(domain::to_string(made.risk), "forbidden")
                << command << "\n  " << made.rule << ": " << made.reason;
    }
}

TEST(RedTeam, More_spaces_change_nothing) {
    for (auto const& line : lines_of("benign.txt")) {
        auto const command = line.substr(2);
        if (command.find_first_of("'\"") != std::string::npos) continue;
        std::string wide = " ";
        for (char const c : command) wide += c == ' ' ? "   " : std::string(1, c);
        EXPECT_EQ(classify(wide).risk, classify(command).risk) << command;
        EXPECT_EQ(classify(wide).argv(), classify(command).argv()) << command;
    }
}

}  // namespace
}  // namespace command
