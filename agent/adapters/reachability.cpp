#include "agent/adapters/reachability.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

namespace agent {

bool is_loopback(std::string const& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

bool Reachability::begin(std::string const& host, int port) {
    close();
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* raw = nullptr;
    auto service = std::to_string(port);
    if (int rc = ::getaddrinfo(host.c_str(), service.c_str(), &hints, &raw); rc != 0) {
        failure_ = ::gai_strerror(rc);
        return false;
    }
    std::unique_ptr<addrinfo, void (*)(addrinfo*)> found(raw, ::freeaddrinfo);
    std::vector<addrinfo const*> addresses;
    for (auto const* at = raw; at != nullptr; at = at->ai_next) addresses.push_back(at);
    if (addresses.empty()) return false;
    std::rotate(addresses.begin(),
                addresses.begin() + static_cast<std::ptrdiff_t>(turn_++ % addresses.size()),
                addresses.end());
    for (auto const* at : addresses) {
        fd_ = ::socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd_ >= 0 &&
            (::connect(fd_, at->ai_addr, at->ai_addrlen) == 0 || errno == EINPROGRESS))
            return true;
        failure_ = std::strerror(errno);
        close();
    }
    return false;
}

int Reachability::state() const {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
    if (error != 0) return error;
    sockaddr_storage peer{};
    size = sizeof peer;
    auto* raw = reinterpret_cast<sockaddr*>(&peer);
    return ::getpeername(fd_, raw, &size) == 0 ? 0 : EINPROGRESS;
}

void Reachability::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

}  // namespace agent
