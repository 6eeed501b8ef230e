// Tables of program texts with what a mini-language must say about them.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "common/command/mini/verdict.hpp"

namespace command {

template <typename Check>
void expect_risk(domain::Risk risk, Check check, std::initializer_list<std::string_view> texts) {
    for (auto const text : texts) {
        auto const verdict = check(text);
        EXPECT_EQ(domain::to_string(verdict.risk), domain::to_string(risk))
            << text << "\n  " << verdict.rule << ": " << verdict.reason;
        EXPECT_FALSE(verdict.rule.empty()) << text;
        EXPECT_FALSE(verdict.reason.empty()) << text;
    }
}

template <typename Check>
void expect_allowed(Check check, std::initializer_list<std::string_view> texts) {
    expect_risk(domain::Risk::readonly, check, texts);
}

template <typename Check>
void expect_refused(Check check, std::initializer_list<std::string_view> texts) {
    expect_risk(domain::Risk::forbidden, check, texts);
}

// Words separated by spaces, as an argument list: for tables a person can read.
inline std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        auto const end = std::min(text.find(' '), text.size());
        if (end > 0) out.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

}  // namespace command
