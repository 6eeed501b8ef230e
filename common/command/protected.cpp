#include "common/command/protected.hpp"

#include <algorithm>
#include <array>

#include "common/command/names.hpp"

namespace command {
namespace {

using domain::SubjectKind;

// Units by name without their type, so that ssh.socket is as protected as ssh.service; with the
// aliases under which distributions know the same thing.
constexpr std::array kUnits{
    std::string_view{"tomte"},
    // ourselves, and whom we are migrated from
    std::string_view{"tomte-*"}, std::string_view{"jarvis*"}, std::string_view{"fleet-*"},
    // the broker
    std::string_view{"mosquitto*"}, std::string_view{"emqx*"}, std::string_view{"vernemq*"},
    // the way in
    std::string_view{"ssh"}, std::string_view{"ssh@*"}, std::string_view{"sshd*"},
    std::string_view{"dropbear*"}, std::string_view{"openssh*"},
    // the network
    std::string_view{"NetworkManager*"}, std::string_view{"network-manager*"},
    std::string_view{"systemd-networkd*"}, std::string_view{"systemd-resolved*"},
    std::string_view{"networking"}, std::string_view{"network"}, std::string_view{"ifup@*"},
    std::string_view{"ifupdown*"}, std::string_view{"dhcpcd*"}, std::string_view{"dhclient*"},
    std::string_view{"wpa_supplicant*"}, std::string_view{"iwd"}, std::string_view{"connman*"},
    std::string_view{"netplan*"}, std::string_view{"wicked*"}, std::string_view{"resolvconf*"},
    std::string_view{"nftables"}, std::string_view{"iptables"}, std::string_view{"firewalld"},
    std::string_view{"ufw"},
    // container engines and hypervisors
    std::string_view{"docker"}, std::string_view{"dockerd*"}, std::string_view{"docker.*"},
    std::string_view{"snap.docker.*"}, std::string_view{"containerd*"}, std::string_view{"podman"},
    std::string_view{"podman.*"}, std::string_view{"crio*"}, std::string_view{"cri-o*"},
    std::string_view{"k3s*"}, std::string_view{"kubelet*"}, std::string_view{"pve-cluster"},
    std::string_view{"corosync*"}, std::string_view{"libvirtd*"},
    // the system's own
    std::string_view{"dbus"}, std::string_view{"dbus-*"}, std::string_view{"systemd-logind*"},
    std::string_view{"systemd-udevd*"}, std::string_view{"udev"},
    std::string_view{"systemd-journald*"}, std::string_view{"polkit*"}, std::string_view{"init"},
    std::string_view{"hassio*"}, std::string_view{"hassos-*"}, std::string_view{"haos-*"},
    std::string_view{"emergency*"}, std::string_view{"rescue*"}, std::string_view{"reboot*"},
    std::string_view{"poweroff*"}, std::string_view{"halt*"}, std::string_view{"kexec*"},
    std::string_view{"debug-shell*"}, std::string_view{"systemd-reboot*"},
    std::string_view{"systemd-poweroff*"}, std::string_view{"systemd-halt*"},
    std::string_view{"systemd-kexec*"}, std::string_view{"systemd-suspend*"},
    std::string_view{"systemd-hibernate*"}, std::string_view{"systemd-hybrid-sleep*"},
    std::string_view{"systemd-soft-reboot*"}, std::string_view{"getty@*"},
    std::string_view{"serial-getty@*"}, std::string_view{"user@*"}};

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

bool is_protected_unit(std::string_view name) {
    if (std::ranges::any_of(kTypes, [&](auto type) { return name.ends_with(type); })) return true;
    // "sshd.service.d"-like tricks aside, only a real type is cut off.
    if (has_unit_type(name)) name = name.substr(0, name.rfind('.'));
    return any_matches(kUnits, name);
}

}  // namespace

bool is_always_protected(SubjectKind kind, std::string_view name) {
    switch (kind) {
        case SubjectKind::service: return is_protected_unit(name);
        case SubjectKind::container: return any_matches(kContainers, name);
        case SubjectKind::addon: return any_matches(kAddons, name);
        default: return false;
    }
}

}  // namespace command
