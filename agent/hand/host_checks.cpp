#include "agent/hand/host_checks.hpp"

#include <net/if.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>

#include "agent/hand/record_file.hpp"

namespace hand {

namespace {

// The number that follows `key` in a text such as /proc/meminfo; -1 if there is none.
double number_after(std::string_view text, std::string_view key) {
    auto at = text.find(key);
    if (at == text.npos) return -1;
    text.remove_prefix(at + key.size());
    while (text.starts_with(' ')) text.remove_prefix(1);
    double number = -1;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string one_decimal(double number) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.1f", number);
    return text.data();
}

}  // namespace

base::Result<Answer> disk_free(std::string const& mount, double percent) {
    struct statvfs facts {};
    if (::statvfs(mount.c_str(), &facts) != 0)
        return base::fail(base::Code::not_found, mount + ": " + std::strerror(errno));
    // As df counts: what root alone may use is not free.
    auto const used = static_cast<double>(facts.f_blocks - facts.f_bfree);
    auto const free = static_cast<double>(facts.f_bavail);
    double const share = used + free > 0 ? 100 * free / (used + free) : 0;
    return Answer{share >= percent, one_decimal(share) + "% free of " + mount};
}

base::Result<Answer> tunnel_up(std::string const& tunnel, std::string const& folder) {
    auto const flags = read_file(folder + "/" + tunnel + "/flags", 64);
    if (!flags) return Answer{false, "no interface is called " + tunnel};
    unsigned value = 0;
    std::string_view text{*flags};
    if (text.starts_with("0x")) text.remove_prefix(2);
    std::from_chars(text.data(), text.data() + text.size(), value, 16);
    bool const up = (value & IFF_UP) != 0;
    return Answer{up, tunnel + (up ? " is up" : " is down")};
}

base::Result<Answer> time_synced() {
    timex facts{};
    int const state = ::adjtimex(&facts);
    if (state < 0) return base::fail(base::Code::unavailable, std::strerror(errno));
    bool const synced = state != TIME_ERROR && (facts.status & STA_UNSYNC) == 0;
    return Answer{synced, synced ? "the clock is synchronised" : "the clock is not synchronised"};
}

base::Result<Answer> memory_available(std::string_view meminfo, double percent) {
    double const total = number_after(meminfo, "MemTotal:");
    double const available = number_after(meminfo, "MemAvailable:");
    if (total <= 0 || available < 0)
        return base::fail(base::Code::unavailable, "the kernel does not tell its memory");
    double const share = 100 * available / total;
    return Answer{share >= percent, one_decimal(share) + "% of memory available"};
}

base::Result<Answer> load_below(std::string_view loadavg, double per_core, unsigned cores) {
    double const load = number_after(loadavg, "");
    if (load < 0 || cores == 0)
        return base::fail(base::Code::unavailable, "the kernel does not tell its load");
    auto const said = "load " + one_decimal(load) + " on " + std::to_string(cores) + " cores";
    return Answer{load / cores < per_core, said};
}

}  // namespace hand
