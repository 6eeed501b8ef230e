// The rules are tested in tests/unit/common/redact; here: that they hold for what a program prints,
// however it comes.
#include "agent/hand/redactor.hpp"

#include <gtest/gtest.h>

#include "agent/hand/capture.hpp"
#include "tests/unit/common/redact/planted.hpp"

namespace hand {
namespace {

bool leaks(std::string const& text, planted::Secret const& secret) {
    for (auto const& leak : secret.leaks)
        if (text.find(leak) != text.npos) return true;
    return false;
}

TEST(Redactor, Finds_a_secret_however_the_reads_cut_it) {
    planted::Maker maker{11};
    for (std::size_t i = 0; i < 2 * planted::Maker::kind_count(); ++i) {
        auto const secret = maker.make(i);
        auto const text = "before\n" + secret.text + "\nafter\n";
        for (std::size_t const piece : {1U, 2U, 3U, 7U, 16U}) {
            Capture capture{64 * 1024};
            for (std::size_t at = 0; at < text.size(); at += piece)
                capture.add(std::string_view{text}.substr(at, piece));
            EXPECT_FALSE(leaks(redacted(PatternRedactor{}, capture.text()), secret))
                << secret.kind << " in pieces of " << piece << ": " << secret.text;
        }
    }
}

TEST(Redactor, Finds_what_is_left_of_a_secret_where_the_output_was_cut_in_the_middle) {
    planted::Maker maker{12};
    for (std::size_t i = 0; i < planted::Maker::kind_count(); ++i) {
        auto const secret = maker.make(i);
        // The cut moves over the secret.
        for (std::size_t before = 0; before < 400; before += 13) {
            Capture capture{400};
            std::string text;
            while (text.size() < before) text += "filler line\n";
            text += secret.text + "\n";
            while (text.size() < 1'200) text += "filler line\n";
            capture.add(text);
            EXPECT_FALSE(leaks(redacted(PatternRedactor{}, capture.text()), secret))
                << secret.kind << " after " << before << ": " << secret.text;
        }
    }
}

TEST(Redactor, Withholds_the_text_when_it_cannot_check_it) {
    EXPECT_EQ(redacted(PatternRedactor{}, std::string(2 * 1024 * 1024, 'a')), kWithheld);
}

TEST(Redactor, Withholds_the_text_when_the_check_itself_fails) {
    struct Failing final : Redactor {
        base::Result<std::string> redact(std::string_view) const override {
            return base::fail(base::Code::internal, "broken");
        }
    };
    EXPECT_EQ(redacted(Failing{}, "password=x"), kWithheld);
}

}  // namespace
}  // namespace hand
