#include "common/remedy/routing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/base/toml.hpp"

namespace remedy {
namespace {

namespace toml = base::toml;

constexpr std::size_t kRoutesMax = 10'000;

bool fits(Route const& route, domain::Signal const& signal) {
    if (!route.signal.empty() && route.signal != signal.name) return false;
    bool const all_equal = std::ranges::all_of(route.labels, [&](auto const& wanted) {
        auto const label = signal.labels.find(wanted.first);
        return label != signal.labels.end() && label->second == wanted.second;
    });
    return all_equal && std::ranges::none_of(route.without, [&](std::string const& unwanted) {
        auto const label = signal.labels.find(unwanted);
        return label != signal.labels.end() && !label->second.empty();
    });
}

// "nexus:9100" is nexus, "[fd00::1]:9100" is fd00::1; a bare IPv6 address has no port.
std::string_view without_port(std::string_view instance) {
    if (instance.starts_with('[')) {
        auto const close = instance.find(']');
        return close == std::string_view::npos ? instance : instance.substr(1, close - 1);
    }
    auto const colon = instance.find(':');
    bool const only_one = colon != std::string_view::npos && colon == instance.rfind(':');
    return only_one ? instance.substr(0, colon) : instance;
}

// Values come from alerts: what is shown of them is short and cannot drive a terminal.
std::string shown(std::string_view value) {
    std::string text;
    for (char const c : value.substr(0, 80)) text += c >= 0x20 && c <= 0x7e ? c : '?';
    return value.size() > 80 ? text + "..." : text;
}

base::Result<Where> by_labels(domain::Signal const& signal, std::vector<std::string> const& labels,
                              HostNames const& names) {
    for (auto const& name : labels) {
        auto const label = signal.labels.find(name);
        if (label == signal.labels.end() || label->second.empty()) continue;
        auto host = names.find(label->second);
        if (host == names.end() && name == "instance")
            host = names.find(without_port(label->second));
        if (host == names.end())
            return base::fail(base::Code::not_found,
                              fmt::format("no known host is called '{}' (label {})",
                                          shown(label->second), name));
        return Where{host->second, "label " + name, {}};
    }
    return base::fail(base::Code::not_found, fmt::format("the signal names no host (no label {})",
                                                         fmt::join(labels, ", ")));
}

base::Result<std::map<std::string, std::string>> read_texts(toml::Value const& table,
                                                            std::string_view key) {
    std::map<std::string, std::string> texts;
    auto const value = table[key];
    if (value.present() && !value.is_table())
        return base::fail(base::Code::invalid, fmt::format("{}: '{}' must be a table like {{ a = "
                                                           "\"b\" }}", value.where(), key));
    for (auto const& member : value.children()) {
        auto text = member.string();
        if (!text)
            return base::fail(base::Code::invalid, fmt::format("{}: '{}' must be a text in quotes",
                                                               member.where(), member.key()));
        texts.emplace(member.key(), std::move(*text));
    }
    return texts;
}

base::Result<Route> read_route(toml::Value const& table) {
    auto const known = table.only({"signal", "labels", "without", "host", "host_from", "params"});
    if (!known) return tl::make_unexpected(known.error());
    auto signal = toml::string_or(table, "signal", "");
    auto labels = read_texts(table, "labels");
    auto host = toml::string_or(table, "host", "");
    auto host_from = toml::strings_or(table, "host_from", {});
    auto without = toml::strings_or(table, "without", {});
    auto params = read_texts(table, "params");
    if (!signal) return tl::make_unexpected(signal.error());
    if (!labels) return tl::make_unexpected(labels.error());
    if (!host) return tl::make_unexpected(host.error());
    if (!host_from) return tl::make_unexpected(host_from.error());
    if (!without) return tl::make_unexpected(without.error());
    if (!params) return tl::make_unexpected(params.error());
    auto const refuse = [&](std::string_view why) {
        return base::fail(base::Code::invalid, fmt::format("{}: {}", table.where(), why));
    };
    if (!host->empty() && !host_from->empty())
        return refuse("a route has 'host' or 'host_from', not both");
    if (host->empty() && host_from->empty() && params->empty())
        return refuse("a route without 'host', 'host_from' or 'params' says nothing");
    return Route{std::move(*signal), std::move(*labels),    std::move(*host),
                 std::move(*params), std::move(*host_from), std::move(*without),
                 table.where()};
}

}  // namespace

Routing::Routing(std::vector<Route> routes, std::vector<std::string> labels)
    : routes_(std::move(routes)), labels_(std::move(labels)) {}

base::Result<Routing> Routing::parse(Source const& file) {
    auto const document = toml::Document::parse(file.text, file.file);
    if (!document) return tl::make_unexpected(document.error());
    auto const root = document->root();
    if (auto const known = root.only({"labels", "route"}); !known)
        return tl::make_unexpected(known.error());
    Routing routing;
    auto labels = toml::strings_or(root, "labels", routing.labels_);
    if (!labels) return tl::make_unexpected(labels.error());
    routing.labels_ = std::move(*labels);
    auto const routes = root["route"];
    if (routes.present() && (!routes.is_array() || routes.children().size() > kRoutesMax))
        return base::fail(base::Code::invalid,
                          fmt::format("{}: 'route' is a list: write [[route]], at most {} times",
                                      routes.where(), kRoutesMax));
    for (auto const& table : routes.children()) {
        auto route = read_route(table);
        if (!route) return tl::make_unexpected(route.error());
        routing.routes_.push_back(std::move(*route));
    }
    return routing;
}

base::Result<Where> Routing::where(domain::Signal const& signal, HostNames const& names) const {
    auto const route =
        std::ranges::find_if(routes_, [&](Route const& one) { return fits(one, signal); });
    bool const routed = route != routes_.end();
    auto const with_params = [&](Where where) {
        if (routed) where.params = route->params;
        return where;
    };
    if (signal.subject) return with_params(Where{signal.subject->host, "subject", {}});
    if (!routed || route->host.empty()) {
        auto const& labels = routed && !route->host_from.empty() ? route->host_from : labels_;
        return by_labels(signal, labels, names).map(with_params);
    }
    auto const host = names.find(route->host);
    if (host == names.end())
        return base::fail(base::Code::not_found,
                          fmt::format("no known host is called '{}' (route {})", route->host,
                                      route->where));
    return with_params(Where{host->second, "route " + route->where, {}});
}

}  // namespace remedy
