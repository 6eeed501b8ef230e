#include "common/wire/fields.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "common/base/ids.hpp"
#include "common/wire/topics.hpp"
#include "common/domain/lease.hpp"

namespace wire {
namespace {

using base::json::Value;

constexpr std::int64_t kSafeInteger = (std::int64_t{1} << 53) - 1;

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alnum(char c) { return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z'); }

bool is_press_id(std::string_view text) {
    return text.size() >= 8 && text.size() <= 40 &&
           std::ranges::all_of(text, [](char c) { return is_alnum(c) || c == '-'; });
}

bool is_result_id(std::string_view text) {
    for (std::string_view const prefix : {std::string_view{"press-"}, domain::kLeaseIdPrefix})
        if (text.starts_with(prefix)) return is_press_id(text.substr(prefix.size()));
    return base::is_ulid(text);
}

bool is_nonce(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return is_alnum(c) || c == '.' || c == '_' || c == '-';
    });
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && (is_lower(text[0]) || is_digit(text[0])) &&
           std::ranges::all_of(text, [](char c) {
               return is_lower(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
           });
}

bool is_digest(std::string_view text) {
    return text.size() == 64 &&
           std::ranges::all_of(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

// The text of an integer too large for a double, in its one spelling.
std::optional<std::int64_t> large_integer(std::string_view text) {
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    bool const exact = error == std::errc{} && end == text.data() + text.size() &&
                       text == std::to_string(number);
    if (!exact || (number <= kSafeInteger && number >= -kSafeInteger)) return std::nullopt;
    return number;
}

// Length of the well-formed UTF-8 sequence at the front, 0 if there is none.
std::size_t sequence_length(std::string_view text) {
    for (std::size_t const length : {1U, 2U, 3U, 4U})
        if (length <= text.size() && base::json::is_utf8(text.substr(0, length))) return length;
    return 0;
}

}  // namespace

Shape const kUlid{base::is_ulid, "a ULID"};
Shape const kUlidOrNone{[](std::string_view text) { return text.empty() || base::is_ulid(text); },
                        "a ULID or empty"};
Shape const kResultId{is_result_id, "a ULID, press-<id> or lease-<id>"};
Shape const kPressId{is_press_id, "8 to 40 of A-Z a-z 0-9 -"};
Shape const kNonce{is_nonce, "1 to 64 of A-Z a-z 0-9 . _ -"};
Shape const kName{is_name, "a name: 1 to 64 of a-z 0-9 _ . -"};
Shape const kSite{is_site_name, "a site: 1 to 63 of a-z 0-9 -"};
Shape const kDigest{is_digest, "64 lower-case hex digits"};
Shape const kDigestOrNone{[](std::string_view text) { return text.empty() || is_digest(text); },
                          "64 lower-case hex digits or empty"};
Shape const kHealth{[](std::string_view text) {
                        return text == "healthy" || text == "degraded" || text == "unhealthy";
                    },
                    "healthy, degraded or unhealthy"};
Shape const kModeOrNone{[](std::string_view text) {
                            return text.empty() || text == "observe" || text == "ask" ||
                                   text == "auto";
                        },
                        "observe, ask, auto or empty"};

Reader::Reader(Fault& fault, Value object, std::string path)
    : fault_(&fault), object_(object), path_(std::move(path)) {
    if (!object_.is_object() && !fault_->error)
        fault_->error =
            base::Error{base::Code::invalid,
                        (path_.empty() ? std::string{"the message"} : "'" + path_ + "'") +
                            " must be an object"};
}

std::string Reader::where(std::string_view key) const {
    auto text = path_.empty() ? std::string{} : path_ + '.';
    text += key.substr(0, 40);
    return text;
}

void Reader::refuse(std::string_view key, std::string const& why) {
    if (!fault_->error)
        fault_->error = base::Error{base::Code::invalid, "'" + where(key) + "' " + why};
}

Value Reader::take(std::string_view key) {
    taken_.push_back(key);
    return object_[key];
}

void Reader::version() {
    if (take("v").integer() != 1) refuse("v", "must be 1, the version this program speaks");
}

void Reader::optional_version() {
    if (has("v")) version();
}

std::string Reader::text(std::string_view key, std::size_t bytes_max) {
    auto const value = take(key).string();
    if (!value) {
        refuse(key, "must be a string");
    } else if (value->size() > bytes_max) {
        refuse(key, "is longer than " + std::to_string(bytes_max) + " bytes");
    } else {
        return std::string{*value};
    }
    return {};
}

std::string Reader::text(std::string_view key, Shape const& shape) {
    auto const value = take(key).string();
    if (value && shape.matches(*value)) return std::string{*value};
    refuse(key, "must be " + std::string{shape.what});
    return {};
}

domain::HostId Reader::host(std::string_view key) {
    auto const value = take(key).string();
    if (auto host = domain::HostId::parse(value.value_or(""))) return *host;
    refuse(key, "must be a host id");
    return *domain::HostId::parse("none");
}

std::int64_t Reader::integer(std::string_view key, std::int64_t min, std::int64_t max) {
    auto const value = take(key);
    auto number = value.integer();
    // 2^53 + 1 reads as 2^53: from there on a number may stand for its neighbour.
    if (number && (*number > kSafeInteger || *number < -kSafeInteger)) number.reset();
    if (!number && value.is_string()) number = large_integer(*value.string());
    if (!number) {
        refuse(key, "must be a whole number (as a string from 2^53 on)");
    } else if (*number < min || *number > max) {
        refuse(key, "must lie between " + std::to_string(min) + " and " + std::to_string(max));
    } else {
        return *number;
    }
    return min;
}

double Reader::number(std::string_view key) {
    auto const value = take(key).number();
    if (!value) refuse(key, "must be a number");
    return value.value_or(0);
}

bool Reader::boolean(std::string_view key) {
    auto const value = take(key).boolean();
    if (!value) refuse(key, "must be true or false");
    return value.value_or(false);
}

base::WallTime Reader::time(std::string_view key) {
    auto const text = take(key).string();
    if (text && text->size() <= 40) {
        auto const time = base::parse_rfc3339(*text);
        if (time && base::to_rfc3339(*time) == *text) return *time;
    }
    refuse(key, "must be a time like 2026-01-31T08:05:09.042Z");
    return {};
}

std::optional<base::WallTime> Reader::optional_time(std::string_view key) {
    if (!has(key)) return std::nullopt;
    return time(key);
}

base::Duration Reader::seconds(std::string_view key, base::Duration max) {
    auto const value = take(key).number();
    double const ms = value.value_or(-1) * 1000;
    double const whole = std::round(ms);
    // The tolerance is for decimal fractions that a double cannot hold, not for half milliseconds.
    if (!value || whole < 0 || whole > static_cast<double>(max.count()) ||
        std::abs(ms - whole) > 1e-3) {
        refuse(key, "must be seconds, to the millisecond, between 0 and " +
                        std::to_string(max.count() / 1000));
        return {};
    }
    return base::Duration{static_cast<std::int64_t>(whole)};
}

std::map<std::string, std::string> Reader::entries(std::string_view key, EntryCaps const& caps) {
    std::map<std::string, std::string> map;
    auto const object = take(key);
    if (!object.is_object()) {
        refuse(key, "must be an object of strings");
        return map;
    }
    if (object.size() > caps.count)
        refuse(key, "has more than " + std::to_string(caps.count) + " entries");
    for (auto const& member : object.children()) {
        auto const value = member.string();
        if (!value || value->size() > caps.value_bytes || member.key().empty() ||
            member.key().size() > caps.key_bytes) {
            refuse(key, "must map short names to strings of at most " +
                            std::to_string(caps.value_bytes) + " bytes");
            return {};
        }
        map.emplace(member.key(), *value);
    }
    return map;
}

std::vector<std::string> Reader::texts(std::string_view key, std::size_t count_max,
                                       std::size_t bytes_max) {
    std::vector<std::string> list;
    auto const array = take(key);
    if (!array.is_array() || array.size() > count_max) {
        refuse(key, "must be a list of at most " + std::to_string(count_max) + " strings");
        return list;
    }
    for (auto const& element : array.children()) {
        auto const value = element.string();
        if (!value || value->size() > bytes_max) {
            refuse(key, "must hold strings of at most " + std::to_string(bytes_max) + " bytes");
            return {};
        }
        list.emplace_back(*value);
    }
    return list;
}

Reader Reader::object(std::string_view key) { return Reader{*fault_, take(key), where(key)}; }

std::vector<Value> Reader::rest() const {
    std::vector<Value> members;
    for (auto const& member : object_.children())
        if (std::ranges::find(taken_, member.key()) == taken_.end()) members.push_back(member);
    return members;
}

void Reader::finish(Keys keys) {
    if (keys == Keys::open) return;
    auto const unknown = rest();
    if (!unknown.empty()) refuse(unknown.front().key(), "is not a key of this message");
}

void put_integer(base::json::Writer& writer, std::string_view key, std::int64_t number) {
    if (number > kSafeInteger || number < -kSafeInteger)
        writer.member(key, std::to_string(number));
    else
        writer.member(key, number);
}

void put_time(base::json::Writer& writer, std::string_view key, base::WallTime time) {
    writer.member(key, base::to_rfc3339(time));
}

void put_seconds(base::json::Writer& writer, std::string_view key, base::Duration duration) {
    auto const ms = std::max<std::int64_t>(0, duration.count());
    auto text = std::to_string(ms / 1000);
    if (ms % 1000 != 0) {
        text += '.' + std::to_string(1000 + ms % 1000).substr(1);
        while (text.back() == '0') text.pop_back();
    }
    writer.key(key).raw(text);
}

std::size_t escaped_size(std::string_view text) {
    std::size_t size = 0;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        size += c == '"' || c == '\\' || c == '\n' ? 2U : (byte < 0x20 || byte == 0x7F ? 6U : 1U);
    }
    return size;
}

std::string clean_text(std::string_view text, std::size_t bytes_max) {
    constexpr std::string_view kUnreadable = "\xEF\xBF\xBD";
    constexpr std::string_view kCut = "\xE2\x80\xA6";
    std::string clean;
    clean.reserve(std::min(text.size(), bytes_max));
    std::size_t size = 0;
    std::size_t cut_at = 0;  // the longest prefix that leaves room for the mark
    while (!text.empty()) {
        auto const length = text.front() == '\0' ? 0 : sequence_length(text);
        auto const piece = length == 0 ? kUnreadable : text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
        size += escaped_size(piece);
        if (size > bytes_max) {
            clean.resize(cut_at);
            return bytes_max < kCut.size() ? clean : clean.append(kCut);
        }
        clean += piece;
        if (size + kCut.size() <= bytes_max) cut_at = clean.size();
    }
    return clean;
}

void put_text(base::json::Writer& writer, std::string_view key, std::string_view text,
              std::size_t bytes_max) {
    writer.member(key, clean_text(text, bytes_max));
}

void put_texts(base::json::Writer& writer, std::string_view key,
               std::vector<std::string> const& texts) {
    writer.key(key).begin_array();
    for (auto const& text : texts) writer.value(text);
    writer.end_array();
}

}  // namespace wire
