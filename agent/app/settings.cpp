#include "agent/app/settings.hpp"

#include <array>
#include <utility>

namespace agent {
namespace {

using base::SettingSpec;
using enum base::SettingType;

constexpr std::array kTable{
    SettingSpec{.name = "host", .what = "This host's id.", .required = true},
    SettingSpec{.name = "site", .otherwise = "home", .what = "The site this host belongs to."},
    SettingSpec{.name = "broker.host",
                .otherwise = "localhost",
                .what = "Name or address of the broker; its certificate must carry it."},
    SettingSpec{.name = "broker.port",
                .type = integer,
                .otherwise = "8883",
                .least = "1",
                .most = "65535",
                .what = "The broker's TLS port."},
    SettingSpec{.name = "broker.join_port",
                .type = integer,
                .otherwise = "8884",
                .least = "1",
                .most = "65535",
                .what = "The broker's port for invitations and renewals."},
    SettingSpec{.name = "broker.ca",
                .type = path,
                .what = "Certificate of the fleet's authority (PEM).",
                .required = true},
    SettingSpec{.name = "broker.cert",
                .type = path,
                .what = "This host's certificate (PEM).",
                .required = true},
    SettingSpec{.name = "broker.key",
                .type = path,
                .what = "This host's private key (PEM, readable by the agent alone).",
                .required = true},
    SettingSpec{.name = "trust.coordinator_key",
                .type = path,
                .what = "Public key of the only coordinator this host believes.",
                .required = true},
    SettingSpec{.name = "trust.approver_keys",
                .type = path,
                .what = "Public keys (PEM, one after the other) of those whose freeze and thaw are "
                        "passed on; unset: only the coordinator's freeze."},
    SettingSpec{.name = "trust.host_key",
                .type = path,
                .what = "Private key that signs this host's messages; unset: broker.key."},
    SettingSpec{.name = "spool.path",
                .type = path,
                .what = "The agent's own store.",
                .required = true},
    SettingSpec{.name = "hand.read_socket",
                .type = path,
                .otherwise = "/run/tomte/read.sock",
                .what = "Socket of the hand's read lane."},
    SettingSpec{.name = "hand.fix_socket",
                .type = path,
                .otherwise = "/run/tomte/fix.sock",
                .what = "Socket of the hand's fix lane."},
    SettingSpec{.name = "watch.interval",
                .type = duration,
                .otherwise = "10s",
                .least = "100ms",
                .most = "10m",
                .what = "How often readings are taken and sent with the heartbeat."},
    SettingSpec{.name = "watch.probe_interval",
                .type = duration,
                .otherwise = "10s",
                .least = "100ms",
                .most = "10m",
                .what = "How often services and containers are looked at."},
    SettingSpec{.name = "watch.probe_failures",
                .type = integer,
                .otherwise = "2",
                .least = "1",
                .most = "100",
                .what = "Failed looks in a row that make a signal."},
    SettingSpec{.name = "watch.disk_percent",
                .type = number,
                .otherwise = "90",
                .least = "1",
                .most = "100",
                .what = "HostDiskFull above this for a minute; over 5 below it."},
    SettingSpec{.name = "watch.memory_percent",
                .type = number,
                .otherwise = "95",
                .least = "1",
                .most = "100",
                .what = "HostMemoryFull above this for two minutes; over 5 below it."},
    SettingSpec{.name = "watch.celsius",
                .type = number,
                .otherwise = "80",
                .least = "1",
                .most = "200",
                .what = "HostTooHot above this for two minutes; over 5 below it."},
    SettingSpec{.name = "probe.services",
                .type = list,
                .what = "Units of systemd to look at, like \"nginx.service\"."},
    SettingSpec{.name = "probe.containers", .type = list, .what = "Containers to look at."},
    SettingSpec{.name = "probe.container_socket",
                .type = path,
                .otherwise = "/run/docker.sock",
                .what = "Socket of the container engine."},
    SettingSpec{.name = "probe.pidfiles",
                .type = list,
                .what = "Services by pid file, like \"service/patient=/run/patient.pid\"."},
    SettingSpec{.name = "log.level",
                .otherwise = "info",
                .what = "debug, info, warning or error."},
};

WatchRule rule(std::string signal, std::string group, std::string metric, double line,
               base::Duration for_at_least) {
    constexpr double kBand = 5;
    return {.signal = std::move(signal),
            .group = std::move(group),
            .metric = std::move(metric),
            .line = line,
            .clear = line - kBand,
            .for_at_least = for_at_least};
}

std::string machine() {
#if defined(__x86_64__)
    return "x86_64";
#elif defined(__aarch64__)
    return "aarch64";
#elif defined(__arm__)
    return "arm";
#elif defined(__riscv)
    return "riscv";
#else
    return "other";
#endif
}

}  // namespace

std::span<base::SettingSpec const> settings_table() { return kTable; }

base::Result<AgentSettings> core_settings(base::Settings const& settings) {
    using namespace std::chrono_literals;
    auto host = domain::HostId::parse(settings.text("host"));
    if (!host)
        return base::fail(base::Code::invalid,
                          "'host' is '" + settings.text("host") +
                              "'; a host's id is like \"nexus\": small letters, digits and '-'");
    auto const disk = settings.number("watch.disk_percent");
    return AgentSettings{
        .host = *std::move(host),
        .site = settings.text("site"),
        .version = TOMTE_VERSION,
        .arch = machine(),
        .capabilities = {},
        .interval = settings.duration("watch.interval"),
        .probe_interval = settings.duration("watch.probe_interval"),
        .probe_failures = static_cast<int>(settings.integer("watch.probe_failures")),
        .watches = {rule("HostDiskFull", "disk", "used_percent_root", disk, 1min),
                    rule("HostInodesFull", "disk", "inodes_used_percent_root", disk, 1min),
                    rule("HostMemoryFull", "mem", "used_percent",
                         settings.number("watch.memory_percent"), 2min),
                    rule("HostTooHot", "temp", "zone0_celsius", settings.number("watch.celsius"),
                         2min)},
        .metric_groups = {"cpu", "mem", "disk", "net", "temp", "sys"}};
}

}  // namespace agent
