#include "common/base/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>
#include <utility>

#include "common/base/check.hpp"
#include "common/base/files.hpp"
#include "common/base/nearest.hpp"
#include "common/base/toml.hpp"

namespace base {
namespace {

// Lists are kept as one text; a newline inside an element is refused.
constexpr char kListSeparator = '\n';

std::string_view name_of(SettingType type) {
    switch (type) {
        case SettingType::text: return "text";
        case SettingType::path: return "path";
        case SettingType::integer: return "whole number";
        case SettingType::number: return "number";
        case SettingType::boolean: return "true or false";
        case SettingType::duration: return "duration";
        case SettingType::bytes: return "size";
        case SettingType::list: return "list";
    }
    return "text";
}

std::optional<double> parse_number(std::string_view text) {
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    bool const whole = error == std::errc{} && end == text.data() + text.size();
    return whole && std::isfinite(value) ? std::optional{value} : std::nullopt;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    bool const whole = error == std::errc{} && end == text.data() + text.size();
    return whole ? std::optional{value} : std::nullopt;
}

// "65536", "64KiB", "1.5MiB": whole bytes.
std::optional<std::int64_t> parse_bytes(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, double>, 4> kUnits{{
        {"KiB", 1024.0},
        {"MiB", 1024.0 * 1024},
        {"GiB", 1024.0 * 1024 * 1024},
        {"B", 1.0},
    }};
    double scale = 1;
    for (auto const& [unit, value] : kUnits) {
        if (!text.ends_with(unit)) continue;
        text.remove_suffix(unit.size());
        scale = value;
        break;
    }
    auto const number = parse_number(text);
    if (!number || *number < 0 || *number * scale > 9e15) return std::nullopt;
    return static_cast<std::int64_t>(std::llround(*number * scale));
}

// A number to compare with bounds; nothing if the text is not of this type.
std::optional<double> magnitude(SettingType type, std::string_view text) {
    switch (type) {
        case SettingType::integer:
            if (auto const value = parse_integer(text)) return static_cast<double>(*value);
            return std::nullopt;
        case SettingType::bytes:
            if (auto const value = parse_bytes(text)) return static_cast<double>(*value);
            return std::nullopt;
        case SettingType::number: return parse_number(text);
        case SettingType::duration:
            if (auto const value = parse_duration(text)) return static_cast<double>(value->count());
            return std::nullopt;
        default: return std::nullopt;
    }
}

// One spelling per value, so that "90s" does not differ from a default of "1m30s".
std::string canonical(SettingType type, std::string_view text) {
    if (type == SettingType::duration)
        if (auto const value = parse_duration(text)) return to_text(*value);
    if (type == SettingType::bytes)
        if (auto const value = parse_bytes(text)) return std::to_string(*value);
    if (type == SettingType::number)
        if (auto const value = parse_number(text)) return fmt::format("{}", *value);
    if (type != SettingType::list) return std::string{text};
    std::string list;
    while (!text.empty()) {
        auto const end = std::min(text.find(','), text.size());
        auto element = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (element.starts_with(' ')) element.remove_prefix(1);
        while (element.ends_with(' ')) element.remove_suffix(1);
        if (element.empty()) continue;
        if (!list.empty()) list += kListSeparator;
        list += element;
    }
    return list;
}

// Numbers as TOML numbers, durations and sizes as texts with their unit; a size may be a number.
std::optional<std::string> text_of(toml::Value const& value, SettingType type) {
    switch (type) {
        case SettingType::text:
        case SettingType::path:
        case SettingType::duration: return value.string();
        case SettingType::integer:
            if (auto const whole = value.integer()) return std::to_string(*whole);
            return std::nullopt;
        case SettingType::bytes:
            if (auto const whole = value.integer()) return std::to_string(*whole);
            return value.string();
        case SettingType::number:
            if (auto const number = value.number()) return fmt::format("{}", *number);
            return std::nullopt;
        case SettingType::boolean:
            if (auto const truth = value.boolean()) return *truth ? "true" : "false";
            return std::nullopt;
        case SettingType::list: break;
    }
    if (!value.is_array()) return std::nullopt;
    std::string list;
    for (auto const& element : value.children()) {
        auto const text = element.string();
        if (!text || text->empty() || text->find(kListSeparator) != std::string::npos)
            return std::nullopt;
        if (!list.empty()) list += kListSeparator;
        list += *text;
    }
    return list;
}

Status check_bounds(SettingSpec const& spec, std::string_view text) {
    if (spec.least.empty() && spec.most.empty()) return {};
    auto const value = magnitude(spec.type, text);
    auto const least = magnitude(spec.type, spec.least);
    auto const most = magnitude(spec.type, spec.most);
    if ((least && *value < *least) || (most && *value > *most))
        return fail(Code::invalid,
                    fmt::format("'{}' is {}; it must be {}{}{}{}", spec.name, text,
                                least ? "at least " : "", spec.least,
                                most ? (least ? " and at most " : "at most ") : "", spec.most));
    return {};
}

Result<std::string> read_value(SettingSpec const& spec, toml::Value const& value) {
    auto const wrong = [&](std::string_view more) {
        return fail(Code::invalid, fmt::format("{}: '{}' must be a {}{}", value.where(), spec.name,
                                               name_of(spec.type), more));
    };
    auto text = text_of(value, spec.type);
    bool const numeric = spec.type == SettingType::duration || spec.type == SettingType::bytes ||
                         spec.type == SettingType::integer || spec.type == SettingType::number;
    if (!text || (numeric && !magnitude(spec.type, *text))) {
        if (spec.type == SettingType::duration) return wrong(" in quotes, like \"1h30m\"");
        if (spec.type == SettingType::bytes) return wrong(" like \"64KiB\"");
        if (spec.type == SettingType::list) return wrong(" of texts, like [\"a\", \"b\"]");
        return wrong("");
    }
    if (auto const bounds = check_bounds(spec, *text); !bounds)
        return fail(bounds.error().code, value.where() + ": " + bounds.error().message);
    if (spec.required && text->empty())
        return fail(Code::invalid, fmt::format("{}: '{}' is empty", value.where(), spec.name));
    return spec.type == SettingType::list ? std::move(*text) : canonical(spec.type, *text);
}

SettingSpec const* find(std::span<SettingSpec const> table, std::string_view name) {
    auto const found = std::ranges::find(table, name, &SettingSpec::name);
    return found == table.end() ? nullptr : &*found;
}

bool is_folder_of(std::span<SettingSpec const> table, std::string_view name) {
    auto const prefix = std::string{name} + ".";
    return std::ranges::any_of(table,
                               [&](SettingSpec const& s) { return s.name.starts_with(prefix); });
}

Error unknown_key(std::span<SettingSpec const> table, toml::Value const& value,
                  std::string_view name) {
    std::vector<std::string_view> known;
    for (auto const& spec : table) {
        known.push_back(spec.name);
        if (auto const dot = spec.name.find('.'); dot != std::string_view::npos)
            known.push_back(spec.name.substr(0, dot));
    }
    auto message = fmt::format("{}: unknown key '{}'", value.where(), name);
    if (auto const meant = nearest(name, known); !meant.empty())
        message += fmt::format("; did you mean '{}'?", meant);
    return Error{Code::invalid, std::move(message)};
}

using Values = std::map<std::string, std::string, std::less<>>;

Status read_table(std::span<SettingSpec const> table, toml::Value const& folder,
                  std::string const& prefix, Values& values) {
    for (auto const& member : folder.children()) {
        auto const name = prefix + member.key();
        if (auto const* spec = find(table, name)) {
            auto text = read_value(*spec, member);
            if (!text) return tl::make_unexpected(std::move(text.error()));
            values.insert_or_assign(name, std::move(*text));
        } else if (member.is_table() && is_folder_of(table, name)) {
            auto const status = read_table(table, member, name + ".", values);
            if (!status) return status;
        } else {
            return tl::make_unexpected(unknown_key(table, member, name));
        }
    }
    return {};
}

std::string shown(SettingSpec const& spec, std::string const& value) {
    if (spec.secret) return value.empty() ? "(not set)" : "(set)";
    auto text = value;
    std::ranges::replace(text, kListSeparator, ',');
    return text;
}

std::string bounds_text(SettingSpec const& spec) {
    if (spec.least.empty() && spec.most.empty()) return {};
    if (spec.most.empty()) return fmt::format("at least {}", spec.least);
    if (spec.least.empty()) return fmt::format("at most {}", spec.most);
    return fmt::format("{} to {}", spec.least, spec.most);
}

std::string default_text(SettingSpec const& spec) {
    if (spec.required) return "required";
    if (spec.secret || spec.otherwise.empty()) return "unset";
    return std::string{spec.otherwise};
}

void check_asked(std::span<SettingSpec const> table, std::string_view name,
                 std::initializer_list<SettingType> types) {
    auto const* spec = find(table, name);
    CHECK(spec != nullptr);
    CHECK(std::ranges::find(types, spec->type) != types.end());
}

}  // namespace

Result<Settings> Settings::parse(std::span<SettingSpec const> table, std::string_view text,
                                 std::string const& file) {
    auto const document = toml::Document::parse(text, file);
    if (!document) return tl::make_unexpected(document.error());
    Settings settings;
    settings.table_ = table;
    auto const status = read_table(table, document->root(), "", settings.values_);
    if (!status) return tl::make_unexpected(status.error());

    auto const folder = std::filesystem::path{file}.parent_path();
    for (auto const& spec : table) {
        auto const [entry, is_default] =
            settings.values_.try_emplace(std::string{spec.name},
                                         canonical(spec.type, spec.otherwise));
        if (is_default && spec.required)
            return fail(Code::invalid,
                        fmt::format("{}: '{}' is missing: {}", file, spec.name, spec.what));
        auto& value = entry->second;
        if (value != canonical(spec.type, spec.otherwise))
            settings.changed_.push_back(fmt::format("{} = {}", spec.name, shown(spec, value)));
        if (spec.type == SettingType::path && !value.empty() && value.front() != '/')
            value = (folder / value).lexically_normal().string();
    }
    return settings;
}

Result<Settings> Settings::load(std::span<SettingSpec const> table, std::string const& file) {
    auto const text = read_file(file);
    if (!text) return tl::make_unexpected(text.error());
    return parse(table, *text, file);
}

std::string const& Settings::text(std::string_view name) const {
    check_asked(table_, name, {SettingType::text, SettingType::path});
    return values_.find(name)->second;
}

std::int64_t Settings::integer(std::string_view name) const {
    check_asked(table_, name, {SettingType::integer, SettingType::bytes});
    auto const value = parse_integer(values_.find(name)->second);
    CHECK(value.has_value());  // else the table's own default is not a number
    return *value;
}

double Settings::number(std::string_view name) const {
    check_asked(table_, name, {SettingType::number});
    auto const value = parse_number(values_.find(name)->second);
    CHECK(value.has_value());
    return *value;
}

bool Settings::boolean(std::string_view name) const {
    check_asked(table_, name, {SettingType::boolean});
    return values_.find(name)->second == "true";
}

Duration Settings::duration(std::string_view name) const {
    check_asked(table_, name, {SettingType::duration});
    auto const value = parse_duration(values_.find(name)->second);
    CHECK(value.has_value());
    return *value;
}

std::vector<std::string> Settings::list(std::string_view name) const {
    check_asked(table_, name, {SettingType::list});
    std::string_view rest = values_.find(name)->second;
    std::vector<std::string> elements;
    while (!rest.empty()) {
        auto const end = std::min(rest.find(kListSeparator), rest.size());
        elements.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return elements;
}

std::string settings_help(std::span<SettingSpec const> table) {
    std::size_t width = 0;
    for (auto const& spec : table) width = std::max(width, spec.name.size());
    std::string help;
    for (auto const& spec : table) {
        auto const bounds = bounds_text(spec);
        help += fmt::format("  {:<{}}  {} ({}; {}{}{})\n", spec.name, width, spec.what,
                            name_of(spec.type), spec.required ? "" : "default ",
                            default_text(spec), bounds.empty() ? "" : "; " + bounds);
    }
    return help;
}

std::string settings_markdown(std::span<SettingSpec const> table) {
    std::string page =
        "| name | type | default | range | what |\n| --- | --- | --- | --- | --- |\n";
    for (auto const& spec : table) {
        auto const otherwise = default_text(spec);
        bool const literal = !spec.required && otherwise != "unset";
        page += fmt::format("| `{}` | {} | {} | {} | {} |\n", spec.name, name_of(spec.type),
                            literal ? "`" + otherwise + "`" : otherwise, bounds_text(spec),
                            spec.what);
    }
    return page;
}

}  // namespace base
