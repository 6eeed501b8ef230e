#include "coordinator/adapters/http/alertmanager_payload.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "common/base/json.hpp"

namespace coordinator::http {
namespace {

using base::Code;
using base::Result;
using base::json::Value;

bool is_fingerprint(std::string_view text) {
    return !text.empty() && text.size() <= 64 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
           });
}

// Control characters become spaces: they would forge lines in logs and terminals.
std::string cleaned(std::string_view text, bool keep_lines) {
    std::string out{text};
    for (char& c : out) {
        auto const byte = static_cast<unsigned char>(c);
        bool const is_line = c == '\n' || c == '\t';
        if ((byte < 0x20 || byte == 0x7F) && !(keep_lines && is_line)) c = ' ';
    }
    return out;
}

// At most `bytes_max`, never in the middle of a UTF-8 character.
std::string cut(std::string text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text.resize(end);
    return text + "…";
}

Result<domain::Labels> read_labels(Value object, std::string_view what, bool exact) {
    domain::Labels labels;
    if (!object.present() || object.is_null()) return labels;
    if (!object.is_object())
        return base::fail(Code::invalid, fmt::format("{} is not an object", what));
    if (object.size() > kLabelsMax)
        return base::fail(Code::invalid, fmt::format("more than {} {}", kLabelsMax, what));
    for (auto const& member : object.children()) {
        auto const name = member.key();
        auto const value = member.string();
        if (name.empty() || name.size() > kLabelNameBytesMax)
            return base::fail(Code::invalid,
                              fmt::format("{}: a name is empty or too long", what));
        if (!value)
            return base::fail(Code::invalid, fmt::format("{}: '{}' is not a string", what,
                                                         cleaned(name, false)));
        if (exact && value->size() > kLabelBytesMax)
            return base::fail(Code::invalid,
                              fmt::format("{}: '{}' is longer than {} bytes", what,
                                          cleaned(name, false), kLabelBytesMax));
        labels.emplace(name, *value);
    }
    return labels;
}

// Go's zero time and anything before 1970 mean "not set".
Result<std::optional<base::WallTime>> read_time(Value value, std::string_view what) {
    if (!value.present() || value.is_null()) return std::nullopt;
    auto const text = value.string();
    if (!text) return base::fail(Code::invalid, fmt::format("{} is not a string", what));
    if (text->empty()) return std::nullopt;
    auto const time = base::parse_rfc3339(*text);
    if (!time) return base::fail(Code::invalid, fmt::format("{} is not a time", what));
    if (*time <= base::WallTime{}) return std::nullopt;
    return *time;
}

struct Times {
    std::optional<base::WallTime> starts_at, ends_at;
};

Result<Times> read_times(Value alert) {
    auto const starts = read_time(alert["startsAt"], "startsAt");
    if (!starts) return tl::make_unexpected(starts.error());
    auto const ends = read_time(alert["endsAt"], "endsAt");
    if (!ends) return tl::make_unexpected(ends.error());
    return Times{*starts, *ends};
}

void clean_labels(domain::Labels& labels, bool annotations) {
    domain::Labels clean;
    for (auto const& [name, value] : labels) {
        auto text = cleaned(value, annotations);
        clean.emplace(cleaned(name, false),
                      annotations ? cut(std::move(text), kAnnotationBytesMax) : std::move(text));
    }
    labels = std::move(clean);
}

Result<domain::Signal> read_alert(Value alert) {
    if (!alert.is_object()) return base::fail(Code::invalid, "an alert is not an object");
    domain::Signal signal;
    signal.source = domain::SignalSource::alertmanager;
    auto const status = alert["status"].string();
    if (!status || (*status != "firing" && *status != "resolved"))
        return base::fail(Code::invalid, "status is neither \"firing\" nor \"resolved\"");
    signal.firing = *status == "firing";

    auto labels = read_labels(alert["labels"], "labels", true);
    if (!labels) return tl::make_unexpected(labels.error());
    auto annotations = read_labels(alert["annotations"], "annotations", false);
    if (!annotations) return tl::make_unexpected(annotations.error());
    auto const times = read_times(alert);
    if (!times) return tl::make_unexpected(times.error());

    auto const sent = alert["fingerprint"].string();
    // Over the labels as they came, so that cleaning never joins two series.
    signal.fingerprint =
        sent && is_fingerprint(*sent) ? std::string{*sent} : fingerprint_of(*labels);
    signal.labels = std::move(*labels);
    clean_labels(signal.labels, false);
    signal.annotations = std::move(*annotations);
    clean_labels(signal.annotations, true);

    auto const name = signal.labels.find("alertname");
    if (name == signal.labels.end() || name->second.empty())
        return base::fail(Code::invalid, "there is no label alertname");
    signal.name = name->second;
    auto const severity = signal.labels.find("severity");
    signal.severity = severity == signal.labels.end() ? "warning" : severity->second;
    signal.starts_at = times->starts_at.value_or(base::WallTime{});
    // A firing alert has no end yet, whatever its sender fills in there.
    if (!signal.firing) signal.ends_at = times->ends_at;
    return signal;
}

}  // namespace

Result<std::vector<ReadAlert>> parse_alertmanager(std::string_view body) {
    auto const document = base::json::Document::parse(body, {.bytes_max = kWebhookBytesMax});
    if (!document)
        return tl::make_unexpected(base::with_context("malformed JSON")(document.error()));
    auto const root = document->root();
    if (!root.is_object()) return base::fail(Code::invalid, "the body is not an object");
    auto const version = root["version"];
    if (version.present() && version.string() != "4")
        return base::fail(Code::invalid, "version is not \"4\"");
    auto const alerts = root["alerts"];
    if (!alerts.is_array()) return base::fail(Code::invalid, "alerts is not a list");
    if (alerts.size() > kAlertsMax)
        return base::fail(Code::invalid,
                          fmt::format("more than {} alerts in one request", kAlertsMax));

    std::vector<ReadAlert> read;
    for (auto const& alert : alerts.children()) {
        auto signal = read_alert(alert);
        if (signal) {
            read.emplace_back(std::move(*signal));
            continue;
        }
        auto const sent = alert["fingerprint"].string();
        read.emplace_back(RefusedAlert{sent && is_fingerprint(*sent) ? std::string{*sent} : "",
                                       signal.error().message});
    }
    return read;
}

std::string fingerprint_of(domain::Labels const& labels) {
    constexpr std::uint64_t kOffset = 14695981039346656037ULL;
    constexpr std::uint64_t kPrime = 1099511628211ULL;
    std::uint64_t sum = kOffset;
    auto const add = [&sum](unsigned char byte) { sum = (sum ^ byte) * kPrime; };
    auto const add_text = [&add](std::string const& text) {
        for (char const c : text) add(static_cast<unsigned char>(c));
        add(0xFF);
    };
    for (auto const& [name, value] : labels) {
        add_text(name);
        add_text(value);
    }
    return fmt::format("{:016x}", sum);
}

}  // namespace coordinator::http
