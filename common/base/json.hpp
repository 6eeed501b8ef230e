// JSON in and out. cJSON stays inside json.cpp.
//
// Reading is strict before it is convenient: size, depth and UTF-8 are checked over the raw bytes,
// and control bytes, "\u0000", duplicate keys, trailing text, "01", "1.", 1e400 and a byte order
// mark are refused (cJSON takes all of them; found by trying). Keys compare case-sensitively.
// Writing is a plain append to a string: no tree is built on a hot path.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

struct cJSON;

namespace base::json {

struct Limits {
    std::size_t bytes_max = 256 * 1024;
    int depth_max = 8;
};

// A view of one value inside a Document, which must outlive it. A default Value is "absent": every
// question about it answers no, so that optional keys need no special care.
class Value {
  public:
    Value() = default;
    explicit Value(cJSON const* node) : node_(node) {}

    bool present() const { return node_ != nullptr; }
    bool is_object() const;
    bool is_array() const;
    bool is_string() const;
    bool is_number() const;
    bool is_bool() const;
    bool is_null() const;

    Value operator[](std::string_view key) const;  // absent if not an object or no such key
    std::optional<std::string_view> string() const;
    std::optional<double> number() const;
    std::optional<std::int64_t> integer() const;  // a whole number within ±2^53
    std::optional<bool> boolean() const;

    std::string_view key() const;  // of an object's member; empty otherwise
    // Children in order: members of an object, elements of an array; none otherwise.
    std::vector<Value> children() const;
    std::size_t size() const;

    // For closed objects: the first key that is not in `allowed`, or nothing.
    std::optional<std::string_view> unknown_key(std::vector<std::string_view> const& allowed) const;

    std::string dump() const;  // compact text of this value; "null" if absent

  private:
    cJSON const* node_ = nullptr;
};

class Document {
  public:
    static Result<Document> parse(std::string_view text, Limits limits = {});
    Value root() const { return Value{tree_.get()}; }

  private:
    struct Deleter {
        void operator()(cJSON* tree) const;
    };
    explicit Document(cJSON* tree) : tree_(tree) {}
    std::unique_ptr<cJSON, Deleter> tree_;
};

// Required members of an object, with a message that names the key: for codecs.
Result<std::string> need_string(Value object, std::string_view key);
Result<std::int64_t> need_integer(Value object, std::string_view key);

// Appends JSON text. Commas and colons are placed by the writer; nesting is the caller's duty:
//   Writer w; w.begin_object().key("v").value(1).key("host").value(host).end_object(); w.text()
class Writer {
  public:
    Writer& begin_object();
    Writer& end_object();
    Writer& begin_array();
    Writer& end_array();
    Writer& key(std::string_view name);
    Writer& value(std::string_view text);
    Writer& value(char const* text) { return value(std::string_view{text}); }
    Writer& value(std::string const& text) { return value(std::string_view{text}); }
    Writer& value(std::int64_t number);
    Writer& value(int number) { return value(static_cast<std::int64_t>(number)); }
    Writer& value(std::uint64_t number);
    Writer& value(double number);  // not finite becomes null
    Writer& value(bool truth);
    Writer& null();
    Writer& raw(std::string_view json);  // text that is JSON already

    // key + value in one call; an absent optional writes nothing.
    template <class T>
    Writer& member(std::string_view name, T const& content) {
        return key(name).value(content);
    }
    template <class T>
    Writer& member(std::string_view name, std::optional<T> const& content) {
        return content ? key(name).value(*content) : *this;
    }

    std::string const& text() const { return text_; }
    std::string take() { return std::move(text_); }

  private:
    void separate();

    std::string text_;
    bool fresh_ = true;  // nothing yet in the innermost container, or a key was just written
};

// `text` as a JSON string with quotes. Bytes that are not UTF-8 become U+FFFD.
void append_quoted(std::string& out, std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace base::json
