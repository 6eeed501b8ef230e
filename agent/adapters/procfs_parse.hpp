// The texts of /proc and /sys, taken apart. Pure; whatever cannot be understood is left out, never
// guessed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agent {

struct CpuTimes {  // clock ticks since boot, all cores together
    std::uint64_t busy = 0;
    std::uint64_t idle = 0;  // idle and iowait
    std::uint64_t iowait = 0;
    bool operator==(CpuTimes const&) const = default;
};
std::optional<CpuTimes> parse_stat(std::string_view text);

struct Memory {  // bytes
    std::uint64_t total = 0;
    std::uint64_t available = 0;
    std::uint64_t swap_total = 0;
    std::uint64_t swap_free = 0;
    bool operator==(Memory const&) const = default;
};
std::optional<Memory> parse_meminfo(std::string_view text);

struct Load {
    double one = 0, five = 0, fifteen = 0;
    bool operator==(Load const&) const = default;
};
std::optional<Load> parse_loadavg(std::string_view text);

struct Interface {
    std::string name;
    std::uint64_t rx_bytes = 0, tx_bytes = 0, rx_errors = 0, tx_errors = 0;
    bool operator==(Interface const&) const = default;
};
// Without "lo".
std::vector<Interface> parse_net_dev(std::string_view text);

// Mount points of file systems on real, local devices; each device once.
std::vector<std::string> parse_mounts(std::string_view text);
// "/" is "root", "/var/lib" is "var_lib": a metric's name.
std::string metric_name_of(std::string_view mount_point);

struct OwnProcess {
    std::uint64_t cpu_ticks = 0;  // user and system
    std::uint64_t rss_pages = 0;
    bool zombie = false;
    bool operator==(OwnProcess const&) const = default;
};
// /proc/PID/stat; the name in it may contain blanks and parentheses.
std::optional<OwnProcess> parse_pid_stat(std::string_view text);
std::optional<std::uint64_t> parse_written_bytes(std::string_view io);  // /proc/PID/io

}  // namespace agent
