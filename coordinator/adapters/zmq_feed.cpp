#include "coordinator/adapters/zmq_feed.hpp"

#include <fstream>
#include <zmq.hpp>

#include "common/adapters/log.hpp"
#include "common/base/json.hpp"

namespace coordinator {

namespace {

constexpr std::size_t kZ85Key = 40;  // characters of a CURVE key as text (ZeroMQ RFC 32)

base::Result<std::string> read_key(std::string const& path) {
    std::ifstream file{path};
    std::string key;
    if (!std::getline(file, key))
        return base::fail(base::Code::invalid, "feed.curve_key: cannot read " + path);
    if (key.size() != kZ85Key)
        return base::fail(base::Code::invalid,
                          "feed.curve_key: " + path + " must hold one line of 40 characters (Z85)");
    return key;
}

std::string to_json(base::WallTime at, Record const& fact) {
    base::json::Writer out;
    out.begin_object().member("v", 1).member("time", base::to_rfc3339(at));
    out.member("stage", fact.stage).member("incident", fact.incident).member("host", fact.host);
    out.member("text", fact.text).key("data").begin_object();
    for (auto const& [name, value] : fact.data) out.member(name, value);
    return out.end_object().end_object().take();
}

}  // namespace

struct ZmqFeed::State {
    zmq::context_t context{1};
    zmq::socket_t socket{context, zmq::socket_type::pub};
};

ZmqFeed::ZmqFeed(std::unique_ptr<State> state) : state_(std::move(state)) {}

ZmqFeed::~ZmqFeed() = default;

base::Result<std::unique_ptr<ZmqFeed>> ZmqFeed::open(ZmqFeedSettings const& settings) {
    bool const tcp = settings.listen.starts_with("tcp://");
    if (!tcp && !settings.listen.starts_with("ipc://"))
        return base::fail(base::Code::invalid,
                          "feed.listen must begin with ipc:// or tcp://, not " + settings.listen);
    if (tcp && settings.curve_key.empty())
        return base::fail(base::Code::invalid,
                          "feed.listen is tcp, where anybody could read along: set feed.curve_key "
                          "or listen on ipc://");
    try {
        auto state = std::make_unique<State>();
        state->socket.set(zmq::sockopt::sndhwm, settings.queue_max);
        state->socket.set(zmq::sockopt::linger, 0);
        if (!settings.curve_key.empty()) {
            auto const key = read_key(settings.curve_key);
            if (!key) return tl::make_unexpected(key.error());
            state->socket.set(zmq::sockopt::curve_server, true);
            state->socket.set(zmq::sockopt::curve_secretkey, *key);
        }
        state->socket.bind(settings.listen);
        return std::unique_ptr<ZmqFeed>{new ZmqFeed{std::move(state)}};
    } catch (zmq::error_t const& error) {
        return base::fail(base::Code::unavailable,
                          "feed.listen: cannot bind " + settings.listen + ": " + error.what());
    }
}

void ZmqFeed::publish(base::WallTime at, Record const& fact) {
    try {
        // PUB drops for a subscriber whose queue is full and never waits for one.
        state_->socket.send(zmq::buffer(fact.stage), zmq::send_flags::sndmore);
        state_->socket.send(zmq::buffer(to_json(at, fact)), zmq::send_flags::none);
    } catch (zmq::error_t const& error) {
        adapters::log(adapters::LogLevel::warning, "feed.not_told", {{"reason", error.what()}});
    }
}

std::string ZmqFeed::endpoint() const {
    return state_->socket.get(zmq::sockopt::last_endpoint);
}

}  // namespace coordinator
