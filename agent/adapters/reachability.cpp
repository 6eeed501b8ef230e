#include "agent/adapters/reachability.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace agent {

bool is_loopback(std::string const& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// What the resolver's thread (glibc's, started for a name only) reads and writes.
struct Reachability::LookUp {
    std::string host;
    std::string service;
    addrinfo hints{};
    gaicb request{};

    LookUp(std::string const& given, int port) : host(given), service(std::to_string(port)) {
        hints.ai_socktype = SOCK_STREAM;
        request.ar_name = host.c_str();
        request.ar_service = service.c_str();
        request.ar_request = &hints;
    }
    ~LookUp() {
        if (request.ar_result != nullptr) ::freeaddrinfo(request.ar_result);
    }
};

Reachability::Reachability() = default;
Reachability::~Reachability() { close(); }

void Reachability::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    // One that cannot be called off belongs to the resolver until it ends: it is left to it.
    if (look_up_ && ::gai_cancel(&look_up_->request) == EAI_NOTCANCELED)
        static_cast<void>(look_up_.release());
    look_up_.reset();
}

Reachability::State Reachability::fail(std::string reason) {
    failure_ = std::move(reason);
    close();
    return State::failed;
}

void Reachability::begin(std::string const& host, int port) {
    close();
    failure_.clear();
    look_up_ = std::make_unique<LookUp>(host, port);
    gaicb* list[] = {&look_up_->request};
    if (int rc = ::getaddrinfo_a(GAI_NOWAIT, list, 1, nullptr); rc != 0) {
        failure_ = ::gai_strerror(rc);
        look_up_.reset();
    }
}

Reachability::State Reachability::look() {
    if (look_up_) {
        int rc = ::gai_error(&look_up_->request);
        if (rc == EAI_INPROGRESS) return State::waiting;
        if (rc != 0) return fail(::gai_strerror(rc));
        return connect();
    }
    if (fd_ < 0) return State::failed;
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error != 0) return fail(std::strerror(error));
    sockaddr_storage peer{};
    size = sizeof peer;
    auto* raw = reinterpret_cast<sockaddr*>(&peer);
    return ::getpeername(fd_, raw, &size) == 0 ? State::reachable : State::waiting;
}

Reachability::State Reachability::connect() {
    auto found = std::move(look_up_);  // ended: ours again
    std::vector<addrinfo const*> addresses;
    for (auto const* at = found->request.ar_result; at != nullptr; at = at->ai_next)
        addresses.push_back(at);
    if (addresses.empty()) return fail("the name has no address");
    auto first = static_cast<std::ptrdiff_t>(turn_++ % addresses.size());
    std::rotate(addresses.begin(), addresses.begin() + first, addresses.end());
    for (auto const* at : addresses) {
        fd_ = ::socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd_ >= 0 &&
            (::connect(fd_, at->ai_addr, at->ai_addrlen) == 0 || errno == EINPROGRESS))
            return look();
        failure_ = std::strerror(errno);
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }
    return State::failed;
}

}  // namespace agent
