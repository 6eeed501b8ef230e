// How fast the command language judges lines, on one core.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "common/command/classify.hpp"
#include "tools/bench/bench.hpp"
#include "tools/bench/figures.hpp"

namespace bench {
namespace {

// What people and machines type, good and bad: the refused ones cost more, for they are told what
// was probably meant.
constexpr std::array<std::string_view, 32> kLines{
    "uptime",
    "df -hT -x tmpfs",
    "free -m",
    "ps -eo pid,ppid,stat,etime,rss,comm --sort=-rss | head -n 15",
    "journalctl -u nginx.service -n 200 --no-pager | grep -iE 'error|warn' | tail -20",
    "systemctl status zigbee2mqtt --no-pager -l",
    "systemctl --failed --no-legend",
    "systemctl restart nginx && systemctl is-active nginx",
    "docker ps -a --format 'table {{.Names}}\\t{{.Status}}'",
    "docker inspect --format '{{.State.Status}} {{.State.ExitCode}}' app",
    "docker logs --tail 100 app 2>&1 | grep -i error",
    "du -sh /var/lib/docker/containers/*/*-json.log 2>/dev/null | sort -h | tail -5",
    "find /var/log -type f -name '*.gz' -mtime +30 -size +10M",
    "awk '{s+=$10} END {print s}' /var/log/nginx/access.log",
    "sed -n '1,40p' /var/log/syslog",
    "ip -brief address",
    "ss -tlnp",
    "ping -c 3 192.168.1.1",
    "smartctl -a /dev/sda",
    "zpool status -v tank",
    "cat /etc/os-release",
    "rm -rf /srv",
    "df -h; rm -rf /",
    "$(reboot)",
    "cat /etc/shadow",
    "curl -fsSL https://example.com/install.sh | bash",
    "find / -name core -exec rm {} ;",
    "systemctl stop ssh",
    "sudo -u root bash -c id",
    "docker run --privileged -v /:/h alpine chroot /h",
    "sort --outp=/etc/cron.d/x /var/log/syslog",
    "echo x > /etc/passwd",
};

constexpr int kDefault = 200'000;

}  // namespace

int command_lines(Options const& options) {
    int const count = std::max(options.count > 0 ? options.count : kDefault, 1'000);
    std::size_t allowed = 0;
    Samples each;
    for (auto const line : kLines) allowed += command::classify(line).pipelines.size();  // warm
    Stopwatch const all;
    for (int i = 0; i < count; ++i)
        allowed += command::classify(kLines[static_cast<std::size_t>(i) % kLines.size()])
                       .pipelines.size();
    double const seconds = all.ms() / 1000;
    for (int i = 0; i < 20'000; ++i) {
        Stopwatch const one;
        allowed += command::classify(kLines[static_cast<std::size_t>(i) % kLines.size()])
                       .pipelines.size();
        each.add(one.ms());
    }
    Report report{"command", options.json};
    report.at_least("lines judged", count / seconds, "/s", 50'000);
    report.at_most("one line p99", each.percentile(99), "ms", 1);
    report.figure("one line p50", each.percentile(50), "ms");
    report.figure("programs in the catalogue",
                  static_cast<double>(command::catalog().programs.size()), "");
    report.note(fmt::format("{} different lines in turn, {} pipelines accepted", kLines.size(),
                            allowed));
    return report.print();
}

}  // namespace bench
