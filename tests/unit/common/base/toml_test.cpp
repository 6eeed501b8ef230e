#include "common/base/toml.hpp"

#include <gtest/gtest.h>

using namespace std::chrono_literals;
using base::toml::Document;

namespace {

Document parse(std::string_view text) {
    auto document = Document::parse(text, "a.toml");
    EXPECT_TRUE(document) << document.error().message;
    return std::move(*document);
}

}  // namespace

TEST(TomlTest, GivesTypedValuesAndNothingForOtherTypes) {
    auto const document = parse("a = 1\nb = 'two'\nc = 3.5\nd = true\ne = [1, 'x']\n[f]\ng = 1\n");
    auto const root = document.root();

    EXPECT_EQ(root["a"].integer(), 1);
    EXPECT_EQ(root["a"].number(), 1.0);
    EXPECT_EQ(root["b"].string(), "two");
    EXPECT_EQ(root["c"].number(), 3.5);
    EXPECT_EQ(root["d"].boolean(), true);
    EXPECT_EQ(root["e"].children().size(), 2U);
    EXPECT_EQ(root["f"]["g"].integer(), 1);
    EXPECT_FALSE(root["a"].string());
    EXPECT_FALSE(root["c"].integer());
    EXPECT_FALSE(root["b"].boolean());
    EXPECT_FALSE(root["no"]["such"].present());
}

TEST(TomlTest, KeepsTheOrderOfTheFile) {
    auto const document = parse("[z]\n[m]\n[a]\n");
    std::string order;
    for (auto const& child : document.root().children()) order += child.key();

    EXPECT_EQ(order, "zma");
}

TEST(TomlTest, SaysWhereAMistakeIs) {
    auto const broken = Document::parse("a = 1\nb = = 2\n", "a.toml");

    ASSERT_FALSE(broken);
    EXPECT_TRUE(broken.error().message.starts_with("a.toml:2: ")) << broken.error().message;
    EXPECT_FALSE(Document::parse("a = 1\na = 2\n", "a.toml"));
    EXPECT_FALSE(Document::parse(std::string(1024 * 1024 + 1, '\n'), "a.toml"));
}

TEST(TomlTest, ClosedTablesNameTheKeyThatWasMeant) {
    auto const document = parse("check = 1\n\nchekc = 2\n");

    auto const status = document.root().only({"check", "steps"});

    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message, "a.toml:3: unknown key 'chekc'; did you mean 'check'?");
    EXPECT_TRUE(document.root().only({"check", "chekc"}));
}

TEST(TomlTest, MembersAreReadWithAMessageThatNamesTheLine) {
    auto const document =
        parse("s = 'x'\nn = 2\nd = '90s'\nl = ['a', 'b']\nbad = ['a', 1]\nbd = 'soon'\n");
    auto const root = document.root();

    EXPECT_EQ(base::toml::need_string(root, "s"), "x");
    EXPECT_EQ(base::toml::string_or(root, "none", "y"), "y");
    EXPECT_EQ(base::toml::integer_or(root, "n", 1), 2);
    EXPECT_EQ(base::toml::boolean_or(root, "none", true), true);
    EXPECT_EQ(base::toml::duration_or(root, "d", 1s), base::Duration{90s});
    EXPECT_EQ(base::toml::strings_or(root, "l", {}), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(base::toml::need_string(root, "n").error().message,
              "a.toml:2: 'n' must be a text in quotes");
    EXPECT_NE(base::toml::need_string(root, "none").error().message.find("'none' is missing"),
              std::string::npos);
    EXPECT_TRUE(base::toml::strings_or(root, "bad", {}).error().message.starts_with("a.toml:5: "));
    EXPECT_TRUE(base::toml::duration_or(root, "bd", 1s).error().message.starts_with("a.toml:6: "));
    EXPECT_FALSE(base::toml::integer_or(root, "s", 1));
}

TEST(TomlTest, CopiesOfADocumentShareItsValues) {
    base::toml::Value kept;
    Document copy = parse("a = 1");
    {
        Document const first = parse("a = 2");
        copy = first;
        kept = first.root()["a"];
    }

    EXPECT_EQ(kept.integer(), 2);
    EXPECT_EQ(kept.where(), "a.toml:1");
}
