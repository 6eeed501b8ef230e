#include "agent/adapters/procfs_parse.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace agent {

namespace {

std::string_view next_line(std::string_view& text) {
    auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

std::string_view next_word(std::string_view& line) {
    auto begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) {
        line = {};
        return {};
    }
    line.remove_prefix(begin);
    auto end = std::min(line.find_first_of(" \t"), line.size());
    auto word = line.substr(0, end);
    line.remove_prefix(end);
    return word;
}

template <class Number>
std::optional<Number> number(std::string_view word) {
    Number value{};
    auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
    return value;
}

std::optional<std::uint64_t> next_count(std::string_view& line) {
    return number<std::uint64_t>(next_word(line));
}

// "\040" is how the kernel writes a blank in a mount point.
std::string unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto octal = [&](std::size_t at) {
            return at < text.size() && text[at] >= '0' && text[at] <= '7';
        };
        if (text[i] == '\\' && octal(i + 1) && octal(i + 2) && octal(i + 3)) {
            int code = (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0');
            out.push_back(static_cast<char>(code & 0xff));
            i += 3;
        } else {
            out.push_back(text[i]);
        }
    }
    return out;
}

}  // namespace

std::optional<CpuTimes> parse_stat(std::string_view text) {
    while (!text.empty()) {
        auto line = next_line(text);
        if (next_word(line) != "cpu") continue;
        // user nice system idle iowait irq softirq steal; guest times are part of user and nice.
        std::array<std::uint64_t, 8> field{};
        for (auto& one : field) {
            auto value = next_count(line);
            if (!value) return std::nullopt;
            one = *value;
        }
        return CpuTimes{field[0] + field[1] + field[2] + field[5] + field[6] + field[7],
                        field[3] + field[4], field[4]};
    }
    return std::nullopt;
}

std::optional<Memory> parse_meminfo(std::string_view text) {
    Memory memory;
    bool total = false;
    bool available = false;
    while (!text.empty()) {
        auto line = next_line(text);
        auto name = next_word(line);
        auto kib = next_count(line);
        if (!kib || *kib > (std::uint64_t{1} << 50)) continue;
        auto bytes = *kib * 1024;
        if (name == "MemTotal:") {
            memory.total = bytes;
            total = true;
        } else if (name == "MemAvailable:") {
            memory.available = bytes;
            available = true;
        } else if (name == "SwapTotal:") {
            memory.swap_total = bytes;
        } else if (name == "SwapFree:") {
            memory.swap_free = bytes;
        }
    }
    if (!total || !available || memory.total == 0 || memory.available > memory.total)
        return std::nullopt;
    return memory;
}

std::optional<Load> parse_loadavg(std::string_view text) {
    auto one = number<double>(next_word(text));
    auto five = number<double>(next_word(text));
    auto fifteen = number<double>(next_word(text));
    if (!one || !five || !fifteen) return std::nullopt;
    if (!(*one >= 0) || !(*five >= 0) || !(*fifteen >= 0)) return std::nullopt;
    return Load{*one, *five, *fifteen};
}

std::vector<Interface> parse_net_dev(std::string_view text) {
    std::vector<Interface> found;
    while (!text.empty()) {
        auto line = next_line(text);
        auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        auto head = line.substr(0, colon);
        Interface one;
        one.name = next_word(head);
        auto rest = line.substr(colon + 1);
        std::array<std::uint64_t, 16> field{};
        bool whole = true;
        for (auto& value : field) {
            auto count = next_count(rest);
            whole = whole && count.has_value();
            value = count.value_or(0);
        }
        if (!whole || one.name.empty() || one.name == "lo") continue;
        one.rx_bytes = field[0];
        one.rx_errors = field[2];
        one.tx_bytes = field[8];
        one.tx_errors = field[10];
        found.push_back(std::move(one));
    }
    return found;
}

std::vector<std::string> parse_mounts(std::string_view text) {
    constexpr std::array<std::string_view, 12> kLocal{
        "ext2", "ext3", "ext4", "xfs",     "btrfs", "f2fs",
        "zfs",  "vfat", "jfs",  "overlay", "ubifs", "reiserfs"};
    std::vector<std::string> points;
    std::vector<std::string_view> devices;
    while (!text.empty()) {
        auto line = next_line(text);
        auto device = next_word(line);
        auto point = next_word(line);
        auto type = next_word(line);
        if (std::find(kLocal.begin(), kLocal.end(), type) == kLocal.end()) continue;
        // Containers' layers are the engine's disk seen again; the root's own overlay counts.
        if (type == "overlay" && point != "/") continue;
        if (std::find(devices.begin(), devices.end(), device) != devices.end()) continue;
        devices.push_back(device);
        points.push_back(unescape(point));
    }
    return points;
}

std::string metric_name_of(std::string_view mount_point) {
    std::string name;
    for (char c : mount_point) {
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain)
            name.push_back(c);
        else if (!name.empty() && name.back() != '_')
            name.push_back('_');
    }
    if (!name.empty() && name.back() == '_') name.pop_back();
    return name.empty() ? "root" : name;
}

std::optional<OwnProcess> parse_pid_stat(std::string_view text) {
    auto close = text.rfind(')');
    if (close == std::string_view::npos) return std::nullopt;
    auto rest = text.substr(close + 1);
    while (!rest.empty() && (rest.back() == '\n' || rest.back() == ' ')) rest.remove_suffix(1);
    auto state = next_word(rest);
    if (state.size() != 1) return std::nullopt;
    OwnProcess process;
    process.zombie = state == "Z" || state == "X";
    // Field 3 was the state; 14 and 15 are the times, 24 is the resident set.
    for (int field = 4; field <= 24; ++field) {
        auto word = next_word(rest);
        if (field != 14 && field != 15 && field != 24) continue;
        auto value = number<std::uint64_t>(word);
        if (!value) return std::nullopt;
        (field == 24 ? process.rss_pages : process.cpu_ticks) += *value;
    }
    return process;
}

std::optional<std::uint64_t> parse_written_bytes(std::string_view io) {
    while (!io.empty()) {
        auto line = next_line(io);
        if (next_word(line) == "write_bytes:") return next_count(line);
    }
    return std::nullopt;
}

}  // namespace agent
