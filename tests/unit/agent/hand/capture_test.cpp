#include "agent/hand/capture.hpp"

#include <gtest/gtest.h>

namespace hand {
namespace {

std::string lines(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "line " + std::to_string(i) + "\n";
    return text;
}

TEST(Capture, Keeps_a_short_text_as_it_is) {
    Capture capture{100};
    capture.add("one\n");
    capture.add("two");
    EXPECT_EQ(capture.text(), "one\ntwo");
    EXPECT_EQ(capture.total(), 7u);
}

TEST(Capture, Keeps_head_and_tail_of_a_long_text_and_says_what_is_missing) {
    Capture capture{200};
    auto const text = lines(1000);
    for (std::size_t at = 0; at < text.size(); at += 7) capture.add(text.substr(at, 7));
    auto const kept = capture.text();
    EXPECT_TRUE(kept.starts_with("line 0\nline 1\n")) << kept;
    EXPECT_TRUE(kept.ends_with("line 998\nline 999\n")) << kept;
    EXPECT_NE(kept.find("bytes left out"), std::string::npos);
    EXPECT_LE(kept.size(), 300u);
    EXPECT_EQ(capture.total(), text.size());
}

TEST(Capture, Drops_a_cut_line_whole_because_half_a_word_may_be_half_a_secret) {
    Capture capture{64};
    capture.add("token=" + std::string(500, 's'));
    EXPECT_EQ(capture.text().find("sss"), std::string::npos);
}

TEST(Printable, Replaces_what_could_drive_a_terminal_or_break_json) {
    EXPECT_EQ(printable("a\tb\n"), "a\tb\n");
    EXPECT_EQ(printable(std::string{"\x1b[2J\0x\r\x7f", 8}), "?[2J?x??");
    EXPECT_EQ(printable("gr\xC3\xBC\xC3\x9F"), "gr\xC3\xBC\xC3\x9F");
    EXPECT_EQ(printable("\xC2\x9B"), "??") << "a C1 control";
    EXPECT_EQ(printable("\xC0\x80\xED\xA0\x80\xFF\xE2\x82"), "????????");
}

}  // namespace
}  // namespace hand
