// One table of settings per program: it validates the file, prints --help and the reference page,
// and says at start what differs from the default. Read once, passed by const reference, never
// re-read. Unknown keys are errors with the nearest known name.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace base {

enum class SettingType { text, path, integer, number, boolean, duration, bytes, list };

struct SettingSpec {
    std::string_view name;         // dotted: "broker.port" is key port of table [broker]
    SettingType type = SettingType::text;
    std::string_view otherwise{};  // the default, as text; a list is comma separated
    std::string_view least{};      // inclusive bounds for numbers, durations and bytes; empty: none
    std::string_view most{};
    std::string_view what{};       // one sentence for people
    bool secret = false;           // never printed
    bool required = false;
};

class Settings {
  public:
    // TOML text over the defaults. Relative paths are taken relative to the file's folder.
    static Result<Settings> parse(std::span<SettingSpec const> table, std::string_view text,
                                  std::string const& file);
    static Result<Settings> load(std::span<SettingSpec const> table, std::string const& file);

    // Asking for a name that is not in the table, or by another type, is a CHECK.
    std::string const& text(std::string_view name) const;  // text and path
    std::int64_t integer(std::string_view name) const;     // integer and bytes
    double number(std::string_view name) const;
    bool boolean(std::string_view name) const;
    Duration duration(std::string_view name) const;
    std::vector<std::string> list(std::string_view name) const;

    // "name = value" of everything that is not the default; secrets as "(set)".
    std::vector<std::string> const& changed() const { return changed_; }

  private:
    std::span<SettingSpec const> table_;
    std::map<std::string, std::string, std::less<>> values_;
    std::vector<std::string> changed_;
};

std::string settings_help(std::span<SettingSpec const> table);      // for --help
std::string settings_markdown(std::span<SettingSpec const> table);  // for docs/formats/settings.md

}  // namespace base
