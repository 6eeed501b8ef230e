#include "agent/hand/lane_server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "common/adapters/log.hpp"
#include "common/adapters/system_clock.hpp"
#include "common/base/check.hpp"

namespace hand {

namespace {

using adapters::LogLevel;

constexpr int kFirstPassed = 3;  // sd_listen_fds(3)
constexpr base::Duration kTick{500};
constexpr std::size_t kPostedMax = 256;

long number_in(char const* name) {
    char const* const text = std::getenv(name);
    long value = -1;
    if (text != nullptr) std::from_chars(text, text + std::strlen(text), value);
    return value;
}

base::Result<void> failed(std::string const& what) {
    return base::fail(base::Code::unavailable, what + ": " + std::strerror(errno));
}

base::Status remove_stale(std::string const& path) {
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0) return {};
    if (!S_ISSOCK(facts.st_mode))
        return base::fail(base::Code::invalid, path + " exists and is no socket");
    return ::unlink(path.c_str()) == 0 ? base::Status{} : failed(path);
}

}  // namespace

base::Result<Listening> listen_at(std::string const& path, std::uint32_t gid) {
    if (number_in("LISTEN_PID") == ::getpid() && number_in("LISTEN_FDS") >= 1) {
        ::fcntl(kFirstPassed, F_SETFD, FD_CLOEXEC);
        int type = 0;
        socklen_t size = sizeof type;
        bool const right = ::getsockopt(kFirstPassed, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
                           type == SOCK_SEQPACKET;
        if (!right)
            return base::fail(base::Code::invalid, "the passed socket is not SOCK_SEQPACKET");
        return Listening{kFirstPassed, true};
    }
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path)
        return base::fail(base::Code::invalid, "the socket's path is empty or too long: " + path);
    path.copy(address.sun_path, path.size());
    if (auto removed = remove_stale(path); !removed) return tl::make_unexpected(removed.error());
    int const fd = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return failed("socket").map([] { return Listening{}; });
    // Nobody may connect in the moment between bind and chmod.
    auto const before = ::umask(0777);
    int const bound = ::bind(fd, reinterpret_cast<sockaddr const*>(&address), sizeof address);
    ::umask(before);
    // Not root: the group stays our own.
    bool const owned = ::chown(path.c_str(), ::geteuid(), gid) == 0 || ::geteuid() != 0;
    bool const ready = bound == 0 && owned && ::chmod(path.c_str(), 0660) == 0 &&
                       ::listen(fd, 8) == 0;
    if (!ready) {
        auto error = failed(path).map([] { return Listening{}; });
        ::close(fd);
        return error;
    }
    return Listening{fd, false};
}

LaneServer::LaneServer(LaneServerSettings settings, int listening_fd,
                       std::function<void(wire::HandRequest const&)> handle,
                       std::function<void()> tick, std::function<bool()> busy)
    : settings_(std::move(settings)), listening_(listening_fd),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), handle_(std::move(handle)),
      tick_(std::move(tick)), busy_(std::move(busy)) {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGHUP);
    signals_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    CHECK(wake_ >= 0 && signals_ >= 0);
    packet_.resize(wire::kHandPacketMax + 1);
}

LaneServer::~LaneServer() {
    for (int const client : clients_) ::close(client);
    for (int const fd : {listening_, signals_, wake_}) ::close(fd);
}

void LaneServer::post(wire::HandReply const& reply) {
    auto packet = wire::encode_hand(reply);
    std::lock_guard const lock{mutex_};
    // Nobody listens for ever: what is lost here is answered again when it is asked for
    // (HandQuery).
    if (posted_.size() >= kPostedMax) posted_.erase(posted_.begin());
    posted_.push_back(std::move(packet));
    std::uint64_t const one = 1;
    [[maybe_unused]] auto const woken = ::write(wake_, &one, sizeof one);
}

void LaneServer::run() {
    auto last = adapters::system_now().boot;
    while (true) {
        std::vector<pollfd> waiting{{signals_, POLLIN, 0}, {wake_, POLLIN, 0},
                                    {clients_.size() < kClientsMax ? listening_ : -1, POLLIN, 0}};
        for (int const client : clients_) waiting.push_back({client, POLLIN, 0});
        bool const busy = busy_();
        auto const idle = settings_.idle - (adapters::system_now().boot - last);
        if (settings_.idle.count() > 0 && !busy && idle.count() <= 0) return;
        auto const ms = busy ? kTick : settings_.idle.count() > 0 ? idle : base::Duration{-1};
        ::poll(waiting.data(), waiting.size(), static_cast<int>(ms.count()));
        if (waiting[0].revents != 0 && told_to_end()) return;
        if (busy) tick_();
        if (waiting[1].revents != 0 || waiting[2].revents != 0) last = adapters::system_now().boot;
        // From the back: a dropped client does not move those before it.
        for (auto i = waiting.size(); i-- > 3;) {
            if (waiting[i].revents == 0) continue;
            last = adapters::system_now().boot;
            receive(i - 3);
        }
        if (waiting[2].revents != 0) accept_one();
        send_posted();
    }
}

bool LaneServer::told_to_end() {
    signalfd_siginfo one{};
    while (::read(signals_, &one, sizeof one) == static_cast<ssize_t>(sizeof one)) {
        if (one.ssi_signo != SIGHUP) return true;
        if (settings_.reload) settings_.reload();
    }
    return false;
}

void LaneServer::accept_one() {
    int const client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0) return;
    ucred peer{};
    socklen_t size = sizeof peer;
    bool const known = ::getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    if (!known || peer.uid != settings_.agent_uid) {
        adapters::log(LogLevel::error, "hand.stranger",
                      {{"uid", static_cast<std::int64_t>(peer.uid)},
                       {"pid", static_cast<std::int64_t>(peer.pid)}});
        ::close(client);
        return;
    }
    clients_.push_back(client);
}

void LaneServer::receive(std::size_t client) {
    for (int round = 0; round < 16; ++round) {
        auto const got = ::recv(clients_[client], packet_.data(), packet_.size(), MSG_TRUNC);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got <= 0) return drop(client);
        auto const length = static_cast<std::size_t>(got);
        if (length > wire::kHandPacketMax) return drop(client);
        auto const request = wire::decode_hand_request({packet_.data(), length});
        if (!request) {
            adapters::log(LogLevel::warning, "hand.bad_packet",
                          {{"reason", request.error().message}});
            return drop(client);
        }
        handle_(*request);
    }
}

void LaneServer::send_posted() {
    std::vector<std::string> packets;
    {
        std::lock_guard const lock{mutex_};
        packets.swap(posted_);
    }
    std::uint64_t count = 0;
    [[maybe_unused]] auto const read = ::read(wake_, &count, sizeof count);
    for (auto const& packet : packets) {
        for (auto i = clients_.size(); i-- > 0;) {
            auto const sent = ::send(clients_[i], packet.data(), packet.size(), MSG_NOSIGNAL);
            // Who does not read its answers is let go and asks again when it comes back.
            if (sent != static_cast<ssize_t>(packet.size())) drop(i);
        }
    }
}

void LaneServer::drop(std::size_t client) {
    ::close(clients_[client]);
    clients_.erase(clients_.begin() + static_cast<std::ptrdiff_t>(client));
}

}  // namespace hand
