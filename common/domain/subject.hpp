// What is ill, named durably: never a pid, a container id or the text of a message.
// Written "nexus/container/caddy"; the name may contain anything but control characters.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "common/domain/host.hpp"

namespace domain {

enum class SubjectKind {
    host,         // the machine itself (memory, load, reboot); its name is empty
    service,      // a unit of the service manager, or a scripted service of the policy
    container,    // docker or podman
    addon,        // a Home Assistant app
    mount,        // a file system by mount point
    tunnel,       // a VPN interface
    certificate,  // by the host name it serves
    job,          // something that should have run: a backup
    target,       // a scrape target or endpoint that does not answer
};
std::string_view to_string(SubjectKind kind);
std::optional<SubjectKind> parse_subject_kind(std::string_view text);

struct Subject {
    HostId host;
    SubjectKind kind = SubjectKind::host;
    std::string name;

    auto operator<=>(Subject const&) const = default;
};

std::string to_text(Subject const& subject);
std::optional<Subject> parse_subject(std::string_view text);

}  // namespace domain
