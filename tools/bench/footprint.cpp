// What the programs cost at rest.
#include <poll.h>
#include <unistd.h>

#include <fmt/format.h>
#include <sstream>
#include <stdexcept>

#include "tools/bench/bench.hpp"
#include "tools/bench/figures.hpp"
#include "tools/farm/farm.hpp"

namespace bench {
namespace {

constexpr double kKiB = 1.0 / 1024;

// A "Name:  123 kB" line of smaps_rollup or status, in KiB.
double kib_of(pid_t pid, std::string const& file, std::string const& name) {
    std::istringstream lines(farm::read_text(fmt::format("/proc/{}/{}", pid, file)));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(name + ":"))
            return std::strtod(line.substr(name.size() + 1).c_str(), nullptr);
    throw std::runtime_error(fmt::format("no {} in /proc/{}/{}: did it end?", name, pid, file));
}

double cpu_seconds(pid_t pid) {
    auto const text = farm::read_text(fmt::format("/proc/{}/stat", pid));
    std::istringstream rest(text.substr(text.rfind(')') + 2));
    std::string word;
    double user = 0, system = 0;
    for (int field = 3; rest >> word && field <= 15; ++field) {
        if (field == 14) user = std::strtod(word.c_str(), nullptr);
        if (field == 15) system = std::strtod(word.c_str(), nullptr);
    }
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double written_kib(pid_t pid) {
    std::istringstream lines(farm::read_text(fmt::format("/proc/{}/io", pid)));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("write_bytes:"))
            return std::strtod(line.substr(12).c_str(), nullptr) * kKiB;
    throw std::runtime_error("no write_bytes in /proc/PID/io: it needs the right to trace");
}

struct Memory {
    double anonymous, pss;  // KiB
};
Memory memory_of(pid_t pid) {
    return {kib_of(pid, "smaps_rollup", "Anonymous"), kib_of(pid, "smaps_rollup", "Pss")};
}

Memory minimal_client(Options const& options, farm::Farm& place) {
    std::string const host = place.folder() + "/fleet/hosts/floor-a/";
    farm::Process client({options.bin + "/tomte-bench-minimal", std::to_string(place.broker_port()),
                          host + "ca.crt", host + "host.crt", host + "host.key",
                          place.folder() + "/minimal.db"},
                         place.folder() + "/minimal.log");
    if (!farm::eventually([&] { return client.log().find("connected") != std::string::npos; }))
        throw std::runtime_error("the minimal client does not connect: " + client.log());
    ::poll(nullptr, 0, 1000);
    ::sync();
    return memory_of(client.pid());
}

void heading(bool json, std::string const& text) {
    if (!json) std::fprintf(stderr, "%s\n", text.c_str());
}

}  // namespace

int footprint(Options const& options) {
    int const seconds = options.seconds > 0 ? options.seconds : 120;
    farm::Farm place({options.bin, options.patient, {"floor-a"}});
    place.start();
    Report report("footprint", options.json);

    // The lanes and the coordinator first: then they end, so that nobody shares the agent's pages.
    report.figure("hand, fix lane: resident",
                  kib_of(place.hand_fix.pid(), "status", "VmRSS") * kKiB, "MiB");
    report.figure("hand, read lane: resident",
                  kib_of(place.hand_read.pid(), "status", "VmRSS") * kKiB, "MiB");
    report.at_most("coordinator: resident, empty store",
                   kib_of(place.coordinator.pid(), "status", "VmRSS") * kKiB, "MiB", 40);
    place.hand_fix.stop();
    place.hand_read.stop();

    pid_t const agent = place.agent.pid();
    heading(options.json, fmt::format("watching the idle agent for {} s", seconds));
    double const cpu = cpu_seconds(agent);
    double const written = written_kib(agent);
    Stopwatch watch;
    ::poll(nullptr, 0, seconds * 1000);
    double const hours = watch.ms() / 3'600'000;
    report.at_most("agent: CPU", (cpu_seconds(agent) - cpu) / hours, "s/h", 1.5);
    report.at_most("agent: written", (written_kib(agent) - written) / hours, "KiB/h", 100);

    place.coordinator.stop();
    ::sync();
    auto const ours = memory_of(agent);
    place.agent.stop();
    auto const least = minimal_client(options, place);
    report.at_most("agent: anonymous", ours.anonymous * kKiB, "MiB", 2);
    report.figure("agent: PSS", ours.pss * kKiB, "MiB");
    report.figure("minimal client: PSS", least.pss * kKiB, "MiB");
    report.at_most("agent PSS / minimal client", ours.pss / least.pss, "x", 1.2);
    report.note(
        "The broker maps the TLS library too: the same share for agent and minimal client.");
    return report.print();
}

}  // namespace bench
