#include "common/base/json.hpp"

#include <cjson/cJSON.h>
#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <unordered_set>

namespace base::json {
namespace {

// Length of the UTF-8 sequence at the front of `text`, 0 if it is not well-formed (RFC 3629:
// no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t utf8_length(std::string_view text) {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    auto const tail = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0U) == 0x80U; };
    unsigned const lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        if (!tail(1) || !tail(2)) return 0;
        if (lead == 0xE0 && byte(1) < 0xA0) return 0;
        if (lead == 0xED && byte(1) > 0x9F) return 0;
        return 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if (!tail(1) || !tail(2) || !tail(3)) return 0;
        if (lead == 0xF0 && byte(1) < 0x90) return 0;
        if (lead == 0xF4 && byte(1) > 0x8F) return 0;
        return 4;
    }
    return 0;
}

// Goes over the raw bytes once before cJSON sees them: what it would let pass is refused here.
class Scanner {
  public:
    Scanner(std::string_view text, int depth_max) : text_(text), depth_max_(depth_max) {}

    Status scan() {
        while (at_ < text_.size()) {
            char const c = text_[at_];
            if (c == '"') {
                if (auto const ok = string(); !ok) return ok;
            } else if (c == '{' || c == '[') {
                if (++depth_ > depth_max_)
                    return fail(Code::invalid, fmt::format("nested deeper than {}", depth_max_));
                ++at_;
            } else if (c == '}' || c == ']') {
                --depth_;
                ++at_;
            } else if (c == '-' || (c >= '0' && c <= '9')) {
                if (auto const ok = number(); !ok) return ok;
            } else if (std::strchr(" \t\r\n,:truefalsn", c) != nullptr && c != '\0') {
                ++at_;
            } else {
                return fail(Code::invalid, fmt::format("unexpected byte 0x{:02x} at {}",
                                                       static_cast<unsigned char>(c), at_));
            }
        }
        return {};
    }

  private:
    Status string() {
        for (++at_; at_ < text_.size(); ++at_) {
            auto const c = static_cast<unsigned char>(text_[at_]);
            if (c == '"') {
                ++at_;
                return {};
            }
            if (c < 0x20) return fail(Code::invalid, fmt::format("control byte at {}", at_));
            if (c == '\\') {
                if (text_.substr(at_, 6) == "\\u0000")
                    return fail(Code::invalid, fmt::format("\\u0000 at {}", at_));
                ++at_;
            } else if (c >= 0x80) {
                auto const length = utf8_length(text_.substr(at_));
                if (length == 0) return fail(Code::invalid, fmt::format("not UTF-8 at {}", at_));
                at_ += length - 1;
            }
        }
        return fail(Code::invalid, "unterminated string");
    }

    std::size_t digits() {
        auto const start = at_;
        while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
        return at_ - start;
    }

    bool take(std::string_view any) {
        if (at_ >= text_.size() || any.find(text_[at_]) == std::string_view::npos) return false;
        ++at_;
        return true;
    }

    Status number() {
        auto const start = at_;
        auto const bad = [&] {
            return fail(Code::invalid, fmt::format("malformed number at {}", start));
        };
        take("-");
        bool const zero_first = at_ < text_.size() && text_[at_] == '0';
        auto const whole = digits();
        if (whole == 0 || (zero_first && whole > 1)) return bad();
        if (take(".") && digits() == 0) return bad();
        if (take("eE")) {
            take("+-");
            if (digits() == 0) return bad();
        }
        if (at_ - start > 40) return bad();
        return {};
    }

    std::string_view text_;
    int depth_max_;
    int depth_ = 0;
    std::size_t at_ = 0;
};

Status refuse_duplicates(cJSON const* node) {
    if (cJSON_IsNumber(node) && !std::isfinite(node->valuedouble))
        return fail(Code::invalid, "number out of range");
    std::unordered_set<std::string_view> seen;
    for (cJSON const* child = node->child; child != nullptr; child = child->next) {
        if (cJSON_IsObject(node) && !seen.insert(child->string).second)
            return fail(Code::invalid, fmt::format("duplicate key '{}'",
                                                   std::string_view{child->string}.substr(0, 40)));
        if (auto const ok = refuse_duplicates(child); !ok) return ok;
    }
    return {};
}

}  // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        auto const length = utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

bool Value::is_object() const { return cJSON_IsObject(node_); }
bool Value::is_array() const { return cJSON_IsArray(node_); }
bool Value::is_string() const { return cJSON_IsString(node_); }
bool Value::is_number() const { return cJSON_IsNumber(node_); }
bool Value::is_bool() const { return cJSON_IsBool(node_); }
bool Value::is_null() const { return cJSON_IsNull(node_); }

Value Value::operator[](std::string_view key) const {
    if (!is_object()) return {};
    for (cJSON const* child = node_->child; child != nullptr; child = child->next)
        if (child->string == key) return Value{child};
    return {};
}

std::optional<std::string_view> Value::string() const {
    if (!is_string()) return std::nullopt;
    return node_->valuestring;
}

std::optional<double> Value::number() const {
    if (!is_number()) return std::nullopt;
    return node_->valuedouble;
}

std::optional<std::int64_t> Value::integer() const {
    constexpr double kExact = 9007199254740992.0;  // 2^53: beyond it doubles skip whole numbers
    auto const value = number();
    if (!value || std::floor(*value) != *value || std::abs(*value) > kExact) return std::nullopt;
    return static_cast<std::int64_t>(*value);
}

std::optional<bool> Value::boolean() const {
    if (!is_bool()) return std::nullopt;
    return cJSON_IsTrue(node_) != 0;
}

std::string_view Value::key() const {
    return node_ != nullptr && node_->string != nullptr ? node_->string : std::string_view{};
}

std::vector<Value> Value::children() const {
    std::vector<Value> list;
    if (!is_object() && !is_array()) return list;
    for (cJSON const* child = node_->child; child != nullptr; child = child->next)
        list.emplace_back(child);
    return list;
}

std::size_t Value::size() const { return children().size(); }

std::optional<std::string_view> Value::unknown_key(
    std::vector<std::string_view> const& allowed) const {
    for (auto const& member : children()) {
        bool known = false;
        for (auto const name : allowed) known = known || name == member.key();
        if (!known) return member.key();
    }
    return std::nullopt;
}

std::string Value::dump() const {
    if (node_ == nullptr) return "null";
    std::unique_ptr<char, void (*)(void*)> const text{cJSON_PrintUnformatted(node_), cJSON_free};
    return text ? std::string{text.get()} : std::string{"null"};
}

void Document::Deleter::operator()(cJSON* tree) const { cJSON_Delete(tree); }

Result<Document> Document::parse(std::string_view text, Limits limits) {
    if (text.size() > limits.bytes_max)
        return fail(Code::invalid,
                    fmt::format("{} bytes, more than {}", text.size(), limits.bytes_max));
    if (auto const ok = Scanner{text, limits.depth_max}.scan(); !ok)
        return tl::make_unexpected(ok.error());
    char const* end = nullptr;
    cJSON* const tree = cJSON_ParseWithLengthOpts(text.data(), text.size(), &end, 0);
    if (tree == nullptr)
        return fail(Code::invalid, fmt::format("malformed JSON at byte {}",
                                               end != nullptr ? end - text.data() : 0));
    Document document{tree};
    auto const rest = text.substr(static_cast<std::size_t>(end - text.data()));
    if (rest.find_first_not_of(" \t\r\n") != std::string_view::npos)
        return fail(Code::invalid, "text after the end of the JSON value");
    if (auto const ok = refuse_duplicates(tree); !ok) return tl::make_unexpected(ok.error());
    return document;
}

Result<std::string> need_string(Value object, std::string_view key) {
    auto const text = object[key].string();
    if (!text) return fail(Code::invalid, fmt::format("'{}' must be a string", key));
    return std::string{*text};
}

Result<std::int64_t> need_integer(Value object, std::string_view key) {
    auto const number = object[key].integer();
    if (!number) return fail(Code::invalid, fmt::format("'{}' must be a whole number", key));
    return *number;
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        auto const c = static_cast<unsigned char>(text.front());
        std::size_t length = 1;
        if (c == '"' || c == '\\') {
            out += '\\';
            out += text.front();
        } else if (c == '\n') {
            out += "\\n";
        } else if (c < 0x20 || c == 0x7F) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
        } else if (length = utf8_length(text); length == 0) {
            out += "\xEF\xBF\xBD";  // U+FFFD
            length = 1;
        } else {
            out.append(text.substr(0, length));
        }
        text.remove_prefix(length);
    }
    out += '"';
}

void Writer::separate() {
    if (!fresh_) text_ += ',';
    fresh_ = false;
}

Writer& Writer::begin_object() {
    separate();
    text_ += '{';
    fresh_ = true;
    return *this;
}

Writer& Writer::end_object() {
    text_ += '}';
    fresh_ = false;
    return *this;
}

Writer& Writer::begin_array() {
    separate();
    text_ += '[';
    fresh_ = true;
    return *this;
}

Writer& Writer::end_array() {
    text_ += ']';
    fresh_ = false;
    return *this;
}

Writer& Writer::key(std::string_view name) {
    separate();
    append_quoted(text_, name);
    text_ += ':';
    fresh_ = true;
    return *this;
}

Writer& Writer::value(std::string_view text) {
    separate();
    append_quoted(text_, text);
    return *this;
}

Writer& Writer::value(std::int64_t number) { return raw(fmt::format_int{number}.c_str()); }
Writer& Writer::value(std::uint64_t number) { return raw(fmt::format_int{number}.c_str()); }
Writer& Writer::value(bool truth) { return raw(truth ? "true" : "false"); }
Writer& Writer::null() { return raw("null"); }

Writer& Writer::value(double number) {
    return std::isfinite(number) ? raw(fmt::format("{}", number)) : null();
}

Writer& Writer::raw(std::string_view json) {
    separate();
    text_ += json;
    return *this;
}

}  // namespace base::json
