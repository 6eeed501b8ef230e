#include "common/command/protected.hpp"

#include <algorithm>
#include <array>

#include "common/command/names.hpp"

namespace command {
namespace {

using domain::SubjectKind;

// Units by name without their type, so that ssh.socket is as protected as ssh.service; with the
// aliases under which distributions know the same thing.
constexpr std::array<std::string_view, 56> kUnits{
    "tomte",
    // ourselves, and whom we are migrated from
    "tomte-*", "jarvis*", "fleet-*",
    // the broker
    "mosquitto*", "emqx*", "vernemq*",
    // the way in
    "ssh", "ssh@*", "sshd*", "dropbear*", "openssh*",
    // the network
    "NetworkManager*", "network-manager*", "systemd-networkd*", "systemd-resolved*",
    "networking", "network", "ifup@*", "ifupdown*", "dhcpcd*", "dhclient*", "wpa_supplicant*",
    "iwd", "connman*", "netplan*", "wicked*", "resolvconf*", "nftables", "iptables", "firewalld",
    "ufw",
    // container engines and hypervisors
    "docker", "dockerd*", "docker.*", "snap.docker.*", "containerd*", "podman", "podman.*",
    "crio*", "cri-o*", "k3s*", "kubelet*", "pve-cluster", "corosync*", "libvirtd*",
    // the system's own
    "dbus", "dbus-*", "systemd-logind*", "systemd-udevd*", "udev", "systemd-journald*",
    "polkit*", "hassio*", "hassos-*", "haos-*"};

// Whose start is the harm: the end of the host's work, or a way in.
constexpr std::array<std::string_view, 22> kHarmfulUnits{
    "emergency*", "rescue*", "reboot*", "poweroff*", "halt*", "kexec*", "debug-shell*",
    "systemd-reboot*", "systemd-poweroff*", "systemd-halt*", "systemd-kexec*",
    "systemd-suspend*", "systemd-hibernate*", "systemd-hybrid-sleep*", "systemd-soft-reboot*",
    "getty@*", "serial-getty@*", "user@*", "init", "ctrl-alt-del*", "system-update*",
    "systemd-update-helper*"};

// Whole sets of units, and mounts: starting a target is a reboot by another name.
constexpr std::array<std::string_view, 7> kTypes{".target", ".mount", ".automount", ".swap",
                                                 ".slice",  ".scope", ".device"};

constexpr std::array<std::string_view, 9> kContainers{"tomte*",      "*-tomte*", "mosquitto*",
                                                      "*mosquitto*", "hassio*",  "jarvis*",
                                                      "*jarvis*",    "fleet-*",  "emqx*"};

constexpr std::array<std::string_view, 3> kAddons{"core_mosquitto*", "core_ssh*", "*_tomte*"};

// Where '*' may stand at either end.
bool matches(std::string_view pattern, std::string_view name) {
    if (!pattern.ends_with('*')) return pattern == name;
    pattern.remove_suffix(1);
    if (!pattern.starts_with('*')) return name.starts_with(pattern);
    return name.find(pattern.substr(1)) != std::string_view::npos;
}

template <std::size_t N>
bool any_matches(std::array<std::string_view, N> const& patterns, std::string_view name) {
    return std::ranges::any_of(patterns, [&](auto pattern) { return matches(pattern, name); });
}

Protection protection_of_unit(std::string_view name) {
    if (std::ranges::any_of(kTypes, [&](auto type) { return name.ends_with(type); }))
        return Protection::whole;
    // "sshd.service.d"-like tricks aside, only a real type is cut off.
    if (has_unit_type(name)) name = name.substr(0, name.rfind('.'));
    if (any_matches(kHarmfulUnits, name)) return Protection::whole;
    return any_matches(kUnits, name) ? Protection::reach : Protection::none;
}

}  // namespace

Protection protection_of(SubjectKind kind, std::string_view name) {
    auto const reach_if = [](bool yes) { return yes ? Protection::reach : Protection::none; };
    switch (kind) {
        case SubjectKind::service: return protection_of_unit(name);
        case SubjectKind::container: return reach_if(any_matches(kContainers, name));
        case SubjectKind::addon: return reach_if(any_matches(kAddons, name));
        default: return Protection::none;
    }
}

bool is_always_protected(SubjectKind kind, std::string_view name) {
    return protection_of(kind, name) != Protection::none;
}

}  // namespace command
