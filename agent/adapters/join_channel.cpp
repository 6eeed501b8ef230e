#include "agent/adapters/join_channel.hpp"

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <netdb.h>
#include <poll.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>

#include "common/trust/hash.hpp"

namespace agent {
namespace {

using base::Code;
using base::fail;
using Clock = std::chrono::steady_clock;

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Addresses = std::unique_ptr<addrinfo, Deleter<freeaddrinfo>>;
using Context = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Deleter<SSL_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free>>;
using Client = std::unique_ptr<mosquitto, Deleter<mosquitto_destroy>>;

class Socket {
  public:
    explicit Socket(int fd) : fd_(fd) {}
    ~Socket() {
        if (fd_ >= 0) ::close(fd_);
    }
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&&) = delete;
    int get() const { return fd_; }

  private:
    int fd_;
};

std::string bare(std::string const& host) {
    return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

base::Result<Socket> connect_to(std::string const& host, int port, base::Duration within) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    int const code =
        ::getaddrinfo(bare(host).c_str(), std::to_string(port).c_str(), &hints, &found);
    if (code != 0)
        return fail(Code::unavailable, host + " is not known here: " + ::gai_strerror(code));
    Addresses const addresses{found};
    std::string reason = "no address";
    timeval const patience{within.count() / 1000, 0};
    for (auto const* one = found; one != nullptr; one = one->ai_next) {
        Socket made{::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, one->ai_protocol)};
        if (made.get() < 0) continue;
        ::setsockopt(made.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        ::setsockopt(made.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (::connect(made.get(), one->ai_addr, one->ai_addrlen) == 0) return made;
        reason = std::strerror(errno);
    }
    return fail(Code::unavailable,
                host + ":" + std::to_string(port) + " cannot be reached: " + reason);
}

std::string der_of(X509* certificate) {
    unsigned char* raw = nullptr;
    int const size = i2d_X509(certificate, &raw);
    if (size <= 0) return {};
    std::string bytes{reinterpret_cast<char const*>(raw), static_cast<std::size_t>(size)};
    OPENSSL_free(raw);
    return bytes;
}

std::string pem_of(X509* certificate) {
    Bio const out{BIO_new(BIO_s_mem())};
    if (!out || PEM_write_bio_X509(out.get(), certificate) != 1) return {};
    std::string text(BIO_ctrl_pending(out.get()), '\0');
    int const size = BIO_read(out.get(), text.data(), static_cast<int>(text.size()));
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
}

// What the library's callbacks leave for the loop.
struct Heard {
    Talk const* talk = nullptr;
    std::optional<int> connected;  // the broker's reason
    bool subscribed = false;
    bool done = false;
};

Heard& of(void* self) { return *static_cast<Heard*>(self); }

void set_callbacks(mosquitto* client) {
    mosquitto_connect_v5_callback_set(
        client, [](mosquitto* raw, void* self, int reason, int, mosquitto_property const*) {
            of(self).connected = reason;
            if (reason == 0)
                mosquitto_subscribe(raw, nullptr, of(self).talk->listen_on.c_str(), 1);
        });
    mosquitto_subscribe_callback_set(client, [](mosquitto*, void* self, int, int, int const*) {
        of(self).subscribed = true;
    });
    mosquitto_message_callback_set(
        client, [](mosquitto*, void* self, mosquitto_message const* message) {
            std::string_view const text{static_cast<char const*>(message->payload),
                                        static_cast<std::size_t>(message->payloadlen)};
            if (!of(self).done && of(self).talk->heard(text)) of(self).done = true;
        });
}

base::Status connect_client(mosquitto* client, JoinDoor const& door) {
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    int rc = mosquitto_username_pw_set(client, door.user.c_str(), door.password.c_str());
    if (rc == MOSQ_ERR_SUCCESS)
        rc = mosquitto_tls_set(client, door.ca_file.c_str(), nullptr, nullptr, nullptr, nullptr);
    if (rc == MOSQ_ERR_SUCCESS)
        rc = mosquitto_connect(client, bare(door.host).c_str(), door.port, 10);
    if (rc == MOSQ_ERR_SUCCESS) return {};
    return fail(Code::unavailable, door.host + ":" + std::to_string(door.port) + ": " +
                                       (rc == MOSQ_ERR_ERRNO ? std::strerror(errno)
                                                             : mosquitto_strerror(rc)));
}

}  // namespace

base::Result<std::string> fetch_authority(std::string const& host, int port,
                                          std::string const& fingerprint_hex,
                                          base::Duration within) {
    auto const socket = connect_to(host, port, within);
    if (!socket) return tl::make_unexpected(socket.error());
    Context const context{SSL_CTX_new(TLS_client_method())};
    if (!context) return fail(Code::internal, "no TLS");
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
    Session const session{SSL_new(context.get())};
    if (!session || SSL_set_fd(session.get(), socket->get()) != 1)
        return fail(Code::internal, "no TLS");
    auto name = bare(host);
    SSL_ctrl(session.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    if (SSL_connect(session.get()) != 1)
        return fail(Code::unavailable,
                    host + ":" + std::to_string(port) + " takes connections but speaks no TLS");
    auto* const chain = SSL_get_peer_cert_chain(session.get());
    for (int i = 0; chain != nullptr && i < sk_X509_num(chain); ++i) {
        auto* const certificate = sk_X509_value(chain, i);
        if (trust::sha256_hex(der_of(certificate)) == fingerprint_hex) return pem_of(certificate);
    }
    return fail(Code::denied,
                "the broker at " + host + ":" + std::to_string(port) +
                    " is not of the fleet that invited this host: somebody may be in between");
}

base::Status converse(JoinDoor const& door, Talk const& talk) {
    mosquitto_lib_init();
    Heard heard{&talk, std::nullopt, false, false};
    Client const client{mosquitto_new(door.user.c_str(), true, &heard)};
    if (!client) return fail(Code::internal, "no memory for the broker's client");
    set_callbacks(client.get());
    if (auto connected = connect_client(client.get(), door); !connected) return connected;
    auto const end = Clock::now() + talk.within;
    std::optional<Clock::time_point> said;
    while (!heard.done) {
        if (Clock::now() >= end) return fail(Code::timeout, "no answer in time");
        int rc = mosquitto_loop(client.get(), 100, 1);
        if (heard.connected && *heard.connected != 0)
            return fail(Code::denied, std::string{"the broker refuses: "} +
                                          mosquitto_reason_string(*heard.connected) +
                                          ". The invitation may have run out: invite again");
        if (rc != MOSQ_ERR_SUCCESS && !heard.done) {
            // A reload of the broker, or a cable: the conversation is taken up again.
            heard.subscribed = false;
            rc = mosquitto_reconnect(client.get());
            if (rc != MOSQ_ERR_SUCCESS) ::poll(nullptr, 0, 500);
            continue;
        }
        if (heard.subscribed && (!said || Clock::now() >= *said + talk.again)) {
            mosquitto_publish(client.get(), nullptr, talk.say_on.c_str(),
                              static_cast<int>(talk.say.size()), talk.say.data(), 1, false);
            said = Clock::now();
        }
    }
    mosquitto_disconnect(client.get());
    return {};
}

}  // namespace agent
