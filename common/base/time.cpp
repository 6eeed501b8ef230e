#include "common/base/time.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

namespace base {
namespace {

// Takes exactly `digits` decimal digits off the front of `text`.
bool take_number(std::string_view& text, std::size_t digits, int& value) {
    if (text.size() < digits) return false;
    auto const [end, error] = std::from_chars(text.data(), text.data() + digits, value);
    if (error != std::errc{} || end != text.data() + digits) return false;
    text.remove_prefix(digits);
    return true;
}

bool take(std::string_view& text, char expected) {
    if (text.empty() || text.front() != expected) return false;
    text.remove_prefix(1);
    return true;
}

// Milliseconds of a fraction of any length ("042", "5", "123456789"); the rest is cut off.
bool take_fraction(std::string_view& text, int& ms) {
    int scale = 100;
    std::size_t digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        ms += (text.front() - '0') * scale;
        scale /= 10;
        ++digits;
        text.remove_prefix(1);
    }
    return digits > 0;
}

bool take_offset(std::string_view& text, std::chrono::minutes& offset) {
    if (take(text, 'Z') || take(text, 'z')) return text.empty();
    int const sign = take(text, '-') ? -1 : (take(text, '+') ? 1 : 0);
    int hours = 0;
    int minutes = 0;
    if (sign == 0 || !take_number(text, 2, hours) || !take(text, ':') ||
        !take_number(text, 2, minutes) || hours > 23 || minutes > 59)
        return false;
    offset = sign * (std::chrono::hours{hours} + std::chrono::minutes{minutes});
    return text.empty();
}

constexpr std::array<std::pair<std::string_view, Duration>, 5> kUnits{{
    {"d", Duration{86'400'000}},
    {"h", Duration{3'600'000}},
    {"m", Duration{60'000}},
    {"s", Duration{1'000}},
    {"ms", Duration{1}},
}};

}  // namespace

std::string to_rfc3339(WallTime time) {
    auto const day = std::chrono::floor<std::chrono::days>(time);
    std::chrono::year_month_day const date{day};
    std::chrono::hh_mm_ss const clock{time - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

Result<WallTime> parse_rfc3339(std::string_view text) {
    auto const bad = [whole = std::string{text.substr(0, 40)}] {
        return fail(Code::invalid, "not an RFC 3339 time: '" + whole + "'");
    };
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0;
    if (!take_number(text, 4, year) || !take(text, '-') || !take_number(text, 2, month) ||
        !take(text, '-') || !take_number(text, 2, day) || !(take(text, 'T') || take(text, 't')) ||
        !take_number(text, 2, hour) || !take(text, ':') || !take_number(text, 2, minute) ||
        !take(text, ':') || !take_number(text, 2, second))
        return bad();
    if (take(text, '.') && !take_fraction(text, ms)) return bad();
    std::chrono::minutes offset{0};
    if (!take_offset(text, offset)) return bad();
    std::chrono::year_month_day const date{
        std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
        std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok() || hour > 23 || minute > 59 || second > 60) return bad();
    return WallTime{std::chrono::sys_days{date}} + std::chrono::hours{hour} +
           std::chrono::minutes{minute} + std::chrono::seconds{second} + Duration{ms} - offset;
}

Result<Duration> parse_duration(std::string_view text) {
    auto const bad = [whole = std::string{text.substr(0, 40)}] {
        return fail(Code::invalid,
                    "not a duration: '" + whole + "' (write for example 500ms, 45s, 1h30m or 7d)");
    };
    if (text.empty()) return bad();
    double total_ms = 0;
    while (!text.empty()) {
        double number = 0;
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number,
                                                  std::chars_format::fixed);
        if (error != std::errc{} || !(number >= 0)) return bad();
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        auto const unit_end = text.find_first_not_of("dhms");
        auto const unit = text.substr(0, unit_end);
        Duration scale{0};
        for (auto const& [name, value] : kUnits)
            if (name == unit) scale = value;
        if (scale == Duration{0}) return bad();
        total_ms += number * static_cast<double>(scale.count());
        text.remove_prefix(unit.size());
    }
    if (total_ms > 1e14) return bad();  // three thousand years: a typo
    return Duration{static_cast<Duration::rep>(total_ms + 0.5)};
}

std::string to_text(Duration duration) {
    if (duration == Duration{0}) return "0s";
    std::string text;
    auto rest = duration;
    for (auto const& [name, value] : kUnits) {
        auto const count = rest / value;
        if (count == 0) continue;
        text += fmt::format("{}{}", count, name);
        rest -= count * value;
    }
    return text;
}

}  // namespace base
