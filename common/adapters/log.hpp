// Log lines on stderr, for people and for the service manager's journal:
//   2026-01-31T08:05:09.042Z info fix.finished host=nexus remedy=restart_service took=1.2s
// The event's name is fixed; what varies is in the fields. One write(2) per line, so lines of
// several threads do not mix. Callable from any thread; never fails, never throws.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace adapters {

// error: a person must act; warning: degraded; info: a state changed; debug: for developers.
enum class LogLevel { debug, info, warning, error };
std::string_view to_string(LogLevel level);
std::optional<LogLevel> parse_log_level(std::string_view text);

// key=value. The value is text, a whole number, a number or a truth; strings are copied.
struct Field {
    Field(std::string_view name, std::string_view text) : key(name), value(text) {}
    Field(std::string_view name, std::string const& text) : key(name), value(text) {}
    Field(std::string_view name, char const* text) : key(name), value(text) {}
    Field(std::string_view name, bool truth) : key(name), value(truth ? "true" : "false") {}
    Field(std::string_view name, std::int64_t number) : key(name), value(std::to_string(number)) {}
    Field(std::string_view name, std::uint64_t number) : key(name), value(std::to_string(number)) {}
    Field(std::string_view name, int number) : key(name), value(std::to_string(number)) {}
    Field(std::string_view name, unsigned number) : key(name), value(std::to_string(number)) {}
    Field(std::string_view name, double number);

    std::string_view key;  // a literal: fields live as long as the call
    std::string value;
};

// Set once at start; info until then.
void set_log_level(LogLevel level);

void log(LogLevel level, std::string_view event, std::initializer_list<Field> fields = {});

// The line without its newline. Values with blanks, quotes, '=' or bytes outside printable ASCII
// are quoted; control characters and bytes that are not UTF-8 are escaped (\n, \x1b), so that
// nobody can forge a line or drive a terminal through a log.
std::string log_line(std::string_view time, LogLevel level, std::string_view event,
                     std::initializer_list<Field> fields);

}  // namespace adapters
