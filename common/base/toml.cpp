#include "common/base/toml.hpp"

#define TOML_EXCEPTIONS 0  // errors come back as values; no exception crosses this file
#define TOML_ENABLE_FORMATTERS 0
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <utility>

#include "common/base/nearest.hpp"

namespace base::toml {
namespace {

constexpr std::size_t kBytesMax = 1024 * 1024;

::toml::node const* as_node(void const* node) { return static_cast<::toml::node const*>(node); }

bool comes_before(::toml::node const* a, ::toml::node const* b) {
    auto const at = [](::toml::node const* node) {
        return std::pair{node->source().begin.line, node->source().begin.column};
    };
    return at(a) < at(b);
}

auto wrong(Value const& value, std::string_view key, std::string_view wanted) {
    return fail(Code::invalid, fmt::format("{}: '{}' must be {}", value.where(), key, wanted));
}

template <class T>
Result<T> member_or(Value const& table, std::string_view key, T otherwise,
                    std::optional<T> (Value::*get)() const, std::string_view wanted) {
    auto const value = table[key];
    if (!value.present()) return otherwise;
    auto content = (value.*get)();
    if (!content) return wrong(value, key, wanted);
    return std::move(*content);
}

}  // namespace

struct Document::Tree {
    std::string file;
    ::toml::table root;
};

Result<Document> Document::parse(std::string_view text, std::string file) {
    if (text.size() > kBytesMax)
        return fail(Code::invalid, fmt::format("{}: more than {} bytes", file, kBytesMax));
    auto result = ::toml::parse(text);
    if (!result) {
        auto const& error = result.error();
        return fail(Code::invalid,
                    fmt::format("{}:{}: {}", file, error.source().begin.line, error.description()));
    }
    Document document;
    document.tree_ = std::make_shared<Tree const>(
        Tree{std::move(file), std::move(result).table()});
    return document;
}

Value Document::root() const {
    ::toml::node const* root = &tree_->root;
    return Value{root, &tree_->file, {}};
}

bool Value::is_table() const { return node_ && as_node(node_)->is_table(); }
bool Value::is_array() const { return node_ && as_node(node_)->is_array(); }

Value Value::operator[](std::string_view key) const {
    if (!is_table()) return {};
    auto const* member = as_node(node_)->as_table()->get(key);
    return member ? Value{member, file_, std::string{key}} : Value{};
}

std::optional<std::string> Value::string() const {
    if (!node_) return std::nullopt;
    auto const* text = as_node(node_)->as_string();
    return text ? std::optional{text->get()} : std::nullopt;
}

std::optional<std::int64_t> Value::integer() const {
    if (!node_) return std::nullopt;
    auto const* number = as_node(node_)->as_integer();
    return number ? std::optional{number->get()} : std::nullopt;
}

std::optional<double> Value::number() const {
    if (auto const whole = integer()) return static_cast<double>(*whole);
    if (!node_) return std::nullopt;
    auto const* number = as_node(node_)->as_floating_point();
    return number ? std::optional{number->get()} : std::nullopt;
}

std::optional<bool> Value::boolean() const {
    if (!node_) return std::nullopt;
    auto const* truth = as_node(node_)->as_boolean();
    return truth ? std::optional{truth->get()} : std::nullopt;
}

std::vector<Value> Value::children() const {
    std::vector<Value> found;
    if (is_array()) {
        for (auto const& element : *as_node(node_)->as_array())
            found.emplace_back(&element, file_, std::string{});
    } else if (is_table()) {
        for (auto const& [key, member] : *as_node(node_)->as_table())
            found.emplace_back(&member, file_, std::string{key.str()});
        // The library keeps its tables sorted by key; people wrote them in an order that means
        // something to them.
        std::ranges::stable_sort(found, [](Value const& a, Value const& b) {
            return comes_before(as_node(a.node_), as_node(b.node_));
        });
    }
    return found;
}

std::string Value::where() const {
    if (!node_) return file_ ? *file_ : std::string{};
    auto const line = as_node(node_)->source().begin.line;
    return line == 0 ? *file_ : fmt::format("{}:{}", *file_, line);
}

Status Value::only(std::vector<std::string_view> const& allowed) const {
    for (auto const& member : children()) {
        if (std::ranges::find(allowed, member.key()) != allowed.end()) continue;
        auto message = fmt::format("{}: unknown key '{}'", member.where(), member.key());
        if (auto const meant = nearest(member.key(), allowed); !meant.empty())
            message += fmt::format("; did you mean '{}'?", meant);
        return fail(Code::invalid, std::move(message));
    }
    return {};
}

Result<std::string> need_string(Value table, std::string_view key) {
    auto const value = table[key];
    if (!value.present())
        return fail(Code::invalid, fmt::format("{}: '{}' is missing", table.where(), key));
    auto text = value.string();
    if (!text) return wrong(value, key, "a text in quotes");
    return std::move(*text);
}

Result<std::string> string_or(Value table, std::string_view key, std::string otherwise) {
    return member_or(table, key, std::move(otherwise), &Value::string, "a text in quotes");
}

Result<std::int64_t> integer_or(Value table, std::string_view key, std::int64_t otherwise) {
    return member_or(table, key, otherwise, &Value::integer, "a whole number");
}

Result<bool> boolean_or(Value table, std::string_view key, bool otherwise) {
    return member_or(table, key, otherwise, &Value::boolean, "true or false");
}

Result<Duration> duration_or(Value table, std::string_view key, Duration otherwise) {
    auto const value = table[key];
    if (!value.present()) return otherwise;
    auto const text = value.string();
    if (!text) return wrong(value, key, "a duration in quotes, like \"30s\"");
    return parse_duration(*text).map_error(with_context(value.where()));
}

Result<std::vector<std::string>> strings_or(Value table, std::string_view key,
                                            std::vector<std::string> otherwise) {
    auto const value = table[key];
    if (!value.present()) return otherwise;
    if (!value.is_array()) return wrong(value, key, "a list of texts");
    std::vector<std::string> texts;
    for (auto const& element : value.children()) {
        auto text = element.string();
        if (!text) return wrong(element, key, "a list of texts");
        texts.push_back(std::move(*text));
    }
    return texts;
}

}  // namespace base::toml
