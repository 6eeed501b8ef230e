#include "common/adapters/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>

#include "common/base/json.hpp"
#include "common/base/time.hpp"
#include "common/domain/names.hpp"

namespace adapters {
namespace {

constexpr domain::NameTable<LogLevel, 4> kLevels{{
    {LogLevel::debug, "debug"},
    {LogLevel::info, "info"},
    {LogLevel::warning, "warning"},
    {LogLevel::error, "error"},
}};

// Longer values are cut: a log line is a hint, the whole text is in the journal.
constexpr std::size_t kValueMax = 1024;

std::atomic<LogLevel>& threshold() {
    static std::atomic<LogLevel> level{LogLevel::info};
    return level;
}

bool is_plain(std::string_view value) {
    return !value.empty() && std::ranges::all_of(value, [](char c) {
        return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '=';
    });
}

void append_hex(std::string& out, unsigned char byte) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += "\\x";
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
}

// C1 controls (U+0080 to U+009F) are C2 80 to C2 9F in UTF-8; terminals obey some of them.
bool is_c1_control(std::string_view rest) {
    return rest.size() >= 2 && static_cast<unsigned char>(rest[0]) == 0xC2 &&
           static_cast<unsigned char>(rest[1]) < 0xA0;
}

void append_escaped(std::string& out, std::string_view value) {
    bool const utf8 = base::json::is_utf8(value);
    for (std::size_t i = 0; i < value.size(); ++i) {
        char const c = value[i];
        auto const byte = static_cast<unsigned char>(c);
        if (c == '\n') out += "\\n";
        else if (c == '\t') out += "\\t";
        else if (c == '"' || c == '\\') (out += '\\') += c;
        else if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8)) append_hex(out, byte);
        else if (is_c1_control(value.substr(i))) {
            append_hex(out, byte);
            append_hex(out, static_cast<unsigned char>(value[++i]));
        } else out += c;
    }
}

std::string_view cut(std::string_view value) {
    if (value.size() <= kValueMax) return value;
    auto end = kValueMax;
    while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
    return value.substr(0, end);
}

void append_value(std::string& out, std::string_view value) {
    if (is_plain(value) && value.size() <= kValueMax) {
        out += value;
        return;
    }
    auto const shown = cut(value);
    out += '"';
    append_escaped(out, shown);
    if (shown.size() < value.size()) out += "...";
    out += '"';
}

}  // namespace

std::string_view to_string(LogLevel level) { return domain::name_of(kLevels, level); }

std::optional<LogLevel> parse_log_level(std::string_view text) {
    return domain::value_of(kLevels, text);
}

Field::Field(std::string_view name, double number) : key(name) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6g", number);
    value = text.data();
}

void set_log_level(LogLevel level) { threshold().store(level, std::memory_order_relaxed); }

std::string log_line(std::string_view time, LogLevel level, std::string_view event,
                     std::initializer_list<Field> fields) {
    std::string line{time};
    line += ' ';
    line += to_string(level);
    line += ' ';
    append_escaped(line, event);
    for (auto const& field : fields) {
        line += ' ';
        append_escaped(line, field.key);
        line += '=';
        append_value(line, field.value);
    }
    return line;
}

void log(LogLevel level, std::string_view event, std::initializer_list<Field> fields) {
    if (level < threshold().load(std::memory_order_relaxed)) return;
    auto const now =
        std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
    auto line = log_line(base::to_rfc3339(now), level, event, fields);
    line += '\n';
    std::string_view rest = line;
    while (!rest.empty()) {
        auto const written = ::write(STDERR_FILENO, rest.data(), rest.size());
        if (written <= 0) return;  // nobody reads: there is nowhere to say so
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace adapters
