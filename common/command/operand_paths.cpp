// Paths, devices and the network's names.
#include <algorithm>

#include "common/command/mini/web.hpp"
#include "common/command/operand_checks.hpp"
#include "common/command/paths.hpp"

namespace command::operand {
namespace {

Fit by_policy(std::string_view word, PathUse use, bool glob) {
    auto reason = why_not(word, use, glob);
    return reason.empty() ? fits() : wrong(std::move(reason));
}

bool is_ipv4(std::string_view word) {
    int parts = 0;
    while (parts < 4) {
        auto const end = std::min(word.find('.'), word.size());
        auto const part = word.substr(0, end);
        if (!all_digits(part, 3) || (part.size() == 3 && part > "255")) return false;
        ++parts;
        if (end == word.size()) return parts == 4;
        word.remove_prefix(end + 1);
    }
    return false;
}

bool is_ipv6(std::string_view word) {
    auto const zone = word.find('%');
    if (zone != word.npos && !is_name(word.substr(zone + 1), "_.-", 15)) return false;
    auto const address = word.substr(0, zone);
    return address.size() >= 2 && address.size() <= 45 && std::ranges::count(address, ':') >= 2 &&
           address.find_first_not_of("0123456789abcdefABCDEF:.") == address.npos;
}

bool is_ip(std::string_view word) { return is_ipv4(word) || is_ipv6(word); }

// Below /dev, but not memory, terminals or what is open already.
bool is_device(std::string_view word, bool glob) {
    constexpr std::string_view kDev{"/dev/"};
    if (!word.starts_with(kDev) || !is_canonical(word) || word.ends_with('/')) return false;
    auto const name = word.substr(kDev.size());
    for (std::string_view no : {"fd", "stdin", "stdout", "stderr", "mem", "kmem", "port", "kmsg",
                                "shm", "pts", "tty", "console", "full", "zero", "random"})
        if (name == no || (name.starts_with(no) && name[no.size()] == '/')) return false;
    return is_name(name, glob ? "_.:+@=/-*?[]" : "_.:+@=/-", 200);
}

}  // namespace

Fit check_path_read(std::string_view word, Context const& context) {
    return by_policy(word, PathUse::read, context.glob);
}
// A sum tells nothing of a file, unless the file is a secret that could be guessed.
Fit check_path_sum(std::string_view word, Context const& context) {
    if (may_hold_secret(word)) return wrong("'" + std::string{word} + "' may hold a secret");
    return by_policy(word, PathUse::meta, context.glob);
}
Fit check_path_meta(std::string_view word, Context const& context) {
    return by_policy(word, PathUse::meta, context.glob);
}
Fit check_dir_meta(std::string_view word, Context const& context) {
    return by_policy(word, PathUse::meta, context.glob);
}
Fit check_glob_meta(std::string_view word, Context const&) {
    return by_policy(word, PathUse::meta, true);
}
Fit check_mountpoint(std::string_view word, Context const&) {
    return by_policy(word, PathUse::meta, false);
}
Fit check_device(std::string_view word, Context const& context) {
    return fits_if(is_device(word, context.glob));
}
Fit check_disk(std::string_view word, Context const& context) {
    return fits_if(is_device(word, context.glob) && !word.starts_with("/dev/tty") &&
                   !word.starts_with("/dev/serial"));
}

Fit check_host(std::string_view word, Context const&) {
    if (is_ip(word)) return fits();
    return fits_if(is_name(word, "._-", 253) && word.find("..") == word.npos);
}
Fit check_ip(std::string_view word, Context const&) { return fits_if(is_ip(word)); }
Fit check_cidr(std::string_view word, Context const&) {
    auto const slash = word.find('/');
    if (slash == word.npos) return fits_if(is_ip(word));
    return fits_if(is_ip(word.substr(0, slash)) && all_digits(word.substr(slash + 1), 3));
}
Fit check_iface(std::string_view word, Context const&) {
    return fits_if(is_name(word, "_.:@-", 32));
}

Fit check_url_registered(std::string_view word, Context const& context) {
    if (!context.urls_known) return fits_if(is_health_url(word));
    return fits_if(is_loopback_url(word) &&
                   std::ranges::any_of(context.urls, [&](std::string_view url) {
                       if (!url.ends_with('*')) return url == word;
                       return word.starts_with(url.substr(0, url.size() - 1));
                   }));
}

}  // namespace command::operand
