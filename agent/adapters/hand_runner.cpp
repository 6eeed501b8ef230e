#include "agent/adapters/hand_runner.hpp"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/adapters/log.hpp"

namespace agent {

namespace {

constexpr std::size_t kWaitingMax = 64;

char const* name_of(Lane lane) { return lane == Lane::fix ? "fix" : "read"; }

}  // namespace

HandRunner::HandRunner(HandRunnerSettings settings) {
    lanes_[0].path = std::move(settings.read_socket);
    lanes_[1].path = std::move(settings.fix_socket);
    wake_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

HandRunner::~HandRunner() {
    for (auto& lane : lanes_)
        if (lane.fd >= 0) ::close(lane.fd);
    if (wake_ >= 0) ::close(wake_);
}

bool HandRunner::open(Lane lane) {
    auto& wire = wire_of(lane);
    if (wire.fd >= 0) return true;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (wire.path.size() >= sizeof address.sun_path) {
        let_go(lane, "the socket's path is too long");
        return false;
    }
    wire.path.copy(address.sun_path, wire.path.size());
    wire.fd = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (wire.fd < 0 ||
        ::connect(wire.fd, reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0) {
        // A local socket answers at once; EAGAIN means that its queue of callers is full.
        let_go(lane, wire.path + ": " + std::strerror(errno));
        return false;
    }
    return true;
}

void HandRunner::let_go(Lane lane, std::string reason) {
    auto& wire = wire_of(lane);
    if (wire.fd >= 0) ::close(wire.fd);
    wire.fd = -1;
    wire.waiting.clear();
    gone_.push_back({lane, std::move(reason)});
    std::uint64_t one = 1;
    static_cast<void>(!::write(wake_, &one, sizeof one));
}

bool HandRunner::flush(Lane lane) {
    auto& wire = wire_of(lane);
    while (wire.fd >= 0 && !wire.waiting.empty()) {
        auto const& packet = wire.waiting.front();
        auto sent = ::send(wire.fd, packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return true;
        if (sent < 0) {
            let_go(lane, std::strerror(errno));
            return false;
        }
        wire.waiting.pop_front();
    }
    return true;
}

void HandRunner::send(Lane lane, wire::HandRequest const& request) {
    if (!open(lane)) return;
    auto& wire = wire_of(lane);
    if (wire.waiting.size() >= kWaitingMax) return let_go(lane, "does not read");
    auto packet = wire::encode_hand(request);
    if (packet.size() > wire::kHandPacketMax) {
        // Never from an envelope the link let in; a document can be this large.
        adapters::log(adapters::LogLevel::error, "hand.packet_too_large",
                      {{"lane", name_of(lane)}, {"bytes", std::uint64_t{packet.size()}}});
        return let_go(lane, "packet too large");
    }
    wire.waiting.push_back(std::move(packet));
    flush(lane);
}

std::vector<int> HandRunner::fds() const {
    std::vector<int> open;
    if (!gone_.empty()) open.push_back(wake_);
    for (auto const& lane : lanes_)
        if (lane.fd >= 0) open.push_back(lane.fd);
    return open;
}

void HandRunner::receive(Lane lane) {
    auto& wire = wire_of(lane);
    std::string packet;
    while (wire.fd >= 0) {
        // The size first: a buffer for the largest packet would stay in the agent's heap.
        auto size = ::recv(wire.fd, nullptr, 0, MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC);
        packet.resize(size > 0 ? static_cast<std::size_t>(size) : 1);
        if (packet.size() > wire::kHandPacketMax) return let_go(lane, "packet too large");
        auto got = ::recv(wire.fd, packet.data(), packet.size(), MSG_DONTWAIT);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (got < 0) return let_go(lane, std::strerror(errno));
        if (got == 0) return let_go(lane, "closed the connection");
        packet.resize(static_cast<std::size_t>(got));
        auto reply = wire::decode_hand_reply(packet);
        if (!reply) return let_go(lane, "answer not understood: " + reply.error().message);
        if (deliver) deliver(HandReplied{lane, *std::move(reply)});
    }
}

void HandRunner::service() {
    std::uint64_t count = 0;
    static_cast<void>(!::read(wake_, &count, sizeof count));
    for (auto lane : {Lane::read, Lane::fix}) {
        flush(lane);
        receive(lane);
    }
    // What is lost while these are delivered is told by the next call.
    auto gone = std::exchange(gone_, {});
    for (auto& one : gone)
        if (deliver) deliver(std::move(one));
}

}  // namespace agent
