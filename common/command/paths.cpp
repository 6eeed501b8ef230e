#include "common/command/paths.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace command {
namespace {

constexpr std::string_view kGlob{"*?[]"};

// Everything below these may be read: logs, the kernel's view of itself, what packages ship.
// clang-format off
constexpr std::array<std::string_view, 46> kTrees{
    "/var/log", "/proc/net", "/proc/sys", "/proc/pressure", "/proc/irq", "/proc/driver",
    "/proc/scsi", "/proc/fs", "/sys/block", "/sys/bus", "/sys/class", "/sys/devices", "/sys/fs",
    "/sys/module", "/sys/power", "/sys/firmware/devicetree", "/sys/kernel/mm", "/usr/share/doc",
    "/usr/share/zoneinfo", "/usr/lib/systemd", "/lib/systemd", "/usr/lib/udev", "/etc/systemd",
    "/etc/udev/rules.d", "/etc/logrotate.d", "/etc/apt/apt.conf.d", "/etc/apt/preferences.d",
    "/etc/sysctl.d", "/etc/modules-load.d", "/etc/modprobe.d", "/run/systemd/resolve",
    "/sys/hypervisor", "/etc/tmpfiles.d", "/proc/device-tree", "/etc/rsyslog.d",
    "/etc/security/limits.d", "/etc/initramfs-tools/conf.d", "/proc/spl", "/proc/asound",
    "/proc/tty", "/var/lib/systemd/timers", "/var/lib/dhcp", "/var/lib/dhcpcd", "/usr/share/dict",
    "/sys/kernel/slab", "/var/lib/chrony"};
// clang-format on

// Single files by their whole path; a last '*' stands for the rest of the name.
// clang-format off
constexpr std::array<std::string_view, 107> kFiles{
    "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/os-release", "/etc/debian_version",
    "/etc/issue", "/etc/issue.net", "/etc/motd", "/etc/fstab", "/etc/crontab", "/etc/cron.d/*",
    "/etc/nsswitch.conf", "/etc/timezone", "/etc/localtime", "/etc/adjtime", "/etc/modules",
    "/etc/sysctl.conf", "/etc/group", "/etc/passwd", "/etc/shells", "/etc/services",
    "/etc/protocols", "/etc/networks", "/etc/host.conf", "/etc/hosts.allow", "/etc/hosts.deny",
    "/etc/locale.gen", "/etc/locale.conf", "/etc/default/locale", "/etc/default/grub",
    "/etc/default/keyboard", "/etc/logrotate.conf", "/etc/apt/sources.list",
    "/etc/apt/sources.list.d/*", "/etc/apt/apt.conf", "/etc/mdadm/mdadm.conf", "/etc/mdadm.conf",
    "/etc/mke2fs.conf", "/etc/lvm/lvm.conf", "/etc/smartd.conf", "/etc/smartmontools/*",
    "/etc/chrony/chrony.conf", "/etc/chrony.conf", "/etc/ntp.conf", "/etc/ssh/sshd_config",
    "/etc/ssh/ssh_config", "/etc/nginx/nginx.conf", "/etc/nginx/sites-enabled/*",
    "/etc/nginx/sites-available/*", "/etc/nginx/conf.d/*", "/etc/mosquitto/mosquitto.conf",
    "/etc/exports", "/etc/samba/smb.conf", "/etc/docker/daemon.json", "/etc/prometheus/*",
    "/etc/timesyncd.conf", "/etc/machine-id", "/etc/rpi-issue", "/etc/*-release", "/etc/*release",
    "/usr/lib/os-release", "/boot/config*", "/boot/cmdline.txt", "/boot/firmware/config.txt",
    "/boot/firmware/cmdline.txt", "/run/reboot-required*", "/var/run/reboot-required*",
    "/var/lib/dpkg/status", "/var/lib/misc/dnsmasq.leases", "/config/.HA_VERSION",
    "/run/motd.dynamic", "/etc/network/interfaces", "/etc/dhcpcd.conf",
    "/etc/default/smartmontools", "/etc/default/zramswap", "/etc/default/zfs",
    "/etc/mosquitto/conf.d/*", "/etc/fail2ban/*", "/etc/fail2ban/jail.d/*", "/etc/ufw/ufw.conf",
    "/etc/unbound/unbound.conf", "/etc/unbound/unbound.conf.d/*", "/etc/dnsmasq.conf",
    "/etc/dnsmasq.d/*", "/etc/avahi/avahi-daemon.conf", "/etc/nut/ups.conf", "/etc/nut/nut.conf",
    "/etc/rsyslog.conf", "/etc/security/limits.conf", "/etc/login.defs", "/etc/watchdog.conf",
    "/etc/ntpsec/ntp.conf", "/etc/idmapd.conf", "/etc/pve/storage.cfg", "/etc/pve/corosync.conf",
    "/etc/pve/datacenter.cfg", "/etc/hdparm.conf", "/etc/sensors3.conf", "/etc/sensors.d/*",
    "/etc/kernel/cmdline", "/boot/firmware/issue.txt", "/var/lib/apt/periodic/update-success-stamp",
    "/var/lib/systemd/timesync/clock", "/etc/auto.master", "/etc/multipath.conf",
    "/etc/sysstat/sysstat", "/etc/default/sysstat"};
// clang-format on

// Home Assistant's own texts; its secrets stand elsewhere by its own convention.
constexpr std::array<std::string_view, 7> kHomeAssistant{
    "configuration.yaml", "automations.yaml", "scripts.yaml",    "scenes.yaml",
    "groups.yaml",        "customize.yaml",   "ui-lovelace.yaml"};

// A part of a path that holds one of these may hold a secret.
constexpr std::array<std::string_view, 38> kSecret{
    "shadow",     "secret",   "passwd",   "password",  "credential", "token",
    "private",    ".ssh",     ".gnupg",   ".env",      "id_rsa",     "id_ed25519",
    "id_ecdsa",   "id_dsa",   ".key",     ".pem",      ".p12",       ".pfx",
    ".kdbx",      ".jks",     "htpasswd", "wireguard", ".storage",   "authorized_keys",
    "_history",   "keytab",   "netrc",    "pgpass",    ".my.cnf",    "kubeconfig",
    "btmp",       "sudoers",  "tomte",    "apikey",    ".netdev",    "recovery-key",
    "upsd.users", "auth.conf"};

// Of a process only its state and limits: no environment, no memory, no open files.
constexpr std::array<std::string_view, 23> kOfProcess{
    "status",        "stat",         "statm",         "limits",          "cgroup",
    "comm",          "cmdline",      "sched",         "schedstat",       "mounts",
    "mountinfo",     "oom_score",    "oom_score_adj", "wchan",           "io",
    "uptime",        "smaps_rollup", "autogroup",     "coredump_filter", "cpuset",
    "timerslack_ns", "net/dev",      "net/route"};

constexpr std::array<std::string_view, 12> kNotOfProc{
    "kcore",      "kmsg",       "keys",        "key-users", "sysrq-trigger", "vmcore",
    "kpagecount", "kpageflags", "kpagecgroup", "kallsyms",  "acpi",          "config.gz"};

bool is_in(std::string_view path, std::string_view tree) {
    return path == tree || (path.starts_with(tree) && path[tree.size()] == '/');
}

std::string lower(std::string_view text) {
    std::string made{text};
    for (char& c : made)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return made;
}

bool is_secret(std::string_view path) {
    if (path == "/etc/passwd" || path == "/proc/sys/kernel/random/boot_id") return false;
    auto const text = lower(path);
    return std::ranges::any_of(kSecret, [&](auto part) { return text.find(part) != text.npos; });
}

bool digits_only(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

bool is_proc_file(std::string_view path) {
    constexpr std::string_view kProc{"/proc/"};
    if (!path.starts_with(kProc)) return false;
    path.remove_prefix(kProc.size());
    auto const slash = path.find('/');
    if (slash == path.npos)
        return !path.empty() && path.find_first_of(kGlob) == path.npos &&
               std::ranges::find(kNotOfProc, path) == kNotOfProc.end();
    auto const of = path.substr(0, slash);
    if (of == "bus") return true;
    return (digits_only(of) || of == "self") &&
           std::ranges::find(kOfProcess, path.substr(slash + 1)) != kOfProcess.end();
}

// "a.log", "a.log.1", "a.log.2.gz", "a.err", "x-json.log"
bool is_log_name(std::string_view name) {
    for (std::string_view end : {".gz", ".xz", ".bz2", ".zst"})
        if (name.ends_with(end)) name.remove_suffix(end.size());
    if (auto const dot = name.rfind('.'); dot != name.npos && digits_only(name.substr(dot + 1)))
        name = name.substr(0, dot);
    return name.ends_with(".log") || name.ends_with(".err") || name == "log.txt";
}

// Programs in these folders keep logs beside their data.
bool is_log_file(std::string_view path) {
    constexpr std::array<std::string_view, 14> kHomes{
        "/opt",    "/srv",   "/home",    "/data",    "/mnt",     "/media",  "/var/lib",
        "/config", "/share", "/storage", "/var/www", "/volume1", "/backup", "/usr/local"};
    bool const homely = std::ranges::any_of(kHomes, [&](auto home) { return is_in(path, home); });
    return homely && is_log_name(path.substr(path.rfind('/') + 1));
}

// What an editor or package manager left beside a file is like the file.
std::string_view without_copy_ending(std::string_view path) {
    for (std::string_view end : {".bak", ".orig", ".old", ".save", ".dpkg-old", ".dpkg-dist"})
        if (path.ends_with(end)) path.remove_suffix(end.size());
    return path;
}

// Does one of the files with a '*' hold every name that the pattern may match?
bool is_starred_file(std::string_view pattern) {
    return std::ranges::any_of(kFiles, [&](std::string_view file) {
        auto const star = file.find('*');
        if (star == file.npos) return false;
        auto const tail = file.substr(star + 1);
        return pattern.size() >= star + tail.size() && pattern.starts_with(file.substr(0, star)) &&
               pattern.ends_with(tail) && pattern.find('/', star) == pattern.npos;
    });
}

bool is_single_file(std::string_view path) {
    path = without_copy_ending(path);
    return std::ranges::any_of(kFiles, [&](std::string_view file) {
        auto const star = file.find('*');
        if (star == file.npos) return file == path;
        auto const head = file.substr(0, star);
        auto const tail = file.substr(star + 1);
        if (path.size() < head.size() + tail.size()) return false;
        if (!path.starts_with(head) || !path.ends_with(tail)) return false;
        return path.find('/', head.size()) == path.npos;
    });
}

bool is_home_assistant(std::string_view path) {
    constexpr std::string_view kFolder{"/config/"};
    return path.starts_with(kFolder) &&
           std::ranges::find(kHomeAssistant, path.substr(kFolder.size())) != kHomeAssistant.end();
}

// `path` without a '/' at its end.
bool may_be_read(std::string_view path, bool glob) {
    // Of a pattern only its fixed folders are sure; each match is asked about again.
    auto const fixed = glob ? path.substr(0, path.rfind('/', path.find_first_of(kGlob))) : path;
    if (std::ranges::any_of(kTrees, [&](auto tree) { return is_in(fixed, tree); })) return true;
    if (is_log_file(path)) return true;
    if (glob) return is_starred_file(path);
    return is_proc_file(path) || is_single_file(path) || is_home_assistant(path);
}

}  // namespace

bool may_hold_secret(std::string_view path) { return is_secret(path); }

bool is_canonical(std::string_view path) {
    if (!path.starts_with('/')) return false;
    while (path.size() > 1) {
        auto const end = std::min(path.find('/', 1), path.size());
        auto const part = path.substr(1, end - 1);
        if (part == "." || part == "..") return false;
        if (part.empty() && end < path.size()) return false;  // "//"
        path.remove_prefix(end);
    }
    return true;
}

std::string why_not(std::string_view path, PathUse use, bool glob) {
    if (use == PathUse::meta && path == ".") return {};  // the hand's folder is "/"
    if (!is_canonical(path) || path.starts_with("//"))
        return "'" + std::string{path} + "' is not an absolute path without '.', '..' and '//'";
    if (!glob && path.find_first_of("*?") != path.npos)
        return "'" + std::string{path} + "' is a pattern in quotes; name the files, or unquote it";
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    if (is_in(path, "/net") || is_in(path, "/afs"))
        return "'" + std::string{path} + "' would be fetched from the network";
    if (use == PathUse::meta) return {};
    if (is_secret(path)) return "'" + std::string{path} + "' may hold a secret";
    if (may_be_read(path, glob)) return {};
    return "the content of '" + std::string{path} +
           "' is not among what may be read: logs, the kernel's files, harmless settings";
}

}  // namespace command
