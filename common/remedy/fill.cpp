#include "common/remedy/fill.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/command/names.hpp"
#include "common/remedy/verbs.hpp"

namespace remedy {
namespace {

using domain::ParamType;

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_digits(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// First a letter or digit, then letters, digits and `more`; 1 to `most` bytes.
bool is_name(std::string_view text, std::string_view more, std::size_t most) {
    return !text.empty() && text.size() <= most && is_alphanumeric(text.front()) &&
           std::ranges::all_of(text, [&](char c) {
               return is_alphanumeric(c) || more.find(c) != std::string_view::npos;
           });
}

// Absolute and canonical: no empty, "." or ".." part, no slash at the end.
bool is_mount(std::string_view text) {
    if (text == "/") return true;
    if (text.size() > 255 || !text.starts_with('/')) return false;
    while (!text.empty()) {
        text.remove_prefix(1);
        auto const part = text.substr(0, text.find('/'));
        bool const known = std::ranges::all_of(part, [](char c) {
            return is_alphanumeric(c) ||
                   std::string_view{"_.@:+-"}.find(c) != std::string_view::npos;
        });
        if (part.empty() || part == "." || part == ".." || !known) return false;
        text.remove_prefix(part.size());
    }
    return true;
}

// A DNS name, an IPv4 or an IPv6 address; nothing is looked up.
bool is_host(std::string_view text) {
    if (text.find(':') == std::string_view::npos) return is_name(text, ".-", 253);
    return text.size() <= 45 && std::ranges::all_of(text, [](char c) {
        return std::string_view{"0123456789abcdefABCDEF:."}.find(c) != std::string_view::npos;
    });
}

bool is_size(std::string_view text) {
    if (!text.empty() && std::string_view{"KMG"}.find(text.back()) != std::string_view::npos)
        text.remove_suffix(1);
    return is_digits(text) && text.size() <= 9;
}

bool fits(ParamType type, std::string_view value) {
    switch (type) {
        case ParamType::unit: return command::is_unit_name(value);
        case ParamType::container: return command::is_container_name(value);
        case ParamType::mount: return is_mount(value);
        case ParamType::tunnel: return is_name(value, "_.-", 15);
        case ParamType::job: return is_name(value, "_.-", 64);
        case ParamType::host: return is_host(value);
        case ParamType::word: return is_name(value, "_.:@+-", 128);
        case ParamType::number: return is_digits(value) && value.size() <= 9;
        case ParamType::duration: return value.size() <= 32 && base::parse_duration(value);
        case ParamType::size: return is_size(value);
    }
    return false;
}

// Values come from alerts: what is shown of them is short and cannot drive a terminal.
std::string shown(std::string_view value) {
    std::string text;
    for (char const c : value.substr(0, 60)) text += c >= 0x20 && c <= 0x7e ? c : '?';
    return value.size() > 60 ? text + "..." : text;
}

// Labels call a served host by what was probed: "https://vault.example.org:8443/alive".
std::string_view host_of(std::string_view value) {
    if (auto const scheme = value.find("://"); scheme != std::string_view::npos)
        value.remove_prefix(scheme + 3);
    value = value.substr(0, value.find('/'));
    if (value.starts_with('[')) {
        auto const close = value.find(']');
        return close == std::string_view::npos ? value : value.substr(1, close - 1);
    }
    bool const one_colon = std::ranges::count(value, ':') == 1;
    return one_colon ? value.substr(0, value.find(':')) : value;
}

std::string from_label(ParamType type, std::string const& value) {
    if (type == ParamType::unit && !command::has_unit_type(value)) return value + ".service";
    if (type == ParamType::host) return std::string{host_of(value)};
    return value;
}

base::Result<std::string> bind_one(domain::ParamSpec const& spec, domain::Labels const& labels) {
    for (auto const& name : spec.from) {
        auto const label = labels.find(name);
        // An empty label is an absent one: Prometheus makes no difference.
        if (label == labels.end() || label->second.empty()) continue;
        auto value = from_label(spec.type, label->second);
        auto const context = fmt::format("parameter '{}' from label '{}'", spec.name, name);
        return check_value(spec.type, value)
            .map([&] { return std::move(value); })
            .map_error(base::with_context(context));
    }
    if (spec.otherwise) return *spec.otherwise;
    return base::fail(base::Code::invalid,
                      fmt::format("parameter '{}' is missing: the signal has no label {}",
                                  spec.name, fmt::join(spec.from, ", ")));
}

base::Result<std::string> replace(std::string_view text, domain::Params const& params) {
    std::string filled;
    while (!text.empty()) {
        auto const open = std::min(text.find_first_of("{}"), text.size());
        filled += text.substr(0, open);
        text.remove_prefix(open);
        if (text.empty()) break;
        auto const close = text.find('}');
        if (text.front() == '}' || close == std::string_view::npos)
            return base::fail(base::Code::invalid, "a brace has no partner");
        auto const name = std::string{text.substr(1, close - 1)};
        auto const param = params.find(name);
        if (param == params.end())
            return base::fail(base::Code::invalid,
                              fmt::format("unknown placeholder '{{{}}}'", shown(name)));
        filled += param->second;
        text.remove_prefix(close + 1);
    }
    return filled;
}

}  // namespace

base::Status check_value(ParamType type, std::string_view value) {
    if (fits(type, value)) return {};
    return base::fail(base::Code::invalid, fmt::format("'{}' is not a well-formed {}",
                                                       shown(value), to_string(type)));
}

base::Result<domain::Params> bind(domain::Remedy const& remedy, domain::Labels const& labels) {
    domain::Params params;
    for (auto const& spec : remedy.params) {
        auto value = bind_one(spec, labels);
        if (!value) return tl::make_unexpected(value.error());
        params.emplace(spec.name, std::move(*value));
    }
    return params;
}

base::Status check_params(domain::Remedy const& remedy, domain::Params const& params) {
    for (auto const& spec : remedy.params) {
        auto const param = params.find(spec.name);
        if (param == params.end())
            return base::fail(base::Code::invalid,
                              fmt::format("parameter '{}' is missing", spec.name));
        auto const status = check_value(spec.type, param->second);
        if (!status)
            return status.map_error(base::with_context(fmt::format("parameter '{}'", spec.name)));
    }
    for (auto const& [name, value] : params)
        if (std::ranges::find(remedy.params, name, &domain::ParamSpec::name) ==
            remedy.params.end())
            return base::fail(base::Code::invalid,
                              fmt::format("{} has no parameter '{}'", remedy.name, shown(name)));
    return {};
}

base::Result<domain::Step> fill(domain::Step const& step, domain::Params const& params) {
    auto const refused = [&](base::Error const& error) {
        return base::fail(error.code, step.verb + ": " + error.message);
    };
    if (auto const named = check_verb_names(step); !named) return refused(named.error());
    auto filled = step;
    for (auto& [name, text] : filled.args) {
        auto value = replace(text, params);
        if (!value) return refused(value.error());
        auto const status = check_verb_arg(*find_verb(step.verb), name, *value);
        if (!status) return refused(status.error());
        text = std::move(*value);
    }
    return filled;
}

}  // namespace remedy
