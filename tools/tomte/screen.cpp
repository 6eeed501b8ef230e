#include "tools/tomte/screen.hpp"

#include <algorithm>
#include <ostream>

namespace tomte {
namespace {

std::string_view code_of(Paint paint) {
    switch (paint) {
        case Paint::good: return "\x1b[32m";
        case Paint::doubtful: return "\x1b[33m";
        case Paint::bad: return "\x1b[31m";
        case Paint::faint: return "\x1b[2m";
        case Paint::none: break;
    }
    return "";
}

// Characters, not bytes; wide ones count as one, a table of titles survives that.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::string plain(std::string_view text) {
    std::string out{text};
    for (std::size_t i = 0; i < out.size(); ++i) {
        auto const byte = static_cast<unsigned char>(out[i]);
        bool const control = byte < 0x20 || byte == 0x7F;
        // U+0080..U+009F, two bytes in UTF-8: some terminals take them as escapes.
        bool const high = byte == 0xC2 && i + 1 < out.size() &&
                          static_cast<unsigned char>(out[i + 1]) < 0xA0;
        if (control) out[i] = '?';
        if (high) out.replace(i, 2, "?");
    }
    return out;
}

std::string painted(Screen const& screen, Paint paint, std::string_view text) {
    if (!screen.colour || paint == Paint::none) return std::string{text};
    return std::string{code_of(paint)} + std::string{text} + "\x1b[0m";
}

Paint paint_of_state(std::string_view state) {
    if (is_one_of(state, {"healthy", "resolved", "succeeded", "online", "yes"})) return Paint::good;
    if (is_one_of(state, {"unhealthy", "escalated", "abandoned", "failed", "rejected", "offline",
                          "timed_out", "expired", "interrupted", "no"}))
        return Paint::bad;
    if (is_one_of(state, {"cancelled", "suppressed"})) return Paint::faint;
    return Paint::doubtful;
}

void Table::print(Screen& screen) const {
    std::vector<std::size_t> widths;
    for (auto const& head : heads_) widths.push_back(width_of(head));
    for (auto const& row : rows_)
        for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i)
            widths[i] = std::max(widths[i], width_of(row[i].text));
    auto const print_row = [&](auto const& text_of, auto const& paint_of_cell) {
        for (std::size_t i = 0; i < heads_.size(); ++i) {
            auto const text = text_of(i);
            screen.out << painted(screen, paint_of_cell(i), text);
            if (i + 1 < heads_.size())
                screen.out << std::string(widths[i] - width_of(text) + 2, ' ');
        }
        screen.out << "\n";
    };
    print_row([&](std::size_t i) { return heads_[i]; }, [](std::size_t) { return Paint::faint; });
    for (auto const& row : rows_)
        print_row([&](std::size_t i) { return i < row.size() ? row[i].text : std::string{}; },
                  [&](std::size_t i) { return i < row.size() ? row[i].paint : Paint::none; });
}

std::string day_and_time(std::string_view rfc3339) {
    if (rfc3339.size() < 19) return "-";
    return std::string{rfc3339.substr(0, 10)} + " " + std::string{rfc3339.substr(11, 8)};
}

std::string time_only(std::string_view rfc3339) {
    if (rfc3339.size() < 23) return "-";
    return std::string{rfc3339.substr(11, 12)};
}

int failed(Screen& screen, base::Error const& error) {
    screen.err << "tomte: " << plain(error.message) << "\n";
    return 1;
}

}  // namespace tomte
