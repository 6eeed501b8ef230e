#include <gtest/gtest.h>

#include "tests/tidy/tidy.hpp"

namespace tidy {
namespace {

std::string const kRoot = TOMTE_SOURCE_DIR;

std::string text_of(std::vector<Violation> const& violations) {
    std::string text;
    for (auto const& [path, line, what] : violations)
        text += path + ":" + std::to_string(line) + ": " + what + "\n";
    return text;
}

std::vector<Layer> layers() {
    std::vector<Violation> violations;
    auto found = parse_layers(read_file(kRoot + "/tests/tidy/layers.txt"), violations);
    EXPECT_TRUE(violations.empty()) << text_of(violations);
    return found;
}

TEST(TidyTest, EveryIncludeOfTheTreeGoesTheAllowedWay) {
    std::vector<Violation> violations;
    auto const rules = layers();
    auto const tree = read_tree(kRoot);
    ASSERT_GT(tree.size(), 50u) << "the tree was not found";
    for (auto const& file : tree) check_includes(file, rules, violations);
    EXPECT_TRUE(violations.empty()) << text_of(violations);
}

TEST(TidyTest, TheCoresOfTheTreeArePure) {
    std::vector<Violation> violations;
    for (auto const& file : read_tree(kRoot)) check_core_is_pure(file, violations);
    EXPECT_TRUE(violations.empty()) << text_of(violations);
}

TEST(TidyTest, TheTreeUsesNoBannedCall) {
    std::vector<Violation> violations;
    for (auto const& file : read_tree(kRoot)) check_banned(file, violations);
    EXPECT_TRUE(violations.empty()) << text_of(violations);
}

TEST(TidyTest, NothingGrewPastItsSize) {
    std::vector<Violation> violations;
    auto const exceptions = parse_exceptions(read_file(kRoot + "/tests/tidy/exceptions.txt"));
    for (auto const& file : read_tree(kRoot)) check_sizes(file, exceptions, violations);
    EXPECT_TRUE(violations.empty()) << text_of(violations);
}

// The checks above say nothing unless each of them can fail.
struct Planted {
    char const* name;
    File file;
    bool wrong;
};

class PlantedIncludeTest : public testing::TestWithParam<Planted> {};

TEST_P(PlantedIncludeTest, IsJudged) {
    std::vector<Violation> violations;

    check_includes(GetParam().file, layers(), violations);

    EXPECT_EQ(violations.empty(), !GetParam().wrong) << text_of(violations);
}

std::string include(char const* what) { return std::string{"#include "} + what + "\n"; }

INSTANTIATE_TEST_SUITE_P(
    Tidy, PlantedIncludeTest,
    testing::Values(
        Planted{"core_includes_adapter",
                {"coordinator/core/act/act.cpp",
                 include("\"coordinator/adapters/paho_fleet.hpp\"")}, true},
        Planted{"core_includes_library",
                {"coordinator/core/act/act.cpp", include("<mqtt/async_client.h>")}, true},
        Planted{"core_includes_domain",
                {"coordinator/core/act/act.cpp", include("\"common/domain/incident.hpp\"")}, false},
        Planted{"agent_includes_coordinator",
                {"agent/core/agent.cpp", include("\"coordinator/core/event.hpp\"")}, true},
        Planted{"coordinator_includes_agent",
                {"coordinator/app/loop.cpp", include("\"agent/core/event.hpp\"")}, true},
        Planted{"hand_includes_agent_core",
                {"agent/hand/app.cpp", include("\"agent/core/event.hpp\"")}, true},
        Planted{"port_includes_adapter",
                {"agent/ports/link.hpp", include("\"agent/adapters/mosquitto_link.hpp\"")}, true},
        Planted{"domain_includes_wire",
                {"common/domain/signal.cpp", include("\"common/wire/codec.hpp\"")}, true},
        Planted{"library_in_a_header",
                {"coordinator/adapters/paho_fleet.hpp", include("<mqtt/async_client.h>")}, true},
        Planted{"library_in_its_cpp",
                {"coordinator/adapters/paho_fleet.cpp", include("<mqtt/async_client.h>")}, false},
        Planted{"product_includes_tests",
                {"agent/app/app.cpp", include("\"tests/fakes/fake_link.hpp\"")}, true},
        Planted{"unknown_folder", {"extras/x.cpp", ""}, true}),
    [](auto const& row) { return std::string{row.param.name}; });

TEST(TidyTest, FindsAClockInACore) {
    std::vector<Violation> violations;

    check_core_is_pure({"agent/core/watch.cpp", "auto t = std::chrono::steady_clock::now();\n"},
                       violations);

    EXPECT_EQ(violations.size(), 1u);
}

TEST(TidyTest, FindsABannedCallAndALongLine) {
    std::vector<Violation> violations;

    check_banned({"agent/app/app.cpp", std::string{"int n = std::"} + "stoi(text);\n"}, violations);
    check_banned({"agent/app/app.cpp", std::string(101, 'x') + "\n"}, violations);

    EXPECT_EQ(violations.size(), 2u);
}

TEST(TidyTest, FindsAFileAndAFunctionThatGrew) {
    std::string body = "int f(int x) {\n";
    for (int i = 0; i < 70; ++i) body += "    ++x;\n";
    body += "}\n";
    std::vector<Violation> violations;

    check_sizes({"agent/app/app.cpp", body}, {}, violations);
    check_sizes({"agent/app/b.cpp", std::string(501, '\n')}, {}, violations);

    EXPECT_EQ(violations.size(), 2u) << text_of(violations);
}

TEST(TidyTest, AListedFileMayNotGrowPastItsListedSize) {
    std::vector<Violation> violations;
    auto const exceptions = parse_exceptions("agent/app/b.cpp 600 a table of cases\n");

    check_sizes({"agent/app/b.cpp", std::string(600, '\n')}, exceptions, violations);
    EXPECT_TRUE(violations.empty());
    check_sizes({"agent/app/b.cpp", std::string(601, '\n')}, exceptions, violations);
    EXPECT_EQ(violations.size(), 1u);
}

}  // namespace
}  // namespace tidy
