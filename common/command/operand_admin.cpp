// What administrators name: columns, counts, keys, packages, disks' logs, sensors, pools. Each is a
// closed set of characters or words; none can be an option, and a path among them is plain.
#include <algorithm>
#include <array>
#include <initializer_list>

#include "common/command/names.hpp"
#include "common/command/operand_checks.hpp"
#include "common/command/paths.hpp"

namespace command::operand {
namespace {

// The first character a letter, a digit or one of `first`; the others those or one of `others`.
bool is_made_of(std::string_view word, std::string_view first, std::string_view others,
                std::size_t most = 255) {
    if (word.empty() || word.size() > most) return false;
    if (!is_alnum(word[0]) && first.find(word[0]) == first.npos) return false;
    return std::ranges::all_of(
        word.substr(1), [&](char c) { return is_alnum(c) || others.find(c) != others.npos; });
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> known) {
    return std::ranges::find(known, word) != known.end();
}

bool is_plain_path(std::string_view word) {
    return word.starts_with('/') && why_not(word, PathUse::meta, false).empty();
}

// Cuts the text up to `by`, or all of it, off the front.
std::string_view take_part(std::string_view& text, char by) {
    auto const end = std::min(text.find(by), text.size());
    auto const part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

bool all_parts(std::string_view list, char by, bool (*good)(std::string_view)) {
    if (list.empty() || list.ends_with(by)) return false;
    while (!list.empty())
        if (!good(take_part(list, by))) return false;
    return true;
}

std::string_view without_sign(std::string_view word) {
    if (word.starts_with('+') || word.starts_with('-')) word.remove_prefix(1);
    return word;
}

// "10", "10k", "1MiB"
bool is_count(std::string_view word) {
    auto const digits = std::min(word.find_first_not_of("0123456789"), word.size());
    if (digits == 0 || digits > 15) return false;
    auto unit = word.substr(digits);
    if (unit.empty() || unit == "b") return true;
    if (std::string_view{"kKmMGTPEZY"}.find(unit[0]) == std::string_view::npos) return false;
    unit.remove_prefix(1);
    return unit.empty() || unit == "B" || unit == "iB" || unit == "i";
}

bool is_hex_address(std::string_view word) {
    return !word.empty() && word.size() <= 32 &&
           word.find_first_not_of("0123456789abcdefABCDEFx:.*") == word.npos;
}

// "2", "2.3", "2nr", "1.2,1.4n"
bool is_sort_position(std::string_view word) {
    auto const digits = std::min(word.find_first_not_of("0123456789."), word.size());
    if (digits == 0 || !is_digit(word[0])) return false;
    return word.find_first_not_of("bdfgiMhnRrV", digits) == word.npos;
}

bool is_property(std::string_view word) {
    constexpr std::string_view kNone{};
    return is_made_of(word, kNone, kNone, 64) && word.find("Environment") == word.npos &&
           word.find("Credential") == word.npos;
}

}  // namespace

Fit check_any_text(std::string_view, Context const&) { return fits(); }
Fit check_text(std::string_view word, Context const&) {
    return fits_if(!word.empty() && (word[0] != '-' || word == "-"));
}

Fit check_block_size(std::string_view word, Context const&) {
    if (word.starts_with('\'')) word.remove_prefix(1);
    if (is_one_of(word, {"human-readable", "si"}) || is_count(word)) return fits();
    return fits_if(!word.empty() && is_count("1" + std::string{word}));
}

Fit check_line_count(std::string_view word, Context const&) {
    return fits_if(is_count(without_sign(word)));
}
Fit check_signed_size(std::string_view word, Context const&) {
    return fits_if(is_count(without_sign(word)));
}

Fit check_sort_key(std::string_view word, Context const&) {
    return fits_if(std::ranges::count(word, ',') <= 1 && all_parts(word, ',', is_sort_position));
}
Fit check_field_list(std::string_view word, Context const&) {
    return fits_if(!word.empty() && word.size() <= 128 &&
                   word.find_first_not_of("0123456789,-/+") == word.npos);
}
Fit check_time_style(std::string_view word, Context const& context) {
    if (word.starts_with("posix-")) word.remove_prefix(6);
    if (is_one_of(word, {"full-iso", "long-iso", "iso", "locale"})) return fits();
    return check_date_format(word, context);
}
Fit check_columns(std::string_view word, Context const&) {
    if (word.starts_with('=')) word.remove_prefix(1);  // "lscpu -e=CPU"
    return fits_if(is_made_of(word, "+%_@*", "_.:%+@*,-#~", 512));
}

Fit check_short_sleep(std::string_view word, Context const&) {
    if (word.ends_with('s')) word.remove_suffix(1);
    auto const whole = word.substr(0, word.find('.'));
    if (whole.size() < word.size() && !all_digits(word.substr(whole.size() + 1), 6)) return wrong();
    return fits_if(all_digits(whole, 2) && (whole.size() == 1 || whole <= "30"));
}

Fit check_boot(std::string_view word, Context const&) {
    if (word == "all" || all_digits(without_sign(word), 9)) return fits();
    auto const id = word.substr(0, 32);
    bool const hex = id.size() == 32 && id.find_first_not_of("0123456789abcdef") == id.npos;
    return fits_if(hex && (word.size() == 32 || all_digits(without_sign(word.substr(32)), 9)));
}
Fit check_journal_lines(std::string_view word, Context const&) {
    if (word.starts_with('+')) word.remove_prefix(1);
    return fits_if(word == "all" || all_digits(word, 9));
}

Fit check_journal_match(std::string_view word, Context const&) {
    if (word == "+" || is_plain_path(word)) return fits();
    auto const equals = word.find('=');
    if (equals == word.npos || equals == 0) return wrong();
    return fits_if(word.substr(0, equals).find_first_not_of(
                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == word.npos);
}
Fit check_journal_namespace(std::string_view word, Context const&) {
    if (word.starts_with('+')) word.remove_prefix(1);
    return fits_if(word == "*" || is_name(word, "_.-", 64));
}
Fit check_journal_output(std::string_view word, Context const&) {
    return fits_if(is_one_of(
        word, {"short", "short-full", "short-iso", "short-iso-precise", "short-precise",
               "short-monotonic", "short-delta", "short-unix", "verbose", "export", "json",
               "json-pretty", "json-sse", "json-seq", "cat", "with-unit", "help"}));
}
Fit check_cursor(std::string_view word, Context const&) {
    return fits_if(is_made_of(word, "", "=;"));
}

Fit check_priority(std::string_view word, Context const&) {
    auto const level = [](std::string_view text) {
        return is_one_of(text, {"emerg", "alert", "crit", "err", "error", "warning", "warn",
                                "notice", "info", "debug", "0", "1", "2", "3", "4", "5", "6", "7"});
    };
    auto const dots = word.find("..");
    if (dots == word.npos) return fits_if(level(word));
    return fits_if(level(word.substr(0, dots)) && level(word.substr(dots + 2)));
}

Fit check_unit_or_pid(std::string_view word, Context const& context) {
    return all_digits(word, 9) ? fits() : check_unit_glob(word, context);
}
Fit check_unit_properties(std::string_view word, Context const&) {
    return fits_if(all_parts(word, ',', is_property));
}
Fit check_calendar(std::string_view word, Context const&) {
    return fits_if(is_made_of(word, "*", " *:-/.,~"));
}
Fit check_cgroup_path(std::string_view word, Context const&) {
    return fits_if(is_plain_path(word) || is_name(word, "_.:@-"));
}
Fit check_core_match(std::string_view word, Context const& context) {
    return fits_if(is_name(word, "_.:@-") || check_journal_match(word, context));
}
Fit check_bus_name(std::string_view word, Context const&) {
    return fits_if(is_made_of(word, ":", "._-"));
}

// A node below /dev, a device's folder below /sys, or the kernel's short name.
Fit check_device_path(std::string_view word, Context const& context) {
    if (word.starts_with("/sys/")) return fits_if(is_plain_path(word));
    return fits_if(check_device(word, context) || is_name(word, "_.-"));
}
Fit check_device_name(std::string_view word, Context const& context) {
    return fits_if(check_device(word, context) || is_name(word, "_.+-"));
}
Fit check_video_device(std::string_view word, Context const&) {
    constexpr std::string_view kVideo{"/dev/video"};
    if (word.starts_with(kVideo)) word.remove_prefix(kVideo.size());
    return fits_if(all_digits(word, 3));
}
Fit check_iostat_device(std::string_view word, Context const& context) {
    return fits_if(check_device(word, context) || (is_name(word, "_-", 32) && !is_digit(word[0])));
}
Fit check_mount_source(std::string_view word, Context const&) {
    if (word.starts_with('/')) return fits_if(is_plain_path(word));
    return fits_if(is_name(word, "_.:/=@%+-") && word.find("..") == word.npos);
}
Fit check_pool_device(std::string_view word, Context const& context) {
    return fits_if(check_device(word, context) || is_name(word, "_.:-"));
}
Fit check_lvm_volume(std::string_view word, Context const& context) {
    return fits_if(check_device(word, context) ||
                   (is_name(word, "_.+/-") && word.find("..") == word.npos));
}
Fit check_scsi_address(std::string_view word, Context const&) {
    return fits_if(!word.empty() && word.size() <= 32 &&
                   word.find_first_not_of("0123456789:[]*-") == word.npos && word[0] != '-');
}
Fit check_pci_address(std::string_view word, Context const&) {
    return fits_if(is_hex_address(word));
}
Fit check_pci_ids(std::string_view word, Context const&) { return fits_if(is_hex_address(word)); }
Fit check_usb_address(std::string_view word, Context const&) {
    return fits_if(is_hex_address(word));
}
Fit check_usb_ids(std::string_view word, Context const&) { return fits_if(is_hex_address(word)); }

Fit check_path_or_word(std::string_view word, Context const&) {
    if (word.starts_with('/')) return fits_if(is_plain_path(word));
    return fits_if(is_made_of(word, "@", "_.:@%+=,/~-") && word.find("..") == word.npos);
}
Fit check_program_name(std::string_view word, Context const&) {
    return fits_if(is_plain_path(word) || is_name(word, "_.+@-", 128));
}
// Names, patterns and versions of packages, and the files asked about.
Fit check_dpkg_word(std::string_view word, Context const&) {
    return fits_if(is_made_of(word, "/*", "_.:+~*?[]/@=-") && word.find("..") == word.npos &&
                   word.find("//") == word.npos);
}
Fit check_package_glob(std::string_view word, Context const&) {
    return fits_if(is_made_of(word, "*@", "_.:+~*?[]/@=-", 128) && word.find("..") == word.npos);
}
Fit check_fuser_subject(std::string_view word, Context const&) {
    if (is_plain_path(word)) return fits();
    return fits_if(
        is_name(word.substr(0, word.find('/')), "-", 32) &&
        (word.find('/') == word.npos || word.ends_with("/tcp") || word.ends_with("/udp")));
}
Fit check_service_name(std::string_view word, Context const&) {
    return fits_if(is_name(word, "_/-", 64));
}
Fit check_login_name(std::string_view word, Context const&) {
    return fits_if(is_made_of(word, "_:", "_.:/-", 64));
}
Fit check_tty(std::string_view word, Context const&) { return fits_if(is_name(word, "/,-", 64)); }
Fit check_top_field(std::string_view word, Context const&) {
    word = without_sign(word);
    return fits_if(is_made_of(word, "%", "_:", 32));
}
Fit check_clock_time(std::string_view word, Context const&) {
    return fits_if(!word.empty() && word.size() <= 12 &&
                   word.find_first_not_of("0123456789:") == word.npos);
}

// A key in /proc/sys, without a value to set and not one that holds a secret.
Fit check_sysctl_key(std::string_view word, Context const&) {
    return fits_if(is_made_of(word, "", "_./*-", 128) && word.find("..") == word.npos &&
                   word.find("//") == word.npos && word.find("secret") == word.npos &&
                   word.find("_key") == word.npos);
}

Fit check_smart_device(std::string_view word, Context const&) {
    return fits_if(is_made_of(word, "", ",+/", 64));
}
// Logs that are only read: no name that also sets or resets may have a further part.
Fit check_smart_log(std::string_view word, Context const&) {
    auto const name = take_part(word, ',');
    if (is_one_of(name,
                  {"selftest",   "selective",   "background", "sasphy", "sataphy",     "scttemp",
                   "scttempsts", "scttemphist", "scterc",     "ssd",    "tapedevstat", "zdevstat",
                   "envrep",     "farm",        "genstats",   "error",  "xerror",      "xselftest",
                   "directory",  "devstat",     "defects"}) &&
        word.empty())
        return fits();
    if (!is_one_of(name, {"error", "xerror", "xselftest", "directory", "devstat", "defects",
                          "gplog", "smartlog", "nvmelog"}))
        return wrong();
    return fits_if(all_parts(word, ',', [](std::string_view part) {
        return is_one_of(part, {"error", "selftest", "g", "s"}) ||
               (!part.empty() && part.find_first_not_of("0123456789abcdefABCDEFx+-") == part.npos);
    }));
}
Fit check_smart_nocheck(std::string_view word, Context const&) {
    auto const mode = take_part(word, ',');
    return fits_if(
        is_one_of(mode, {"never", "sleep", "standby", "idle"}) &&
        (word.empty() || all_parts(word, ',', [](auto part) { return all_digits(part, 3); })));
}
Fit check_smart_report(std::string_view word, Context const&) {
    return fits_if(is_name(word, ",", 32));
}
Fit check_raid_path(std::string_view word, Context const&) {
    return fits_if(word.starts_with("/c") && word.size() <= 32 &&
                   word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789/") == word.npos &&
                   word.find("//") == word.npos);
}
Fit check_slot_number(std::string_view word, Context const&) {
    constexpr std::string_view kSlot{"slot="};
    return fits_if(word.starts_with(kSlot) && all_digits(word.substr(kSlot.size()), 3));
}
Fit check_led_pattern(std::string_view word, Context const& context) {
    auto const pattern = take_part(word, '=');
    return fits_if(is_one_of(pattern, {"locate", "locate_off", "normal", "off"}) &&
                   check_device(word, context));
}
// How full the chunks may be that btrfs rewrites.
Fit check_balance_usage(std::string_view word, Context const&) {
    constexpr std::string_view kUsage{"usage="};
    return fits_if(word.starts_with(kUsage) && all_digits(word.substr(kUsage.size()), 3));
}

Fit check_ntp_burst(std::string_view word, Context const&) {
    auto const good = take_part(word, '/');
    return fits_if(all_digits(good, 3) && all_digits(word, 3));
}
Fit check_ntpq_command(std::string_view word, Context const&) {
    auto const name = word.substr(0, word.find(' '));
    return fits_if(
        is_one_of(name, {"rv",       "readvar",       "readlist",   "rl",       "peers",
                         "pe",       "lpeers",        "opeers",     "apeers",   "associations",
                         "as",       "lassociations", "kerninfo",   "monstats", "sysinfo",
                         "sysstats", "iostats",       "timerstats", "pstats",   "version"}) &&
        is_made_of(word, "", " _,&.-", 128));
}
Fit check_zone(std::string_view word, Context const&) {
    return fits_if(is_name(word, "_+/-", 64) && !is_digit(word[0]));
}
Fit check_sensor_chip(std::string_view word, Context const&) {
    return fits_if(is_made_of(word, "*", "_*-", 64));
}
Fit check_upower_path(std::string_view word, Context const&) {
    return fits_if(word.starts_with("/org/freedesktop/UPower/") &&
                   is_made_of(word.substr(1), "", "_/", 128));
}
// A UPS of this machine's own daemon.
Fit check_ups_name(std::string_view word, Context const&) {
    auto const name = take_part(word, '@');
    if (!is_name(name, "_.-", 64)) return wrong();
    auto const host = take_part(word, ':');
    return fits_if(is_one_of(host, {"", "localhost", "127.0.0.1"}) &&
                   (word.empty() || all_digits(word, 5)));
}
Fit check_raspi_get(std::string_view word, Context const&) {
    return fits_if((word.starts_with("get_") || word.starts_with("is_")) &&
                   word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == word.npos);
}
Fit check_logrotate_config(std::string_view word, Context const&) {
    constexpr std::string_view kFolder{"/etc/logrotate.d/"};
    if (word == "/etc/logrotate.conf") return fits();
    return fits_if(word.starts_with(kFolder) && is_name(word.substr(kFolder.size()), "_.-", 64));
}
// Long enough to name one program, and none by which the machine lives or is reached.
Fit check_process_name(std::string_view word, Context const&) {
    if (word.size() < 3 || !is_name(word, "_-", 64)) return wrong();
    for (std::string_view vital :
         {"systemd",    "init",   "sshd",  "ssh",      "dbus",   "tomte",      "docker",
          "containerd", "podman", "udev",  "login",    "getty",  "mosquitto",  "NetworkManager",
          "networkd",   "dhc",    "wpa_",  "kthread",  "jarvis", "supervisor", "libvirt",
          "qemu",       "kvm",    "pve",   "corosync", "bash",   "agetty",     "auditd",
          "syslog",     "polkit", "avahi", "iptables", "nft"})
        if (word.find(vital) != word.npos)
            return wrong("'" + std::string{word} + "' is a process the machine lives by");
    return fits();
}
Fit check_usb_hub(std::string_view word, Context const&) {
    return fits_if(!word.empty() && is_digit(word[0]) && word.size() <= 32 &&
                   word.find_first_not_of("0123456789.-") == word.npos);
}
Fit check_unit_file(std::string_view word, Context const& context) {
    if (!word.starts_with('/')) return check_unit(word, context);
    bool const known = word.starts_with("/etc/systemd/") || word.starts_with("/usr/lib/systemd/") ||
                       word.starts_with("/lib/systemd/");
    return fits_if(known && is_plain_path(word));
}
Fit check_shipped_config(std::string_view word, Context const&) {
    auto const folder = take_part(word, '/');
    if (word.empty())
        return fits_if(
            is_one_of(folder, {"tmpfiles.d", "sysctl.d", "sysusers.d", "modules-load.d"}));
    return fits_if(
        is_one_of(folder, {"systemd", "tmpfiles.d", "sysctl.d", "sysusers.d", "modules-load.d"}) &&
        is_name(word, "_-.", 64) && word.ends_with(".conf"));
}
// A folder all of whose contents may be read.
Fit check_tree_read(std::string_view word, Context const& context) {
    auto reason = why_not(word, PathUse::read, context.glob);
    if (!reason.empty()) return wrong(std::move(reason));
    return fits_if(word.starts_with("/var/log/") || word == "/var/log" ||
                   word.starts_with("/proc/net") || word.starts_with("/usr/share/doc/"));
}

}  // namespace command::operand
