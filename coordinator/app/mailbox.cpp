#include "coordinator/app/mailbox.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <utility>
#include <zmq.hpp>

#include "common/base/check.hpp"

namespace coordinator {

struct Mailbox::Queue {
    explicit Queue(std::int64_t most)
        : limit(most),
          push(context, zmq::socket_type::push),
          pull(context, zmq::socket_type::pull) {
        // The bound is ours, by `depth`: ZeroMQ's water marks are per socket and approximate.
        push.set(zmq::sockopt::sndhwm, 0);
        pull.set(zmq::sockopt::rcvhwm, 0);
        push.set(zmq::sockopt::linger, 0);
        pull.bind("inproc://mailbox");
        push.connect("inproc://mailbox");
    }

    // An event travels as the address of its copy: it changes owners, not places.
    bool send(Event* event) {
        std::lock_guard const guard{sending};
        zmq::message_t message{&event, sizeof event};
        return push.send(message, zmq::send_flags::dontwait).has_value();
    }

    std::optional<Event*> receive() {
        zmq::message_t message;
        if (!pull.recv(message, zmq::recv_flags::dontwait)) return std::nullopt;
        CHECK(message.size() == sizeof(Event*));
        Event* event = nullptr;
        std::memcpy(&event, message.data(), sizeof event);
        return event;
    }

    std::int64_t const limit;
    std::atomic<std::int64_t> depth{0};
    std::atomic<bool> closed{false};
    std::mutex sending;
    zmq::context_t context{0};  // inproc needs no I/O thread
    zmq::socket_t push;         // guarded by `sending`
    zmq::socket_t pull;         // the loop's
};

Mailbox::Mailbox(std::int64_t limit) : queue_(std::make_unique<Queue>(limit)) {}

Mailbox::~Mailbox() {
    close();
    while (auto const event = queue_->receive()) delete *event;
}

base::Status Mailbox::post(Event event) {
    if (queue_->closed) return base::fail(base::Code::unavailable, "the coordinator is stopping");
    // Counted before it is sent, so that the limit holds with many posting at once.
    if (queue_->depth.fetch_add(1) >= queue_->limit) {
        queue_->depth.fetch_sub(1);
        return base::fail(base::Code::busy, "too many events wait; try again");
    }
    auto owned = std::make_unique<Event>(std::move(event));
    if (!queue_->send(owned.get())) {
        queue_->depth.fetch_sub(1);
        return base::fail(base::Code::busy, "the mailbox takes no more");
    }
    static_cast<void>(owned.release());  // the loop's now
    return {};
}

void Mailbox::wake() { static_cast<void>(queue_->send(nullptr)); }

void Mailbox::close() { queue_->closed = true; }

std::optional<Event> Mailbox::take(base::Duration wait) {
    auto received = queue_->receive();
    if (!received && wait > base::Duration::zero()) {
        std::array<zmq::pollitem_t, 1> items{{{queue_->pull.handle(), 0, ZMQ_POLLIN, 0}}};
        // By the C function: a signal that interrupts it is no reason to throw.
        zmq_poll(items.data(), 1, static_cast<long>(wait.count()));
        received = queue_->receive();
    }
    if (!received || *received == nullptr) return std::nullopt;
    queue_->depth.fetch_sub(1);
    std::unique_ptr<Event> const event{*received};
    return std::move(*event);
}

std::int64_t Mailbox::depth() const { return queue_->depth; }
std::int64_t Mailbox::limit() const { return queue_->limit; }

}  // namespace coordinator
