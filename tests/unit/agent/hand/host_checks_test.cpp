#include "agent/hand/host_checks.hpp"

#include <gtest/gtest.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/agent/hand/bench.hpp"

namespace hand::bench {
namespace {

TEST(HostChecks, Measure_a_disk_as_df_does) {
    EXPECT_TRUE(disk_free("/", 0)->yes);
    EXPECT_FALSE(disk_free("/", 100.1)->yes);
    EXPECT_FALSE(disk_free("/no/such/mount", 1));
}

TEST(HostChecks, Read_memory_and_load) {
    std::string const meminfo = "MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    250 kB\n";
    EXPECT_TRUE(memory_available(meminfo, 25)->yes);
    EXPECT_FALSE(memory_available(meminfo, 26)->yes);
    EXPECT_FALSE(memory_available("nothing", 1));
    EXPECT_TRUE(load_below("1.50 1 1 1/1 1", 0.8, 2)->yes);
    EXPECT_FALSE(load_below("1.50 1 1 1/1 1", 0.75, 2)->yes);
    EXPECT_FALSE(load_below("", 1, 2));
}

TEST(HostChecks, See_whether_a_tunnel_is_up) {
    Folder const net;
    std::filesystem::create_directory(net / "wg0");
    write(net / "wg0/flags", "0x91\n");
    EXPECT_TRUE(tunnel_up("wg0", net.text())->yes);
    write(net / "wg0/flags", "0x90\n");
    EXPECT_FALSE(tunnel_up("wg0", net.text())->yes);
    EXPECT_FALSE(tunnel_up("wg1", net.text())->yes);
}

class Listener {
  public:
    Listener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(fd_, any, size), 0);
        EXPECT_EQ(::listen(fd_, 4), 0);
        EXPECT_EQ(::getsockname(fd_, any, &size), 0);
        port = ntohs(address.sin_port);
    }
    ~Listener() { ::close(fd_); }
    Listener(Listener const&) = delete;
    Listener& operator=(Listener const&) = delete;
    std::uint16_t port = 0;

  private:
    int fd_;
};

TEST(HostChecks, Connect_to_an_endpoint) {
    Stop const stop;
    std::uint16_t closed = 0;
    {
        Listener const listener;
        EXPECT_TRUE(endpoint_answers("127.0.0.1", listener.port, 5s, stop).yes);
        EXPECT_TRUE(endpoint_answers("localhost", listener.port, 5s, stop).yes);
        closed = listener.port;
    }
    EXPECT_FALSE(endpoint_answers("127.0.0.1", closed, 5s, stop).yes);
    EXPECT_FALSE(endpoint_answers("no-such-name.invalid", 1, 1s, stop).yes);
}

TEST(HostChecks, Give_up_on_a_peer_that_never_speaks_tls) {
    Listener const silent;
    Stop const stop;
    auto const answer = certificate_valid("127.0.0.1", silent.port, 1, 300ms, stop);
    EXPECT_FALSE(answer.yes) << answer.said;
}

TEST(CleanOldFiles, Removes_old_regular_files_and_follows_no_link) {
    Folder const folder;
    Folder const elsewhere;
    write(folder / "old", "12345");
    write(elsewhere / "precious", "x");
    std::filesystem::create_directories(folder / "deep/systemd-private-abc");
    write(folder / "deep/old", "1");
    write(folder / "deep/systemd-private-abc/old", "1");
    std::filesystem::create_directory_symlink(elsewhere.text(), folder / "way-out");
    std::filesystem::create_symlink(elsewhere / "precious", folder / "link");
    Stop const stop;
    auto const now = adapters::system_now().wall;
    EXPECT_EQ(clean_old_files(folder.text(), 24h, now, stop)->files, 0u) << "nothing is old yet";
    EXPECT_EQ(clean_old_files(folder.text(), 24h, now + 25h, stop)->files, 2u);
    EXPECT_FALSE(std::filesystem::exists(folder / "old"));
    EXPECT_FALSE(std::filesystem::exists(folder / "deep/old"));
    EXPECT_TRUE(std::filesystem::exists(folder / "deep/systemd-private-abc/old"));
    EXPECT_TRUE(std::filesystem::exists(elsewhere / "precious"));
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
    EXPECT_EQ(clean_old_files(folder / "nothing", 24h, now, stop)->files, 0u);
    EXPECT_FALSE(clean_old_files(folder / "way-out", 24h, now, stop)) << "not even as the start";
}

}  // namespace
}  // namespace hand::bench
