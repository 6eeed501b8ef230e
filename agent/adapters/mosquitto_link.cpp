#include "agent/adapters/mosquitto_link.hpp"

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <mutex>

#include "agent/adapters/link_messages.hpp"
#include "agent/adapters/reachability.hpp"
#include "common/adapters/log.hpp"
#include "common/base/backoff.hpp"
#include "common/base/check.hpp"
#include "common/wire/topics.hpp"

namespace agent {

using adapters::log;
using adapters::LogLevel;
using base::Code;
using base::fail;
using namespace std::chrono_literals;

namespace {

constexpr int kKeepAliveSeconds = 10;
constexpr std::uint32_t kSessionExpirySeconds = 3600;
constexpr int kReceiveMaximum = 16;
constexpr int kOutstandingMax = 200;  // QoS 1 messages the broker has not answered
constexpr base::Duration kProbeTimeout = 10s;
constexpr base::Duration kResolving = 50ms;  // the resolver wakes nobody
constexpr base::Duration kConnectTimeout = 15s;  // from the TCP connection to CONNACK
// Pings are due every 10 s and the broker waits 15: looking every 2 s is early enough.
constexpr base::Duration kHousekeeping = 2s;
// A link that lived this long was a good one; one that did not keeps the pauses growing.
constexpr base::Duration kGoodLife = 30s;
constexpr int kShortLivesTold = 3;

struct PropertiesDeleter {
    void operator()(mosquitto_property* list) const { mosquitto_property_free_all(&list); }
};
using Properties = std::unique_ptr<mosquitto_property, PropertiesDeleter>;

template <class Add, class... Values>
void add(Properties& list, Add function, Values... values) {
    mosquitto_property* raw = list.release();
    CHECK(function(&raw, values...) == MOSQ_ERR_SUCCESS);  // fails only without memory
    list.reset(raw);
}

struct ClientDeleter {
    void operator()(mosquitto* client) const { mosquitto_destroy(client); }
};

std::uint64_t seed_of(std::string const& session) { return std::hash<std::string>{}(session); }

void start_library() {
    static std::once_flag once;  // the library keeps globals of its own
    std::call_once(once, [] { mosquitto_lib_init(); });
}

enum class Phase { idle, probing, connecting, up, stopped };

}  // namespace

struct MosquittoLink::State {
    MosquittoLinkSettings settings;
    std::unique_ptr<mosquitto, ClientDeleter> client;
    base::Backoff backoff;
    Phase phase = Phase::idle;
    Reachability probe;
    base::BootTime now{};        // of the last service()
    base::BootTime next_try{};
    base::BootTime probe_until{};
    base::BootTime connect_until{};
    base::BootTime up_since{};
    int short_lives = 0;  // in a row
    std::vector<Event> inbox;    // of the library's callbacks; delivered at the end of service()
    std::string refusal;         // why CONNACK said no
    bool told_down = false;
    int outstanding = 0;
    std::int64_t presses = 0;

    explicit State(MosquittoLinkSettings given)
        : settings(std::move(given)),
          backoff(settings.reconnect_min, settings.reconnect_max, seed_of(settings.session)) {}

    static State& of(void* self) { return *static_cast<State*>(self); }
    base::Status prepare();
    void set_will();
    void attempt();
    void connect();
    void down(std::string const& reason);
    void look_back();
    void subscribe();
    void on_connect(int reason);
    void on_disconnect(int reason);
    void on_message(mosquitto_message const& message);
    void step_socket();
    bool send(Outgoing const& out);
};

base::Status MosquittoLink::State::prepare() {
    for (auto const& path : {settings.ca_file, settings.cert_file, settings.key_file})
        if (!std::ifstream(path).good()) return fail(Code::invalid, "cannot read " + path);
    start_library();
    client.reset(mosquitto_new(settings.host.text().c_str(), false, this));
    if (!client) return fail(Code::internal, "no memory for the broker's client");
    auto* raw = client.get();
    mosquitto_int_option(raw, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_int_option(raw, MOSQ_OPT_RECEIVE_MAXIMUM, kReceiveMaximum);
    mosquitto_int_option(raw, MOSQ_OPT_TCP_NODELAY, 1);
    int rc = mosquitto_tls_set(raw, settings.ca_file.c_str(), nullptr, settings.cert_file.c_str(),
                               settings.key_file.c_str(), nullptr);
    if (rc != MOSQ_ERR_SUCCESS)
        return fail(Code::invalid, std::string("TLS settings: ") + mosquitto_strerror(rc));
    mosquitto_connect_v5_callback_set(
        raw, [](mosquitto*, void* self, int reason, int, mosquitto_property const*) {
            of(self).on_connect(reason);
        });
    mosquitto_disconnect_v5_callback_set(
        raw, [](mosquitto*, void* self, int reason, mosquitto_property const*) {
            of(self).on_disconnect(reason);
        });
    mosquitto_publish_v5_callback_set(
        raw, [](mosquitto*, void* self, int, int reason, mosquitto_property const*) {
            if (of(self).outstanding > 0) --of(self).outstanding;
            if (reason >= 0x80)
                log(LogLevel::warning, "broker.publish_refused",
                    {{"reason", mosquitto_reason_string(reason)}});
        });
    mosquitto_subscribe_v5_callback_set(
        raw, [](mosquitto*, void*, int, int count, int const* granted, mosquitto_property const*) {
            for (int i = 0; i < count; ++i)
                if (granted[i] >= 0x80)
                    log(LogLevel::error, "broker.subscription_refused",
                        {{"reason", mosquitto_reason_string(granted[i])}});
        });
    mosquitto_message_v5_callback_set(
        raw, [](mosquitto*, void* self, mosquitto_message const* message,
                mosquitto_property const*) { of(self).on_message(*message); });
    set_will();
    return {};
}

void MosquittoLink::State::set_will() {
    auto topic = wire::host_topic(settings.host, wire::Channel::avail);
    Properties will;
    add(will, mosquitto_property_add_int32, MQTT_PROP_WILL_DELAY_INTERVAL,
        settings.will_delay_s);
    constexpr std::string_view kOffline = "offline";
    // The client takes the properties over.
    int rc = mosquitto_will_set_v5(client.get(), topic.c_str(), static_cast<int>(kOffline.size()),
                                   kOffline.data(), 1, true, will.get());
    CHECK(rc == MOSQ_ERR_SUCCESS);
    static_cast<void>(will.release());
}

void MosquittoLink::State::attempt() {
    if (is_loopback(settings.broker_host)) return connect();
    probe.begin(settings.broker_host, settings.broker_port);
    phase = Phase::probing;
    probe_until = now + kProbeTimeout;
}

void MosquittoLink::State::connect() {
    probe.close();
    refusal.clear();
    phase = Phase::connecting;
    connect_until = now + kConnectTimeout;
    Properties properties;
    add(properties, mosquitto_property_add_int32, MQTT_PROP_SESSION_EXPIRY_INTERVAL,
        kSessionExpirySeconds);
    int rc = mosquitto_connect_bind_v5(client.get(), settings.broker_host.c_str(),
                                       settings.broker_port, kKeepAliveSeconds, nullptr,
                                       properties.get());
    if (rc == MOSQ_ERR_ERRNO) return down(std::strerror(errno));
    if (rc != MOSQ_ERR_SUCCESS) return down(mosquitto_strerror(rc));
}

void MosquittoLink::State::down(std::string const& reason) {
    probe.close();
    bool was_up = phase == Phase::up;
    if (was_up) look_back();
    phase = Phase::idle;
    auto pause = backoff.next();
    next_try = now + pause;
    log(was_up || !told_down ? LogLevel::warning : LogLevel::debug, "broker.away",
        {{"broker", settings.broker_host}, {"port", settings.broker_port}, {"reason", reason},
         {"next_try_ms", static_cast<std::int64_t>(pause.count())}});
    told_down = true;
    if (was_up) inbox.push_back(LinkDown{reason});
}

// Two agents with one id throw each other out, and Mosquitto 2.0 does not say so: all that is seen
// are links that do not last. So the pauses begin anew only after one that did.
void MosquittoLink::State::look_back() {
    if (now - up_since >= kGoodLife) {
        backoff.reset();
        short_lives = 0;
    } else if (++short_lives == kShortLivesTold) {
        log(LogLevel::error, "broker.thrown_out_again_and_again",
            {{"host", settings.host.text()}, {"hint", "does a second agent carry this id?"}});
    }
}

void MosquittoLink::State::subscribe() {
    auto filter = [this](wire::Channel one) { return wire::host_filter(settings.host, one); };
    // A stored retained command is never asked for; one published retained while we listen keeps
    // its flag and is refused by it.
    std::vector<std::string> orders{filter(wire::Channel::cmd), filter(wire::Channel::cancel),
                                    filter(wire::Channel::press)};
    std::vector<std::string> rest{filter(wire::Channel::welcome),
                                  filter(wire::Channel::journal_ack),
                                  filter(wire::Channel::desired),
                                  wire::site_topic(settings.site, wire::SiteChannel::heartbeat),
                                  wire::site_topic(settings.site, wire::SiteChannel::freeze)};
    auto ask = [this](std::vector<std::string>& filters, int options) {
        std::vector<char*> raw;
        for (auto& one : filters) raw.push_back(one.data());
        int rc = mosquitto_subscribe_multiple(client.get(), nullptr, static_cast<int>(raw.size()),
                                              raw.data(), 1, options, nullptr);
        if (rc != MOSQ_ERR_SUCCESS)
            log(LogLevel::error, "broker.subscribe_failed", {{"reason", mosquitto_strerror(rc)}});
    };
    ask(orders, MQTT_SUB_OPT_NO_LOCAL | MQTT_SUB_OPT_RETAIN_AS_PUBLISHED |
                    MQTT_SUB_OPT_SEND_RETAIN_NEVER);
    ask(rest, MQTT_SUB_OPT_NO_LOCAL | MQTT_SUB_OPT_SEND_RETAIN_ALWAYS);
}

void MosquittoLink::State::on_connect(int reason) {
    if (reason != 0) {
        refusal = mosquitto_reason_string(reason);
        return;  // the broker closes
    }
    phase = Phase::up;
    outstanding = 0;
    told_down = false;
    up_since = now;
    log(LogLevel::info, "broker.connected",
        {{"broker", settings.broker_host}, {"port", settings.broker_port}});
    // Requests of one connection are served in order: what LinkUp makes the core say comes after.
    subscribe();
    inbox.push_back(LinkUp{});
}

void MosquittoLink::State::on_disconnect(int reason) {
    if (phase == Phase::stopped || phase == Phase::idle) return;
    if (reason == MQTT_RC_SESSION_TAKEN_OVER) {
        log(LogLevel::error, "broker.session_taken_over",
            {{"host", settings.host.text()}, {"hint", "does a second agent carry this id?"}});
        backoff.give_way();
    }
    if (!refusal.empty()) return down("refused: " + refusal);
    down(reason >= 0x80 ? mosquitto_reason_string(reason) : mosquitto_strerror(reason));
}

void MosquittoLink::State::on_message(mosquitto_message const& message) {
    auto fallback = settings.session.substr(0, 20) + "-" + std::to_string(++presses);
    LinkDelivery delivery{message.topic,
                          {static_cast<char const*>(message.payload),
                           static_cast<std::size_t>(message.payloadlen)},
                          message.retain,
                          fallback};
    auto event = read_delivery(settings.host, settings.site,
                               {settings.coordinator_key, settings.approver_keys}, delivery);
    if (event) inbox.push_back(*std::move(event));
}

void MosquittoLink::State::step_socket() {
    auto* raw = client.get();
    if (phase == Phase::connecting && now >= connect_until) {
        // The next connect closes it; until then it must not wake the loop.
        ::shutdown(mosquitto_socket(raw), SHUT_RDWR);
        return down("the broker takes connections but does not answer");
    }
    int rc = mosquitto_loop_read(raw, 1);
    if (rc == MOSQ_ERR_SUCCESS && mosquitto_want_write(raw)) rc = mosquitto_loop_write(raw, 1);
    if (rc == MOSQ_ERR_SUCCESS) rc = mosquitto_loop_misc(raw);
    // The library tells of most losses by its callback; some only by the return code.
    bool open = phase == Phase::connecting || phase == Phase::up;
    if (open && (rc != MOSQ_ERR_SUCCESS || mosquitto_socket(raw) < 0))
        down(refusal.empty() ? mosquitto_strerror(rc) : "refused: " + refusal);
}

bool MosquittoLink::State::send(Outgoing const& out) {
    if (phase != Phase::up || (out.qos > 0 && outstanding >= kOutstandingMax)) return false;
    Properties properties;
    if (out.expiry_s > 0)
        add(properties, mosquitto_property_add_int32, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL,
            out.expiry_s);
    if (!out.signature.empty())
        add(properties, mosquitto_property_add_string_pair, MQTT_PROP_USER_PROPERTY, "sig",
            out.signature.c_str());
    int rc = mosquitto_publish_v5(client.get(), nullptr, out.topic.c_str(),
                                  static_cast<int>(out.payload.size()), out.payload.data(), out.qos,
                                  out.retain, properties.get());
    if (rc != MOSQ_ERR_SUCCESS) {
        log(LogLevel::debug, "broker.not_sent",
            {{"topic", out.topic}, {"reason", mosquitto_strerror(rc)}});
        return false;
    }
    if (out.qos > 0) ++outstanding;
    return true;
}

MosquittoLink::MosquittoLink(MosquittoLinkSettings settings)
    : state_(std::make_unique<State>(std::move(settings))) {}

MosquittoLink::~MosquittoLink() { stop(); }

base::Status MosquittoLink::start() { return state_->prepare(); }

void MosquittoLink::publish(Message const& message, base::WallTime) {
    if (state_->phase != Phase::up) return;
    auto const& settings = state_->settings;
    state_->send(
        write_message(settings.host, settings.host_key, settings.telemetry_expiry, message));
}

base::Result<std::int64_t> MosquittoLink::send_batch(
    std::vector<wire::JournalRecord> const& records) {
    if (records.empty()) return fail(Code::invalid, "no records");
    if (state_->phase != Phase::up) return fail(Code::unavailable, "not connected");
    auto batch = write_batch(state_->settings.host, state_->settings.host_key, records);
    if (!state_->send(batch.out)) return fail(Code::unavailable, "the broker does not keep up");
    return batch.through_seq;
}

int MosquittoLink::fd() const {
    if (state_->phase == Phase::probing) return state_->probe.fd();
    if (state_->phase == Phase::idle || !state_->client) return -1;
    return mosquitto_socket(state_->client.get());
}

bool MosquittoLink::wants_write() const {
    if (state_->phase == Phase::probing) return true;
    if (state_->phase == Phase::idle || !state_->client) return false;
    return mosquitto_want_write(state_->client.get());
}

base::Duration MosquittoLink::wait() const {
    switch (state_->phase) {
        case Phase::idle:
            return std::max(base::Duration{0}, state_->next_try - state_->now);
        case Phase::probing:
            if (state_->probe.fd() < 0) return kResolving;
            return std::max(base::Duration{0}, state_->probe_until - state_->now);
        default:
            return kHousekeeping;
    }
}

void MosquittoLink::service(base::BootTime now) {
    auto& state = *state_;
    if (!state.client || state.phase == Phase::stopped) return;
    state.now = now;
    if (state.phase == Phase::idle && now >= state.next_try) state.attempt();
    if (state.phase == Phase::probing) {
        auto seen = state.probe.look();
        if (seen == Reachability::State::reachable) state.connect();
        if (seen == Reachability::State::failed) state.down(state.probe.failure());
        if (seen == Reachability::State::waiting && now >= state.probe_until)
            state.down("no answer from the address or its name server");
    }
    if (state.phase == Phase::connecting || state.phase == Phase::up) state.step_socket();
    // After the library's callbacks, so that what is published now is written at once.
    auto events = std::exchange(state.inbox, {});
    for (auto& event : events)
        if (deliver) deliver(std::move(event));
}

void MosquittoLink::stop() {
    auto& state = *state_;
    if (!state.client || state.phase == Phase::stopped) return;
    bool was_up = state.phase == Phase::up;
    state.phase = Phase::stopped;
    state.probe.close();
    if (was_up) {
        for (int i = 0; i < 8 && mosquitto_want_write(state.client.get()); ++i)
            mosquitto_loop_write(state.client.get(), 1);
        mosquitto_disconnect_v5(state.client.get(), 0, nullptr);
    }
    state.client.reset();
}

}  // namespace agent
