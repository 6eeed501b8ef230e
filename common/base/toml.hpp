// TOML in (toml.io, 1.0). toml++ stays inside toml.cpp. Every value knows its line, so that a
// person who made a mistake in a file is told where, and what was probably meant.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace base::toml {

// A view into a Document, which must outlive it. A default Value is "absent": every question about
// it answers no.
class Value {
  public:
    Value() = default;
    Value(void const* node, std::string const* file, std::string key)
        : node_(node), file_(file), key_(std::move(key)) {}

    bool present() const { return node_ != nullptr; }
    bool is_table() const;
    bool is_array() const;

    Value operator[](std::string_view key) const;  // absent if not a table or no such key
    std::optional<std::string> string() const;
    std::optional<std::int64_t> integer() const;
    std::optional<double> number() const;  // an integer or a float
    std::optional<bool> boolean() const;

    std::string const& key() const { return key_; }  // of a table's member; empty in arrays
    std::vector<Value> children() const;             // in the order of the file
    std::string where() const;                       // "remedies/restart.toml:12"

    // For closed tables: an Error{invalid} "file:line: unknown key 'chekc'; did you mean 'check'?"
    // for the first member that is not in `allowed`.
    Status only(std::vector<std::string_view> const& allowed) const;

  private:
    void const* node_ = nullptr;
    std::string const* file_ = nullptr;
    std::string key_;
};

class Document {
  public:
    // `file` is only named in messages. At most 1 MiB.
    static Result<Document> parse(std::string_view text, std::string file);
    Value root() const;

  private:
    struct Tree;
    std::shared_ptr<Tree const> tree_;  // shared by copies of a document; immutable
};

// Members of a table with messages that name file, line and key.
Result<std::string> need_string(Value table, std::string_view key);
Result<std::string> string_or(Value table, std::string_view key, std::string otherwise);
Result<std::int64_t> integer_or(Value table, std::string_view key, std::int64_t otherwise);
Result<bool> boolean_or(Value table, std::string_view key, bool otherwise);
Result<Duration> duration_or(Value table, std::string_view key, Duration otherwise);  // "30s"
Result<std::vector<std::string>> strings_or(Value table, std::string_view key,
                                            std::vector<std::string> otherwise);

}  // namespace base::toml
