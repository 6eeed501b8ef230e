// Disks, arrays, sensors and other devices. Names that only point at one; a log or a setting that a
// program would also change by the same option is told apart here.
#include <algorithm>

#include "common/command/operand_checks.hpp"

namespace command::operand {
namespace {

bool is_hex_address(std::string_view word) {
    return !word.empty() && word.size() <= 32 &&
           word.find_first_not_of("0123456789abcdefABCDEFx:.*") == word.npos;
}

}  // namespace

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

Fit check_lvm_more(std::string_view word, Context const& context) {
    if (!word.starts_with('+')) return wrong();
    word.remove_prefix(1);
    if (word.ends_with("%FREE")) return fits_if(all_digits(word.substr(0, word.size() - 5), 3));
    return check_size(word, context);
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

Fit check_usb_hub(std::string_view word, Context const&) {
    return fits_if(!word.empty() && is_digit(word[0]) && word.size() <= 32 &&
                   word.find_first_not_of("0123456789.-") == word.npos);
}

}  // namespace command::operand
