#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "agent/adapters/pidfile_probe.hpp"
#include "agent/adapters/procfs_meter.hpp"
#include "agent/adapters/procfs_parse.hpp"
#include "common/base/random.hpp"

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStat =
    "cpu  100 20 30 4000 50 6 7 8 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 1 2 3\n";
constexpr std::string_view kMeminfo =
    "MemTotal:        8000000 kB\nMemFree:          100000 kB\nMemAvailable:    6000000 kB\n"
    "SwapTotal:       1000000 kB\nSwapFree:         750000 kB\nHugePages_Total:       0\n";
constexpr std::string_view kNetDev =
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs\n"
    "    lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
    "  eth0:1000 2 3 4 5 6 7 8 2000 10 11 12 13 14 15 16\n"
    "broken: 1 2 3\n";
constexpr std::string_view kMounts =
    "overlay / overlay rw 0 0\nproc /proc proc rw 0 0\n/dev/sda1 /mnt/with\\040blank ext4 rw 0 0\n"
    "/dev/sda1 /bind ext4 rw 0 0\nnas:/x /nas nfs4 rw 0 0\n"
    "overlay /var/lib/docker/x overlay rw 0 0\n";

TEST(Procfs, Counts_all_cores_and_takes_guests_only_once) {
    EXPECT_EQ(agent::parse_stat(kStat), (agent::CpuTimes{171, 4050, 50}));
}

TEST(Procfs, Reads_memory_in_bytes) {
    EXPECT_EQ(agent::parse_meminfo(kMeminfo),
              (agent::Memory{8'192'000'000, 6'144'000'000, 1'024'000'000, 768'000'000}));
}

TEST(Procfs, Reads_load) {
    EXPECT_EQ(agent::parse_loadavg("0.50 1.25 2.00 1/234 5678\n"), (agent::Load{0.5, 1.25, 2.0}));
    for (auto text : {"", "1 2", "a b c", "nan nan nan", "-1 0 0"})
        EXPECT_EQ(agent::parse_loadavg(text), std::nullopt) << text;
}

TEST(Procfs, Reads_interfaces_without_the_loopback_and_without_broken_lines) {
    EXPECT_EQ(agent::parse_net_dev(kNetDev),
              (std::vector{agent::Interface{"eth0", 1000, 2000, 3, 11}}));
}

TEST(Procfs, Takes_each_local_device_once_and_no_network_file_system) {
    EXPECT_EQ(agent::parse_mounts(kMounts),
              (std::vector<std::string>{"/", "/mnt/with blank"}));
    EXPECT_EQ(agent::metric_name_of("/"), "root");
    EXPECT_EQ(agent::metric_name_of("/var/lib"), "var_lib");
    EXPECT_EQ(agent::metric_name_of("/mnt/with blank"), "mnt_with_blank");
}

TEST(Procfs, Reads_a_process_whose_name_is_a_trap) {
    std::string stat =
        "42 (a) Z (b) S 1 2 3 4 5 6 7 8 9 10 30 12 0 0 20 0 1 0 99 1000 77 18446744 1";
    auto process = agent::parse_pid_stat(stat);
    ASSERT_TRUE(process);
    EXPECT_EQ(*process, (agent::OwnProcess{42, 77, false}));
    stat[stat.rfind(") S") + 2] = 'Z';
    EXPECT_TRUE(agent::parse_pid_stat(stat)->zombie);
    EXPECT_EQ(agent::parse_written_bytes("rchar: 1\nwrite_bytes: 4096\n"), 4096U);
}

// Whatever is written there, nothing crashes and nothing absurd comes out.
TEST(Procfs, Takes_garbage_bytes_without_harm) {
    base::Random random(20261125);
    for (auto sample : {kStat, kMeminfo, kNetDev, kMounts}) {
        for (int round = 0; round < 2'000; ++round) {
            std::string text(sample);
            for (int i = 0; i < 8; ++i)
                text[random.below(text.size())] = static_cast<char>(random.below(256));
            text.resize(random.below(text.size() + 1));
            agent::parse_stat(text);
            agent::parse_loadavg(text);
            agent::parse_pid_stat(text);
            agent::parse_written_bytes(text);
            for (auto const& one : agent::parse_net_dev(text)) EXPECT_FALSE(one.name.empty());
            for (auto const& one : agent::parse_mounts(text))
                EXPECT_FALSE(agent::metric_name_of(one).empty());
            if (auto memory = agent::parse_meminfo(text)) {
                EXPECT_GT(memory->total, 0U);
                EXPECT_LE(memory->available, memory->total);
            }
        }
    }
}

class Folder : public testing::Test {
  protected:
    Folder() {
        auto pattern = (fs::temp_directory_path() / "tomte-proc-XXXXXX").string();
        path = ::mkdtemp(pattern.data());
    }
    ~Folder() override { fs::remove_all(path); }
    void write(std::string const& name, std::string_view text) {
        fs::create_directories(fs::path(path + "/" + name).parent_path());
        std::ofstream(path + "/" + name, std::ios::binary) << text;
    }
    std::string path;
};

double value_of(std::vector<domain::ReadingGroup> const& groups, std::string_view group,
                std::string_view metric) {
    for (auto const& one : groups)
        for (auto const& reading : one.readings)
            if (one.group == group && reading.metric == metric) return reading.value;
    return std::nan("");
}

using Meter = Folder;

TEST_F(Meter, Tells_rates_from_the_second_reading_on) {
    write("stat", kStat);
    write("net/dev", kNetDev);
    write("meminfo", kMeminfo);
    write("class/thermal/thermal_zone0/temp", "48500\n");
    agent::ProcfsMeter meter({path, path});
    auto first = meter.read(base::BootTime{base::Duration{10'000}});
    EXPECT_TRUE(std::isnan(value_of(first, "cpu", "used_percent")));
    EXPECT_EQ(value_of(first, "temp", "zone0_celsius"), 48.5);
    EXPECT_EQ(value_of(first, "mem", "used_percent"), 25.0);
    EXPECT_EQ(value_of(first, "mem", "swap_used_percent"), 25.0);

    write("stat", "cpu  130 20 30 4070 50 6 7 8 9 10\n");
    write("net/dev", "  eth0:6000 2 3 4 5 6 7 8 1000 10 11 12 13 14 15 16\n");
    auto second = meter.read(base::BootTime{base::Duration{20'000}});
    EXPECT_EQ(value_of(second, "cpu", "used_percent"), 30.0);
    EXPECT_EQ(value_of(second, "net", "rx_bytes_per_second_eth0"), 500.0);
    // A counter that went back started anew; no rate is made up.
    EXPECT_EQ(value_of(second, "net", "tx_bytes_per_second_eth0"), 0.0);
    EXPECT_EQ(value_of(second, "sys", "uptime_seconds"), 20.0);
}

TEST_F(Meter, Measures_this_machine) {
    agent::ProcfsMeter meter;
    meter.read(base::BootTime{base::Duration{1'000}});
    auto groups = meter.read(base::BootTime{base::Duration{2'000}});
    EXPECT_GT(value_of(groups, "mem", "total_bytes"), 0);
    EXPECT_GE(value_of(groups, "cpu", "load1"), 0);
    EXPECT_GE(value_of(groups, "disk", "used_percent_root"), 0);
    EXPECT_LE(value_of(groups, "disk", "used_percent_root"), 100);
    EXPECT_GT(value_of(groups, "sys", "agent_rss_bytes"), 0);
}

TEST_F(Meter, Leaves_out_what_is_not_there) {
    agent::ProcfsMeter meter({path, path});
    for (auto const& group : meter.read(base::BootTime{base::Duration{1'000}}))
        EXPECT_EQ(group.group, "sys");
}

class PidfileProbe : public Folder {
  protected:
    agent::ProbeAnswered ask() {
        auto host = *domain::HostId::parse("nexus");
        agent::PidfileProbe probe(
            {{host, domain::SubjectKind::service, "patient"}, path + "/pid", "/proc"});
        agent::ProbeAnswered answer{{host, domain::SubjectKind::host, ""}, "", false, ""};
        probe.deliver = [&](agent::Event event) { answer = std::get<agent::ProbeAnswered>(event); };
        probe.ask({});
        EXPECT_EQ(answer.probe, "ServiceDown");
        EXPECT_EQ(domain::to_text(answer.subject), "nexus/service/patient");
        return answer;
    }
};

TEST_F(PidfileProbe, Finds_a_living_process_healthy) {
    write("pid", std::to_string(::getpid()) + "\n");
    EXPECT_TRUE(ask().healthy);
}

TEST_F(PidfileProbe, Finds_everything_else_ill_and_says_why) {
    EXPECT_EQ(ask().detail, "no pid file");
    for (auto text : {"", "abc", "-1", "0", "12x", "99999999999999999999"}) {
        write("pid", text);
        EXPECT_EQ(ask().detail, "the pid file holds no pid") << text;
        EXPECT_FALSE(ask().healthy);
    }
    auto child = ::fork();
    if (child == 0) ::_exit(0);
    write("pid", std::to_string(child));
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);  // ended, not reaped
    EXPECT_EQ(ask().detail, "process " + std::to_string(child) + " is dead");  // a zombie
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(ask().detail, "process " + std::to_string(child) + " is gone");
}

TEST(PidfileProbeSettings, Are_read_as_the_settings_file_writes_them) {
    auto host = *domain::HostId::parse("nexus");
    auto one = agent::parse_pidfile_probe(host, "service/patient=/run/patient.pid");
    ASSERT_TRUE(one);
    EXPECT_EQ(one->subject.name, "patient");
    EXPECT_EQ(one->path, "/run/patient.pid");
    for (auto text : {"", "service/", "service/=/x", "service/a", "service/a=", "service/a=x",
                      "container/a=/x"})
        EXPECT_FALSE(agent::parse_pidfile_probe(host, text)) << text;
}

}  // namespace
