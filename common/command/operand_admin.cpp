// What administrators name: columns, counts, keys, packages, units and what they say. Each is a
// closed set of characters or words; none can be an option, and a path among them is plain.
#include <algorithm>
#include <array>

#include "common/command/names.hpp"
#include "common/command/operand_checks.hpp"

namespace command::operand {
namespace {

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

// Of an option: where it should after all not take a value, the word must not become an option.
// Settings of memory, caches and counts, never of the network's way or of protection.
Fit check_sysctl_setting(std::string_view word, Context const&) {
    auto const key = take_part(word, '=');
    bool const known = key.starts_with("vm.") || key.starts_with("fs.inotify.") ||
                       is_one_of(key, {"fs.file-max", "net.core.somaxconn", "net.core.rmem_max",
                                       "net.core.wmem_max", "kernel.pid_max"});
    return fits_if(known && is_made_of(key, "", "_.") && all_digits(word, 12));
}
Fit check_any_text(std::string_view word, Context const&) {
    return fits_if(word.size() < 2 || word[0] != '-');
}
Fit check_regexp(std::string_view, Context const&) { return fits(); }
Fit check_text(std::string_view word, Context const&) {
    return fits_if(!word.empty() && (word[0] != '-' || word == "-"));
}

// A format whose width or precision would fill the memory is no way to write a number.
Fit check_narrow_text(std::string_view word, Context const& context) {
    for (std::size_t i = 0, digits = 0; i < word.size(); ++i) {
        digits = is_digit(word[i]) ? digits + 1 : 0;
        if (word.find('%') != word.npos && (digits > 3 || word[i] == '*')) return wrong();
    }
    return check_text(word, context);
}

Fit check_small_decimal(std::string_view word, Context const&) {
    if (word.starts_with('-')) word.remove_prefix(1);
    auto const point = std::min(word.find('.'), word.size());
    if (!all_digits(word.substr(0, point), 6)) return wrong();
    return fits_if(point == word.size() || all_digits(word.substr(point + 1), 2));
}

Fit check_probe_count(std::string_view word, Context const&) {
    return fits_if(all_digits(word, 4) && word[0] != '0' && (word.size() < 4 || word == "1000"));
}

Fit check_probe_interval(std::string_view word, Context const&) {
    auto const point = std::min(word.find('.'), word.size());
    if (!all_digits(word.substr(0, point), 3)) return wrong();
    if (point == word.size()) return fits_if(word.find_first_not_of('0') != word.npos);
    if (!all_digits(word.substr(point + 1), 3)) return wrong();
    return fits_if(word.substr(0, point).find_first_not_of('0') != word.npos ||
                   word[point + 1] >= '2');
}

// A name with a dot would be a script, which pm2 starts.
Fit check_pm2_process(std::string_view word, Context const&) {
    return fits_if(is_name(word, "_-", 64));
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
Fit check_logrotate_config(std::string_view word, Context const&) {
    constexpr std::string_view kFolder{"/etc/logrotate.d/"};
    if (word == "/etc/logrotate.conf") return fits();
    return fits_if(word.starts_with(kFolder) && is_name(word.substr(kFolder.size()), "_.-", 64));
}
// What date -d takes: a time, perhaps in a zone: TZ="Europe/Berlin" 09:00.
Fit check_date_text(std::string_view word, Context const& context) {
    constexpr std::string_view kZone{"TZ=\""};
    if (word.starts_with(kZone)) {
        word.remove_prefix(kZone.size());
        auto const end = word.find("\" ");
        if (end == word.npos || !check_zone(word.substr(0, end), context)) return wrong();
        word.remove_prefix(end + 2);
    }
    return check_time(word, context);
}
// What a package put where programs and libraries lie.
Fit check_program_file(std::string_view word, Context const&) {
    constexpr std::array<std::string_view, 6> kFolders{"/usr/", "/bin/",   "/sbin/",
                                                       "/lib/", "/lib64/", "/opt/"};
    return fits_if(is_plain_path(word) && std::ranges::any_of(kFolders, [&](auto folder) {
                       return word.starts_with(folder);
                   }));
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
                   word.starts_with("/proc/net") || word.starts_with("/proc/sys/vm") ||
                   word.starts_with("/sys/") || word.starts_with("/usr/share/doc/"));
}

}  // namespace command::operand
