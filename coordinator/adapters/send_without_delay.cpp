#include "coordinator/adapters/send_without_delay.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstdlib>
#include <filesystem>

namespace coordinator {

// Paho leaves the algorithm on and does not tell its socket: an acknowledgement followed by a
// message then waits 44 ms for the peer's delayed ACK. So it is found by its peer; a descriptor
// that is something else by the time it is told is not harmed.
void send_without_delay(int wanted) {
    std::error_code ignored;
    for (auto const& entry : std::filesystem::directory_iterator("/proc/self/fd", ignored)) {
        int fd = std::atoi(entry.path().filename().c_str());
        sockaddr_storage peer{};
        socklen_t size = sizeof peer;
        if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
        int port = -1;
        if (peer.ss_family == AF_INET)
            port = ntohs(reinterpret_cast<sockaddr_in const*>(&peer)->sin_port);
        if (peer.ss_family == AF_INET6)
            port = ntohs(reinterpret_cast<sockaddr_in6 const*>(&peer)->sin6_port);
        int on = 1;
        if (port == wanted) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
}

}  // namespace coordinator
