// Private to the codecs: one archive that writes named fields as JSON and one that reads them, so
// that a struct's fields are listed once (row_fields.hpp) and the two directions cannot differ.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/base/json.hpp"
#include "common/base/time.hpp"
#include "common/domain/command.hpp"
#include "common/domain/host.hpp"
#include "common/domain/incident.hpp"
#include "common/domain/lease.hpp"
#include "common/domain/names.hpp"
#include "common/domain/signal.hpp"
#include "coordinator/core/event.hpp"
#include "coordinator/core/tables.hpp"

namespace coordinator {

// A struct for the archive to fill; those that hold a HostId have no default of their own.
template <class T>
T blank() {
    return T{};
}

template <>
domain::HostId blank();
template <>
domain::Subject blank();
template <>
domain::Plan blank();
template <>
domain::Attempt blank();
template <>
domain::Lease blank();
template <>
domain::Command blank();
template <>
CommandRow blank();
template <>
HostRow blank();

// `T const` for the writer, `T` for the reader.
template <class Archive, class T>
using Of = std::conditional_t<Archive::kWrites, T const, T>;

std::string_view enum_text(MetricsAnswer value);
template <class E>
std::string_view enum_text(E value) {
    return domain::to_string(value);
}
bool enum_value(std::string_view text, domain::SignalSource& value);
bool enum_value(std::string_view text, domain::SubjectKind& value);
bool enum_value(std::string_view text, domain::CommandState& value);
bool enum_value(std::string_view text, domain::ResultCode& value);
bool enum_value(std::string_view text, domain::IncidentState& value);
bool enum_value(std::string_view text, domain::PlanOrigin& value);
bool enum_value(std::string_view text, domain::Risk& value);
bool enum_value(std::string_view text, domain::Outcome& value);
bool enum_value(std::string_view text, MetricsAnswer& value);

class RowWriter {
  public:
    static constexpr bool kWrites = true;
    explicit RowWriter(base::json::Writer& writer) : writer_(writer) {}

    template <class T>
    void operator()(std::string_view name, T const& value) {
        writer_.key(name);
        put(value);
    }
    template <class T>
    void operator()(std::string_view name, std::optional<T> const& value) {
        if (value) (*this)(name, *value);
    }

    void put(std::string const& text);
    // As text above 2^53, where JSON's numbers end to be whole.
    void put(std::int64_t number);
    void put(std::uint64_t number);
    void put(int number) { writer_.value(number); }
    void put(bool truth) { writer_.value(truth); }
    void put(base::WallTime time) { writer_.value(base::unix_ms(time)); }
    void put(base::Duration duration) { writer_.value(std::int64_t{duration.count()}); }
    void put(domain::HostId const& host) { writer_.value(host.text()); }
    void put(std::map<std::string, std::string> const& entries);
    template <class T>
    void put(std::vector<T> const& list) {
        writer_.begin_array();
        for (auto const& item : list) put(item);
        writer_.end_array();
    }
    template <class T>
        requires std::is_enum_v<T>
    void put(T value) {
        writer_.value(enum_text(value));
    }
    template <class T>
        requires(std::is_class_v<T>)
    void put(T const& value) {
        writer_.begin_object();
        fields(*this, value);
        writer_.end_object();
    }

  private:
    base::json::Writer& writer_;
};

class RowReader {
  public:
    static constexpr bool kWrites = false;
    explicit RowReader(base::json::Value object) : object_(object) {}

    template <class T>
    void operator()(std::string_view name, T& value) {
        auto const node = object_[name];
        if (node.present() && !get(node, value)) note(name);
    }
    template <class T>
    void operator()(std::string_view name, std::optional<T>& value) {
        auto const node = object_[name];
        if (!node.present()) return;
        value = blank<T>();
        if (!get(node, *value)) note(name);
    }
    // The one field a struct is nothing without.
    void operator()(std::string_view name, domain::HostId& host) {
        if (!get(object_[name], host)) note(name);
    }

    bool has(std::string_view name) const { return object_[name].present(); }
    bool good() const { return wrong_.empty(); }
    std::string const& wrong() const { return wrong_; }  // the path of the first wrong field

    bool get(base::json::Value node, std::string& text);
    bool get(base::json::Value node, std::int64_t& number);
    bool get(base::json::Value node, std::uint64_t& number);
    bool get(base::json::Value node, int& number);
    bool get(base::json::Value node, bool& truth);
    bool get(base::json::Value node, base::WallTime& time);
    bool get(base::json::Value node, base::Duration& duration);
    bool get(base::json::Value node, domain::HostId& host);
    bool get(base::json::Value node, std::map<std::string, std::string>& entries);
    template <class T>
    bool get(base::json::Value node, std::vector<T>& list) {
        if (!node.is_array()) return false;
        for (auto const child : node.children()) {
            list.push_back(blank<T>());
            if (!get(child, list.back())) return false;
        }
        return true;
    }
    template <class T>
        requires std::is_enum_v<T>
    bool get(base::json::Value node, T& value) {
        auto const text = node.string();
        return text && enum_value(*text, value);
    }
    template <class T>
        requires(std::is_class_v<T>)
    bool get(base::json::Value node, T& value) {
        if (!node.is_object()) return false;
        RowReader inner{node};
        fields(inner, value);
        if (!inner.good()) inner_ = "." + inner.wrong();
        return inner.good();
    }

  private:
    void note(std::string_view name) {
        if (wrong_.empty()) wrong_ = std::string{name} + inner_;
    }

    base::json::Value object_;
    std::string wrong_;
    std::string inner_;  // of a nested struct that failed, until note() takes it
};

}  // namespace coordinator
