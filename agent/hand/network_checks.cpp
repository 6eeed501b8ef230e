// Connects of host_checks.hpp: TCP, and TLS by libssl for the date of a served certificate.
#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "agent/hand/host_checks.hpp"
#include "common/adapters/system_clock.hpp"

namespace hand {

namespace {

class Deadline {
  public:
    Deadline(base::Duration at_most, Stop const& stop)
        : at_(adapters::system_now().boot + at_most), stop_(stop) {}

    // Until the socket is ready, the time is over, or a cancel. True: ready.
    bool wait(int fd, short events) const {
        auto const left = at_ - adapters::system_now().boot;
        if (left.count() <= 0) return false;
        std::array<pollfd, 2> waiting{pollfd{fd, events, 0}, pollfd{stop_.fd(), POLLIN, 0}};
        auto const ms = std::min<base::Duration::rep>(left.count(), 60'000);
        ::poll(waiting.data(), waiting.size(), static_cast<int>(ms));
        return waiting[0].revents != 0 && waiting[1].revents == 0;
    }

  private:
    base::BootTime at_;
    Stop const& stop_;
};

struct Socket {
    explicit Socket(int number) : fd(number) {}
    ~Socket() {
        if (fd >= 0) ::close(fd);
    }
    Socket(Socket const&) = delete;
    Socket& operator=(Socket const&) = delete;
    int const fd;
};

// A connected socket, or why not.
base::Result<std::unique_ptr<Socket>> connect(std::string const& host, std::uint16_t port,
                                              Deadline const& deadline) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    int const error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
    if (error != 0) return base::fail(base::Code::not_found, ::gai_strerror(error));
    std::unique_ptr<addrinfo, void (*)(addrinfo*)> const owner{list, ::freeaddrinfo};
    std::string why = "no address";
    for (auto const* entry = list; entry != nullptr; entry = entry->ai_next) {
        auto socket = std::make_unique<Socket>(
            ::socket(entry->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (socket->fd < 0) continue;
        int failed = 0;
        if (::connect(socket->fd, entry->ai_addr, entry->ai_addrlen) != 0) failed = errno;
        if (failed == EINPROGRESS) {
            socklen_t size = sizeof failed;
            if (!deadline.wait(socket->fd, POLLOUT))
                failed = ETIMEDOUT;
            else if (::getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &failed, &size) != 0)
                failed = errno;
        }
        if (failed == 0) return socket;
        why = std::strerror(failed);
    }
    return base::fail(base::Code::unavailable, why);
}

using Context = std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)>;
using Session = std::unique_ptr<SSL, void (*)(SSL*)>;

bool handshake(SSL* session, int fd, Deadline const& deadline) {
    while (true) {
        int const result = ::SSL_connect(session);
        if (result == 1) return true;
        int const wants = ::SSL_get_error(session, result);
        if (wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE) return false;
        if (!deadline.wait(fd, wants == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT)) return false;
    }
}

}  // namespace

Answer endpoint_answers(std::string const& host, std::uint16_t port, base::Duration at_most,
                        Stop const& stop) {
    auto const where = host + " port " + std::to_string(port);
    auto const connected = connect(host, port, Deadline{at_most, stop});
    if (!connected) return {false, where + ": " + connected.error().message};
    return {true, where + " answers"};
}

Answer certificate_valid(std::string const& host, std::uint16_t port, int days,
                         base::Duration at_most, Stop const& stop) {
    auto const where = host + " port " + std::to_string(port);
    Deadline const deadline{at_most, stop};
    auto const connected = connect(host, port, deadline);
    if (!connected) return {false, where + ": " + connected.error().message};
    Context const context{::SSL_CTX_new(::TLS_client_method()), ::SSL_CTX_free};
    Session const session{context ? ::SSL_new(context.get()) : nullptr, ::SSL_free};
    if (!session) return {false, "no TLS here"};
    ::SSL_set_fd(session.get(), (*connected)->fd);
    // What the macro SSL_set_tlsext_host_name says.
    ::SSL_ctrl(session.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
               const_cast<char*>(host.c_str()));
    bool const spoken = handshake(session.get(), (*connected)->fd, deadline);
    ::ERR_clear_error();
    std::unique_ptr<X509, void (*)(X509*)> const certificate{
        ::SSL_get1_peer_certificate(session.get()), ::X509_free};
    if (!spoken || !certificate) return {false, where + " does not speak TLS"};
    int left_days = 0;
    int left_seconds = 0;
    ::ASN1_TIME_diff(&left_days, &left_seconds, nullptr, ::X509_get0_notAfter(certificate.get()));
    bool const over = left_days < 0 || left_seconds < 0;
    return {!over && left_days >= days, where + ": the certificate lasts " +
                                            std::to_string(over ? 0 : left_days) + " days more"};
}

}  // namespace hand
