#include "coordinator/adapters/http/host_names.hpp"

#include <algorithm>
#include <optional>

namespace coordinator::http {
namespace {

std::string lowered(std::string_view text) {
    std::string result{text};
    for (auto& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

bool is_port(std::string_view text) {
    return text.size() <= 5 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Without the port, the brackets of an IPv6 address and a dot at the end; nothing if it is no name.
std::optional<std::string> name_in(std::string_view host) {
    if (host.empty() || host.size() > 255) return std::nullopt;
    if (host.front() == '[') {
        auto const end = host.find(']');
        if (end == host.npos) return std::nullopt;
        auto const rest = host.substr(end + 1);
        if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return std::nullopt;
        return lowered(host.substr(1, end - 1));
    }
    if (auto const colon = host.rfind(':'); colon != host.npos) {
        if (!is_port(host.substr(colon + 1))) return std::nullopt;
        host = host.substr(0, colon);
    }
    if (host.ends_with('.')) host.remove_suffix(1);
    bool const plain = !host.empty() && std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '_';
    });
    if (!plain) return std::nullopt;
    return lowered(host);
}

}  // namespace

bool is_loopback(std::string_view address) {
    return address.starts_with("127.") || address == "::1" || address == "localhost";
}

base::Result<HostNames> HostNames::make(std::string_view listen_address,
                                        std::string_view public_url,
                                        std::vector<std::string> const& more) {
    HostNames names;
    names.names_ = {"localhost", "127.0.0.1", "::1"};
    if (listen_address != "0.0.0.0" && listen_address != "::")
        names.names_.insert(lowered(listen_address));
    if (!public_url.empty()) {
        auto const scheme = public_url.find("://");
        auto const host = scheme == public_url.npos ? std::string_view{}
                                                    : public_url.substr(scheme + 3);
        auto const name = name_in(host.substr(0, host.find('/')));
        if (!name)
            return base::fail(base::Code::invalid,
                              "http.public_url: '" + std::string{public_url} + "' is not a URL");
        names.names_.insert(*name);
    }
    for (auto const& one : more) {
        if (one == "*") {
            names.any_ = true;
            continue;
        }
        auto const name = name_in(one);
        if (!name)
            return base::fail(base::Code::invalid, "http.hosts: '" + one + "' is not a name");
        names.names_.insert(*name);
    }
    return names;
}

bool HostNames::allows(std::string_view host) const {
    auto const name = name_in(host);
    return name && (any_ || names_.contains(*name));
}

}  // namespace coordinator::http
