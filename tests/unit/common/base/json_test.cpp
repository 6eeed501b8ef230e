#include "common/base/json.hpp"

#include <gtest/gtest.h>

using base::json::Document;

// Each of these is taken by cJSON itself; a signed message that two parsers read differently is a
// way around the signature.
TEST(JsonTest, RefusesWhatCjsonWouldTake) {
    for (std::string const text :
         {R"({"a":1,"a":2})", R"({"a":"x\u0000y"})", "{\"a\":\"x\ny\"}", R"({"a":01})",
          R"({"a":1.})", R"({"a":1e400})", R"({"a":1} x)", "\xEF\xBB\xBF{}", "{\"a\":\"\xC0\xAF\"}",
          "{\"a\":\"\xED\xA0\x80\"}", R"([[[[[[[[[1]]]]]]]]])", R"({"a":+1})", "", "nan"})
        EXPECT_FALSE(Document::parse(text)) << text;
}

TEST(JsonTest, RefusesMoreBytesThanAllowed) {
    EXPECT_FALSE(Document::parse("[1,2,3]", {.bytes_max = 6}));
    EXPECT_TRUE(Document::parse("[1,2,3]", {.bytes_max = 7}));
}

TEST(JsonTest, ReadsMembersWithoutConfusingCase) {
    auto const document = Document::parse(R"({"Host":"a","n":9007199254740991,"f":1.5,"l":[1,2]})");
    ASSERT_TRUE(document);
    auto const root = document->root();
    EXPECT_FALSE(root["host"].present());
    EXPECT_EQ(root["Host"].string(), "a");
    EXPECT_EQ(root["n"].integer(), 9007199254740991);
    EXPECT_FALSE(root["f"].integer());
    EXPECT_EQ(root["l"].size(), 2U);
    EXPECT_FALSE(root["nothing"]["below"].present());
    EXPECT_EQ(root.unknown_key({"Host", "n", "l"}), "f");
}

TEST(JsonTest, WritesWhatItReads) {
    base::json::Writer w;
    w.begin_object().member("a", "q\"\\\n\x01").key("l").begin_array().value(1).value(true).null();
    w.end_array().member("o", std::optional<std::string>{}).member("d", 0.5).end_object();
    EXPECT_EQ(w.text(), R"({"a":"q\"\\\n\u0001","l":[1,true,null],"d":0.5})");
    EXPECT_TRUE(Document::parse(w.text()));
}

TEST(JsonTest, WritesBrokenUtf8AsReplacement) {
    std::string out;
    base::json::append_quoted(out, "a\xFFz");
    EXPECT_EQ(out, "\"a\xEF\xBF\xBDz\"");
}
