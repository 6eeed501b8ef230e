#include <array>
#include <optional>

#include "common/command/mini/scanner.hpp"
#include "common/command/mini/small.hpp"
#include "common/command/mini/web.hpp"

namespace command {
namespace {

struct Url {
    std::string_view port;
    std::string_view path;
    std::string_view query;
};

bool is_path_char(char c) {
    return is_name_part(c) || std::string_view{"/.-~%:@,+=!*"}.find(c) != std::string_view::npos;
}

bool is_query_char(char c) {
    return is_path_char(c) ||
           std::string_view{"?&()<>^|\"' {}[]$;"}.find(c) != std::string_view::npos;
}

std::optional<Url> parse(std::string_view url) {
    Scanner at{url};
    if (!at.take("http://") && !at.take("https://")) return std::nullopt;
    if (!at.take("localhost") && !at.take("127.0.0.1") && !at.take("[::1]")) return std::nullopt;
    Url out;
    if (at.take(':')) {
        out.port = at.take_digits();
        if (out.port.empty() || out.port.size() > 5 || out.port[0] == '0') return std::nullopt;
    }
    if (!at.at_end() && at.peek() != '/') return std::nullopt;
    out.path = at.take_while(is_path_char);
    // "//" and "/../" lead elsewhere than they seem.
    if (out.path.find("//") != std::string_view::npos ||
        out.path.find("..") != std::string_view::npos ||
        out.path.find('%') != std::string_view::npos)
        return std::nullopt;
    if (at.take('?')) out.query = at.take_while(is_query_char);
    return at.at_end() ? std::optional{out} : std::nullopt;
}

// Ports where a plain GET reaches into an engine or a cluster's control plane.
constexpr std::array<std::string_view, 9> kControlPorts{"2375",  "2376", "2377", "4243", "10250",
                                                        "10255", "6443", "2379", "8500"};

constexpr std::array<std::string_view, 43> kHealthPaths{"",
                                                        "/",
                                                        "/health",
                                                        "/healthz",
                                                        "/health/live",
                                                        "/health/ready",
                                                        "/healthcheck",
                                                        "/livez",
                                                        "/live",
                                                        "/liveness",
                                                        "/readyz",
                                                        "/ready",
                                                        "/readiness",
                                                        "/alive",
                                                        "/ping",
                                                        "/status",
                                                        "/status.json",
                                                        "/up",
                                                        "/version",
                                                        "/metrics",
                                                        "/-/healthy",
                                                        "/-/ready",
                                                        "/api/health",
                                                        "/api/healthz",
                                                        "/api/status",
                                                        "/api/version",
                                                        "/api/ping",
                                                        "/api/v1/health",
                                                        "/api/v1/status",
                                                        "/api/v1/targets",
                                                        "/api/v1/alerts",
                                                        "/api/v1/rules",
                                                        "/api/v1/status/buildinfo",
                                                        "/api/v1/status/runtimeinfo",
                                                        "/api/v1/status/tsdb",
                                                        "/api/v2/status",
                                                        "/api/v2/alerts",
                                                        "/actuator/health",
                                                        "/nginx_status",
                                                        "/stub_status",
                                                        "/server-status",
                                                        "/_cluster/health",
                                                        "/manifest.json"};
constexpr std::array<std::string_view, 10> kHealthQueries{
    "pretty", "v",    "auto",  "format=json", "format=prometheus",
    "json",   "full", "ready", "verbose",     "state=active"};

}  // namespace

bool is_loopback_url(std::string_view url) {
    return is_printable(url) && url.find(' ') == std::string_view::npos && parse(url).has_value();
}

bool is_health_url(std::string_view url) {
    if (!is_loopback_url(url)) return false;
    auto const parts = *parse(url);
    if (is_one_of(parts.port, kControlPorts)) return false;
    if (parts.path == "/api/v1/query") {
        if (!parts.query.starts_with("query=")) return false;
        auto const expression = parts.query.substr(6);
        return expression.find_first_of("&%") == std::string_view::npos
                   ? check_promql(expression).risk == domain::Risk::readonly
                   : expression.find('&') == std::string_view::npos;
    }
    return is_one_of(parts.path, kHealthPaths) &&
           (parts.query.empty() || is_one_of(parts.query, kHealthQueries));
}

}  // namespace command
