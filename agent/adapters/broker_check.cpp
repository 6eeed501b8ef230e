#include "agent/adapters/broker_check.hpp"

#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace agent {
namespace {

using base::Code;
using base::fail;

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Context = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Deleter<SSL_free>>;

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    int get() const { return fd_; }

  private:
    int fd_;
};

base::Result<Descriptor> reach(BrokerCheck const& check, base::Duration within) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (int const code = ::getaddrinfo(check.host.c_str(), std::to_string(check.port).c_str(),
                                       &hints, &found);
        code != 0)
        return fail(Code::unavailable, check.host + " is not known here: " + ::gai_strerror(code));
    std::unique_ptr<addrinfo, Deleter<freeaddrinfo>> const addresses{found};
    std::string reason = "no address";
    timeval const patience{within.count() / 1000, 0};
    for (auto const* one = found; one != nullptr; one = one->ai_next) {
        Descriptor made{::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, one->ai_protocol)};
        if (made.get() < 0) continue;
        ::setsockopt(made.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        ::setsockopt(made.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (::connect(made.get(), one->ai_addr, one->ai_addrlen) == 0) return made;
        reason = std::strerror(errno);
    }
    return fail(Code::unavailable, reason);
}

std::string tls_reason() {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    std::string_view const all{text.data()};
    auto const colon = all.rfind(':');
    return std::string{colon == std::string_view::npos ? all : all.substr(colon + 1)};
}

bool is_address(std::string const& host) {
    return host.find_first_not_of("0123456789.") == std::string::npos ||
           host.find(':') != std::string::npos;
}

}  // namespace

base::Status check_broker(BrokerCheck const& check, base::Duration within) {
    auto const socket = reach(check, within);
    if (!socket) return tl::make_unexpected(socket.error());
    Context const context{SSL_CTX_new(TLS_client_method())};
    if (!context ||
        SSL_CTX_load_verify_locations(context.get(), check.ca_file.c_str(), nullptr) != 1)
        return fail(Code::invalid, check.ca_file + " is no certificate");
    if (SSL_CTX_use_certificate_chain_file(context.get(), check.cert_file.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context.get(), check.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
        return fail(Code::invalid, "key and certificate of this host: " + tls_reason());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    Session const session{SSL_new(context.get())};
    if (!session || SSL_set_fd(session.get(), socket->get()) != 1)
        return fail(Code::internal, "no TLS");
    auto* const wanted = SSL_get0_param(session.get());
    bool const named =
        is_address(check.host)
            ? X509_VERIFY_PARAM_set1_ip_asc(wanted, check.host.c_str()) == 1
            : X509_VERIFY_PARAM_set1_host(wanted, check.host.c_str(), check.host.size()) == 1;
    if (!named) return fail(Code::internal, "no name to check");
    if (SSL_connect(session.get()) != 1) {
        long const verdict = SSL_get_verify_result(session.get());
        if (verdict != X509_V_OK)
            return fail(Code::denied, std::string{"this host refuses the broker: "} +
                                          X509_verify_cert_error_string(verdict));
        return fail(Code::denied, "the broker refuses: " + tls_reason());
    }
    // With TLS 1.3 the broker's verdict on our certificate comes after our handshake is done: an
    // alert now, or silence, because the broker waits for us to speak.
    timeval const shortly{0, 400'000};
    ::setsockopt(socket->get(), SOL_SOCKET, SO_RCVTIMEO, &shortly, sizeof shortly);
    char byte = 0;
    int const got = SSL_read(session.get(), &byte, 1);
    if (got <= 0 && SSL_get_error(session.get(), got) == SSL_ERROR_SSL)
        return fail(Code::denied, "the broker refuses this host's certificate: " + tls_reason());
    return {};
}

base::Status check_lane(std::string const& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return fail(Code::invalid, path + " is too long");
    std::memcpy(address.sun_path, path.data(), path.size());
    Descriptor const socket{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
    sockaddr const* const raw = reinterpret_cast<sockaddr const*>(&address);
    if (socket.get() < 0 || ::connect(socket.get(), raw, sizeof address) != 0)
        return fail(Code::unavailable, path + ": " + std::strerror(errno));
    return {};
}

}  // namespace agent
