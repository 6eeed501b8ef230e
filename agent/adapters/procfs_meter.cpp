#include "agent/adapters/procfs_meter.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "agent/adapters/procfs_parse.hpp"

namespace agent {

namespace {

using domain::Reading;
using domain::ReadingGroup;

constexpr std::size_t kFileMax = 256 * 1024;
constexpr std::size_t kInterfacesMax = 16;
constexpr std::size_t kMountsMax = 16;
constexpr int kThermalZonesMax = 16;

double number(std::uint64_t value) { return static_cast<double>(value); }
double percent(double part, double whole) {
    return whole > 0 ? std::clamp(100.0 * part / whole, 0.0, 100.0) : 0.0;
}

// How fast a counter rose; a counter that went back started anew.
double per_second(std::uint64_t before, std::uint64_t now, double seconds) {
    return seconds > 0 && now >= before ? number(now - before) / seconds : 0.0;
}

}  // namespace

struct ProcfsMeter::State {
    ProcfsSettings settings;
    std::string buffer;  // one for all files: nothing is allocated at each interval
    bool first = true;
    base::BootTime last{};
    double seconds = 0;  // since the reading before
    CpuTimes cpu;
    std::map<std::string, Interface> interfaces;
    OwnProcess own;

    std::string_view slurp(std::string const& path);
    void read_cpu(std::vector<ReadingGroup>& out);
    void read_memory(std::vector<ReadingGroup>& out);
    void read_disk(std::vector<ReadingGroup>& out);
    void read_net(std::vector<ReadingGroup>& out);
    void read_temperature(std::vector<ReadingGroup>& out);
    void read_system(std::vector<ReadingGroup>& out, base::BootTime now);
};

std::string_view ProcfsMeter::State::slurp(std::string const& path) {
    int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return {};
    std::size_t used = 0;
    while (used < kFileMax) {
        if (buffer.size() < used + 4096) buffer.resize(used + 4096);
        auto got = ::read(fd, buffer.data() + used, buffer.size() - used);
        if (got <= 0) break;
        used += static_cast<std::size_t>(got);
    }
    ::close(fd);
    return std::string_view(buffer).substr(0, used);
}

void ProcfsMeter::State::read_cpu(std::vector<ReadingGroup>& out) {
    ReadingGroup group{"cpu", {}};
    if (auto now = parse_stat(slurp(settings.proc + "/stat"))) {
        auto busy = number(now->busy) - number(cpu.busy);
        auto idle = number(now->idle) - number(cpu.idle);
        auto iowait = number(now->iowait) - number(cpu.iowait);
        if (!first) {
            group.readings.push_back({"used_percent", percent(busy, busy + idle)});
            group.readings.push_back({"iowait_percent", percent(iowait, busy + idle)});
        }
        cpu = *now;
    }
    if (auto load = parse_loadavg(slurp(settings.proc + "/loadavg"))) {
        group.readings.push_back({"load1", load->one});
        group.readings.push_back({"load5", load->five});
        group.readings.push_back({"load15", load->fifteen});
    }
    if (!group.readings.empty()) out.push_back(std::move(group));
}

void ProcfsMeter::State::read_memory(std::vector<ReadingGroup>& out) {
    auto memory = parse_meminfo(slurp(settings.proc + "/meminfo"));
    if (!memory) return;
    auto used = number(memory->total - memory->available);
    auto swap_used = number(memory->swap_total - std::min(memory->swap_free, memory->swap_total));
    out.push_back({"mem",
                   {{"total_bytes", number(memory->total)},
                    {"available_bytes", number(memory->available)},
                    {"used_percent", percent(used, number(memory->total))},
                    {"swap_used_bytes", swap_used},
                    {"swap_used_percent", percent(swap_used, number(memory->swap_total))}}});
}

void ProcfsMeter::State::read_disk(std::vector<ReadingGroup>& out) {
    ReadingGroup group{"disk", {}};
    auto points = parse_mounts(slurp(settings.proc + "/self/mounts"));
    if (points.size() > kMountsMax) points.resize(kMountsMax);
    for (auto const& point : points) {
        struct statvfs facts {};
        if (::statvfs(point.c_str(), &facts) != 0 || facts.f_blocks == 0) continue;
        auto name = metric_name_of(point);
        auto block = number(facts.f_frsize);
        auto used = number(facts.f_blocks - std::min(facts.f_bfree, facts.f_blocks));
        // As df counts it: what is reserved for root is not there for anybody else.
        group.readings.push_back(
            {"used_percent_" + name, percent(used, used + number(facts.f_bavail))});
        group.readings.push_back({"free_bytes_" + name, number(facts.f_bavail) * block});
        if (facts.f_files > 0)
            group.readings.push_back(
                {"inodes_used_percent_" + name,
                 percent(number(facts.f_files - std::min(facts.f_ffree, facts.f_files)),
                         number(facts.f_files))});
    }
    if (!group.readings.empty()) out.push_back(std::move(group));
}

void ProcfsMeter::State::read_net(std::vector<ReadingGroup>& out) {
    ReadingGroup group{"net", {}};
    std::map<std::string, Interface> seen;
    for (auto& now : parse_net_dev(slurp(settings.proc + "/net/dev"))) {
        if (seen.size() >= kInterfacesMax) break;
        auto before = interfaces.find(now.name);
        if (!first && before != interfaces.end()) {
            auto name = metric_name_of(now.name);
            auto const& old = before->second;
            auto rate = [&](char const* metric, std::uint64_t from, std::uint64_t to) {
                group.readings.push_back({metric + name, per_second(from, to, seconds)});
            };
            rate("rx_bytes_per_second_", old.rx_bytes, now.rx_bytes);
            rate("tx_bytes_per_second_", old.tx_bytes, now.tx_bytes);
            group.readings.push_back({"errors_" + name, number(now.rx_errors + now.tx_errors)});
        }
        seen.emplace(now.name, std::move(now));
    }
    interfaces = std::move(seen);
    if (!group.readings.empty()) out.push_back(std::move(group));
}

void ProcfsMeter::State::read_temperature(std::vector<ReadingGroup>& out) {
    ReadingGroup group{"temp", {}};
    for (int zone = 0; zone < kThermalZonesMax; ++zone) {
        auto folder = settings.sys + "/class/thermal/thermal_zone" + std::to_string(zone);
        auto text = slurp(folder + "/temp");
        if (text.empty()) break;
        char* end = nullptr;
        std::string digits(text);
        auto milli = std::strtol(digits.c_str(), &end, 10);
        // Sensors that are off say things like -274 or 200 degrees.
        if (end == digits.c_str() || milli < -60'000 || milli > 150'000) continue;
        group.readings.push_back(
            {"zone" + std::to_string(zone) + "_celsius", static_cast<double>(milli) / 1000});
    }
    if (!group.readings.empty()) out.push_back(std::move(group));
}

void ProcfsMeter::State::read_system(std::vector<ReadingGroup>& out, base::BootTime now) {
    auto uptime = std::chrono::duration<double>(now.time_since_epoch()).count();
    ReadingGroup group{"sys", {{"uptime_seconds", uptime}}};
    if (auto process = parse_pid_stat(slurp(settings.proc + "/self/stat"))) {
        auto ticks = static_cast<double>(std::max(1L, ::sysconf(_SC_CLK_TCK)));
        if (!first)
            group.readings.push_back(
                {"agent_cpu_percent",
                 100 * per_second(own.cpu_ticks, process->cpu_ticks, seconds) / ticks});
        group.readings.push_back({"agent_cpu_seconds", number(process->cpu_ticks) / ticks});
        group.readings.push_back(
            {"agent_rss_bytes",
             number(process->rss_pages) * static_cast<double>(::sysconf(_SC_PAGESIZE))});
        own = *process;
    }
    if (auto bytes = parse_written_bytes(slurp(settings.proc + "/self/io")))
        group.readings.push_back({"agent_written_bytes", number(*bytes)});
    out.push_back(std::move(group));
}

ProcfsMeter::ProcfsMeter(ProcfsSettings settings) : state_(std::make_unique<State>()) {
    state_->settings = std::move(settings);
}
ProcfsMeter::~ProcfsMeter() = default;

std::vector<ReadingGroup> ProcfsMeter::read(base::BootTime now) {
    auto& state = *state_;
    state.seconds = std::chrono::duration<double>(now - state.last).count();
    std::vector<ReadingGroup> out;
    state.read_cpu(out);
    state.read_memory(out);
    state.read_disk(out);
    state.read_net(out);
    state.read_temperature(out);
    state.read_system(out, now);
    state.last = now;
    state.first = false;
    return out;
}

}  // namespace agent
