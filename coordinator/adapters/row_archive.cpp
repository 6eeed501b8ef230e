#include "coordinator/adapters/row_archive.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "common/base/check.hpp"

namespace coordinator {

namespace {

template <class E>
bool take(std::optional<E> parsed, E& value) {
    if (parsed) value = *parsed;
    return parsed.has_value();
}

constexpr std::int64_t kExactMax = std::int64_t{1} << 53;

template <class Integer>
bool get_integer(base::json::Value node, Integer& number) {
    if (auto const small = node.integer()) {
        number = static_cast<Integer>(*small);
        return *small >= 0 || std::is_signed_v<Integer>;
    }
    auto const text = node.string().value_or("");
    auto const [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
    return wrong == std::errc{} && end == text.data() + text.size() && !text.empty();
}

constexpr domain::NameTable<MetricsAnswer, 4> kAnswers{{
    {MetricsAnswer::firing, "firing"},
    {MetricsAnswer::clear, "clear"},
    {MetricsAnswer::unknown, "unknown"},
    {MetricsAnswer::away, "away"},
}};

}  // namespace

template <>
domain::HostId blank() {
    auto const host = domain::HostId::parse("blank");
    CHECK(host);
    return *host;
}

// Only the host needs a value: the others have theirs, and so have fields that are added later.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
template <>
domain::Subject blank() {
    return {.host = blank<domain::HostId>()};
}
template <>
domain::Plan blank() {
    return {.host = blank<domain::HostId>(), .subject = blank<domain::Subject>()};
}
template <>
domain::Attempt blank() {
    return {.plan = blank<domain::Plan>()};
}
template <>
domain::Lease blank() {
    return {.host = blank<domain::HostId>()};
}
template <>
domain::Command blank() {
    return {.host = blank<domain::HostId>()};
}
template <>
CommandRow blank() {
    return {.command = blank<domain::Command>()};
}
template <>
HostRow blank() {
    return {.host = blank<domain::HostId>()};
}
#pragma GCC diagnostic pop

std::string_view enum_text(MetricsAnswer value) { return domain::name_of(kAnswers, value); }
bool enum_value(std::string_view text, MetricsAnswer& value) {
    return take(domain::value_of(kAnswers, text), value);
}
bool enum_value(std::string_view text, domain::SignalSource& value) {
    return take(domain::parse_signal_source(text), value);
}
bool enum_value(std::string_view text, domain::SubjectKind& value) {
    return take(domain::parse_subject_kind(text), value);
}
bool enum_value(std::string_view text, domain::CommandState& value) {
    return take(domain::parse_command_state(text), value);
}
bool enum_value(std::string_view text, domain::ResultCode& value) {
    return take(domain::parse_result_code(text), value);
}
bool enum_value(std::string_view text, domain::IncidentState& value) {
    return take(domain::parse_incident_state(text), value);
}
bool enum_value(std::string_view text, domain::PlanOrigin& value) {
    return take(domain::parse_plan_origin(text), value);
}
bool enum_value(std::string_view text, domain::Risk& value) {
    return take(domain::parse_risk(text), value);
}
bool enum_value(std::string_view text, domain::Outcome& value) {
    return take(domain::parse_outcome(text), value);
}

void RowWriter::put(std::int64_t number) {
    if (number > kExactMax || number < -kExactMax)
        writer_.value(std::to_string(number));
    else
        writer_.value(number);
}

void RowWriter::put(std::uint64_t number) {
    if (number > static_cast<std::uint64_t>(kExactMax))
        writer_.value(std::to_string(number));
    else
        writer_.value(number);
}

void RowWriter::put(std::string const& text) {
    // The reader refuses NUL (it would end a C string in the middle), so none is ever written.
    if (text.find('\0') == std::string::npos) {
        writer_.value(text);
        return;
    }
    std::string clean = text;
    std::replace(clean.begin(), clean.end(), '\0', '?');
    writer_.value(clean);
}

void RowWriter::put(std::map<std::string, std::string> const& entries) {
    writer_.begin_object();
    for (auto const& [name, text] : entries) {
        writer_.key(name);
        put(text);
    }
    writer_.end_object();
}

bool RowReader::get(base::json::Value node, std::string& text) {
    auto const found = node.string();
    if (found) text = *found;
    return found.has_value();
}

bool RowReader::get(base::json::Value node, std::int64_t& number) {
    return get_integer(node, number);
}

bool RowReader::get(base::json::Value node, std::uint64_t& number) {
    return get_integer(node, number);
}

bool RowReader::get(base::json::Value node, int& number) {
    auto const found = node.integer();
    if (!found || *found < std::numeric_limits<int>::min() ||
        *found > std::numeric_limits<int>::max())
        return false;
    number = static_cast<int>(*found);
    return true;
}

bool RowReader::get(base::json::Value node, bool& truth) {
    auto const found = node.boolean();
    if (found) truth = *found;
    return found.has_value();
}

bool RowReader::get(base::json::Value node, base::WallTime& time) {
    auto const found = node.integer();
    if (found) time = base::wall_from_unix_ms(*found);
    return found.has_value();
}

bool RowReader::get(base::json::Value node, base::Duration& duration) {
    auto const found = node.integer();
    if (found) duration = base::Duration{*found};
    return found.has_value();
}

bool RowReader::get(base::json::Value node, domain::HostId& host) {
    auto const text = node.string();
    auto const found = text ? domain::HostId::parse(*text) : std::nullopt;
    if (found) host = *found;
    return found.has_value();
}

bool RowReader::get(base::json::Value node, std::map<std::string, std::string>& entries) {
    if (!node.is_object()) return false;
    for (auto const child : node.children()) {
        auto const text = child.string();
        if (!text) return false;
        entries.emplace(child.key(), *text);
    }
    return true;
}

}  // namespace coordinator
