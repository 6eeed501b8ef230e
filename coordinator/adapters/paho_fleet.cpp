#include "coordinator/adapters/paho_fleet.hpp"

#include <mqtt/async_client.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <fstream>
#include <mutex>
#include <thread>

#include "common/adapters/log.hpp"
#include "common/base/backoff.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"
#include "common/wire/enroll.hpp"
#include "common/wire/topics.hpp"
#include "coordinator/adapters/fleet_reader.hpp"
#include "coordinator/adapters/send_without_delay.hpp"

namespace coordinator {

using adapters::log;
using adapters::LogLevel;
using namespace std::chrono_literals;

namespace {

constexpr std::int32_t kSessionExpiry = 24 * 3600;
constexpr std::int32_t kReceiveMaximum = 16;
constexpr auto kConnectTimeout = 10s;
constexpr auto kKeepAlive = 10s;
constexpr auto kGoodLife = 30s;
constexpr int kShortLivesTold = 3;
constexpr std::int64_t kEnrollExpiry = 600;

std::uint64_t seed() {
    std::uint64_t value = 0;
    auto bytes = trust::random_bytes(sizeof value);
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

base::WallTime wall_now() {
    return std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
}

// The births come before the availabilities, so that what a retained birth of a lost host started
// is corrected at once by its will.
constexpr std::array kHeard{
    std::pair{wire::Channel::birth, 1}, std::pair{wire::Channel::avail, 1},
    std::pair{wire::Channel::ack, 1},   std::pair{wire::Channel::journal, 1},
    std::pair{wire::Channel::reported, 1}, std::pair{wire::Channel::heartbeat, 0},
    std::pair{wire::Channel::tele, 0},
};

// Paho refuses more than this while its sending thread is behind (100 unless told otherwise).
// Nothing is ever sent while disconnected.
constexpr int kUnsentMax = 20'000;

mqtt::create_options creation() {
    mqtt::create_options options(MQTTVERSION_5);
    options.set_send_while_disconnected(false);
    options.set_max_buffered_messages(kUnsentMax);
    return options;
}

struct Outgoing {
    std::string topic;
    std::string payload;
    int qos = 1;
    bool retain = false;
    std::int64_t expiry_s = 0;  // 0: none
};

mqtt::message_ptr to_message(Outgoing out) {
    auto message = mqtt::make_message(std::move(out.topic), std::move(out.payload), out.qos,
                                      out.retain);
    if (out.expiry_s > 0) {
        mqtt::properties properties;
        properties.add({mqtt::property::MESSAGE_EXPIRY_INTERVAL,
                        static_cast<std::int32_t>(std::min<std::int64_t>(out.expiry_s, 1 << 30))});
        message->set_properties(std::move(properties));
    }
    return message;
}

// Throws when it failed, took too long or is no longer wanted.
void wait_for(mqtt::token& token, std::stop_token const& stop) {
    constexpr auto kSlice = 50ms;
    for (auto waited = 0ms; waited < kConnectTimeout + 2s; waited += kSlice) {
        if (token.wait_for(kSlice)) return;
        if (stop.stop_requested()) throw mqtt::exception(0, "stopped");
    }
    throw mqtt::exception(0, "no answer in time");
}

std::string signature_of(mqtt::message const& message) {
    auto const& properties = message.get_properties();
    auto count = properties.count(mqtt::property::USER_PROPERTY);
    for (std::size_t i = 0; i < count; ++i) {
        auto [name, value] =
            mqtt::get<mqtt::string_pair>(properties, mqtt::property::USER_PROPERTY, i);
        if (name == "sig") return value;
    }
    return {};
}

}  // namespace

struct PahoFleet::State {
    PahoFleetSettings settings;
    FleetSinks sinks;
    std::string remedies_digest;
    std::string remedies_jws;  // the same for every host, so signed once
    base::Backoff backoff;
    mqtt::connect_options options;
    mqtt::async_client client;

    std::mutex keys_mutex;  // of settings.host_keys
    std::mutex mutex;
    std::condition_variable_any changed;
    bool lost = false;            // guarded by mutex
    std::string lost_reason;      // guarded by mutex
    std::string freeze_jws;       // guarded by mutex; empty: there never was one
    std::optional<std::chrono::steady_clock::time_point> up_since;  // the thread's own, as the next
    int short_lives = 0;                                            // in a row
    std::atomic<bool> up = false;
    std::chrono::steady_clock::time_point refusal_told{};  // Paho's message thread only
    std::uint64_t refusals_untold = 0;
    std::jthread thread;          // last: joined before anything it uses goes

    State(PahoFleetSettings given, FleetSinks given_sinks)
        : settings(std::move(given)),
          sinks(std::move(given_sinks)),
          remedies_digest(trust::sha256_hex(settings.remedies_document)),
          remedies_jws(trust::sign(trust::Purpose::document, settings.command_key,
                                   settings.remedies_document)),
          backoff(settings.reconnect_min, settings.reconnect_max, seed()),
          client("ssl://" + settings.broker_host + ":" + std::to_string(settings.broker_port),
                 settings.client_id, creation()) {
        set_options();
    }

    void set_options();
    void listen();
    void run(std::stop_token stop);
    void look_back();
    bool connect(std::stop_token const& stop);
    void subscribe(std::stop_token const& stop);
    void note_lost(std::string reason, bool taken_over);
    void heard(mqtt::message const& message);
    void heard_enrolling(mqtt::message const& message);
    void refuse(std::string_view topic, base::Error const& error);
    void publish(Outgoing out);
    void publish_freeze();
    void publish_signed(trust::Purpose purpose, std::string topic, std::string const& payload,
                        std::int64_t expiry_s);
};

// Set in place and handed on by copy: moving these options leaves their will pointing at the object
// moved from (Paho C++ 1.2.0), and a TLS error handler at freed memory.
void PahoFleet::State::set_options() {
    options.set_mqtt_version(MQTTVERSION_5);
    options.set_clean_start(false);
    options.set_automatic_reconnect(false);
    options.set_keep_alive_interval(kKeepAlive);
    options.set_connect_timeout(kConnectTimeout);
    mqtt::properties properties;
    properties.add({mqtt::property::SESSION_EXPIRY_INTERVAL, kSessionExpiry});
    properties.add({mqtt::property::RECEIVE_MAXIMUM, kReceiveMaximum});
    options.set_properties(properties);
    mqtt::will_options will;
    will.set_topic(wire::site_topic(settings.site, wire::SiteChannel::avail));
    will.set_payload(std::string("offline"));
    will.set_qos(1);
    will.set_retained(true);
    options.set_will(will);
    mqtt::ssl_options ssl;
    ssl.set_trust_store(settings.ca_file);
    ssl.set_key_store(settings.cert_file);
    ssl.set_private_key(settings.key_file);
    ssl.set_enable_server_cert_auth(true);
    ssl.set_verify(true);
    options.set_ssl(ssl);
}

void PahoFleet::State::listen() {
    client.set_connection_lost_handler([this](std::string const& cause) {
        note_lost(cause.empty() ? "connection lost" : cause, false);
    });
    client.set_disconnected_handler([this](mqtt::properties const&, mqtt::ReasonCode reason) {
        note_lost("broker said goodbye, reason " + std::to_string(static_cast<int>(reason)),
                  reason == mqtt::ReasonCode::SESSION_TAKEN_OVER);
    });
    client.set_message_callback([this](mqtt::const_message_ptr message) {
        if (message) heard(*message);
    });
}

void PahoFleet::State::note_lost(std::string reason, bool taken_over) {
    std::lock_guard lock(mutex);
    up = false;
    if (!lost) lost_reason = std::move(reason);
    lost = true;
    if (taken_over) {
        log(LogLevel::error, "broker.session_taken_over",
            {{"client", settings.client_id}, {"hint", "does a second coordinator run?"}});
        backoff.give_way();
    }
    changed.notify_all();
}

// One by one: the many-topics call of Paho C++ 1.2.0 reads past its options.
void PahoFleet::State::subscribe(std::stop_token const& stop) {
    mqtt::subscribe_options no_local(true);
    std::vector<std::pair<std::string, mqtt::token_ptr>> asked;
    for (auto [channel, level] : kHeard) {
        auto filter = wire::any_host_filter(channel);
        asked.emplace_back(filter, client.subscribe(filter, level, no_local));
    }
    if (sinks.enroll)
        for (auto leaf : {wire::EnrollLeaf::request, wire::EnrollLeaf::renewal}) {
            auto filter = wire::any_enroll_filter(leaf);
            asked.emplace_back(filter, client.subscribe(filter, 1, no_local));
        }
    for (auto& [filter, token] : asked) {
        wait_for(*token, stop);
        // A refusal is the broker's ACL, which no retry mends: said loudly, and gone on.
        auto const answer = token->get_subscribe_response();
        for (auto code : answer.get_reason_codes())
            if (code >= mqtt::ReasonCode::UNSPECIFIED_ERROR)
                log(LogLevel::error, "broker.subscription_refused", {{"filter", filter}});
    }
}

bool PahoFleet::State::connect(std::stop_token const& stop) {
    {
        std::lock_guard lock(mutex);
        lost = false;
    }
    try {
        auto token = client.connect(options);
        wait_for(*token, stop);
        send_without_delay(settings.broker_port);
        up = true;  // what the first deliveries cause may be sent at once
        subscribe(stop);
        publish({wire::site_topic(settings.site, wire::SiteChannel::avail), "online", 1, true, 0});
        publish_freeze();
        return true;
    } catch (std::exception const& error) {
        note_lost(error.what(), false);
        return false;
    }
}

// Two coordinators throw each other out, and Mosquitto 2.0 does not say so: all that is seen are
// connections that do not last. So the pauses begin anew only after one that did.
void PahoFleet::State::look_back() {
    if (!up_since) return;
    if (std::chrono::steady_clock::now() - *up_since >= kGoodLife) {
        backoff.reset();
        short_lives = 0;
    } else if (++short_lives == kShortLivesTold) {
        log(LogLevel::error, "broker.thrown_out_again_and_again",
            {{"client", settings.client_id}, {"hint", "does a second coordinator run?"}});
    }
    up_since.reset();
}

void PahoFleet::State::run(std::stop_token stop) {
    bool told_down = false;
    auto tell = [this](bool is_up, std::string const& reason) {
        if (sinks.link) sinks.link(is_up, reason);
    };
    while (!stop.stop_requested()) {
        if (connect(stop)) {
            log(LogLevel::info, "broker.connected",
                {{"broker", settings.broker_host}, {"port", settings.broker_port}});
            tell(true, "");
            told_down = false;
            up_since = std::chrono::steady_clock::now();
        }
        std::unique_lock lock(mutex);
        changed.wait(lock, stop, [this] { return lost; });
        if (stop.stop_requested()) return;
        look_back();
        auto reason = lost_reason;
        auto pause = backoff.next();
        lock.unlock();
        log(told_down ? LogLevel::debug : LogLevel::warning, "broker.away",
            {{"broker", settings.broker_host}, {"port", settings.broker_port}, {"reason", reason},
             {"next_try_ms", static_cast<std::int64_t>(pause.count())}});
        tell(false, reason);
        told_down = true;
        lock.lock();
        changed.wait_for(lock, stop, pause, [] { return false; });
    }
}

void PahoFleet::State::refuse(std::string_view topic, base::Error const& error) {
    // Whoever may publish could fill the log: a line a second, and the count of those left out.
    auto now = std::chrono::steady_clock::now();
    if (now - refusal_told >= 1s) {
        log(error.code == base::Code::denied ? LogLevel::warning : LogLevel::info,
            "delivery.refused",
            {{"topic", topic}, {"reason", error.message}, {"untold_before", refusals_untold}});
        refusal_told = now;
        refusals_untold = 0;
    } else {
        ++refusals_untold;
    }
    if (sinks.refused) sinks.refused(base::to_string(error.code));
}

void PahoFleet::State::heard_enrolling(mqtt::message const& message) {
    auto answer = sinks.enroll(message.get_topic(), message.get_payload_str());
    if (answer)
        publish({std::move(answer->first), std::move(answer->second), 1, false, kEnrollExpiry});
}

void PahoFleet::State::heard(mqtt::message const& message) {
    try {
        if (sinks.enroll && wire::parse_enroll_topic(message.get_topic()))
            return heard_enrolling(message);
        std::unique_lock keys(keys_mutex);
        auto signature = signature_of(message);
        Delivery delivery{message.get_topic(), message.get_payload_str(), signature};
        auto heard = read_delivery(settings.host_keys, delivery);
        keys.unlock();
        if (!heard) return refuse(delivery.topic, heard.error());
        if (auto* telemetry = std::get_if<wire::Telemetry>(&*heard)) {
            if (sinks.telemetry) sinks.telemetry(*telemetry);
            return;
        }
        auto& event = std::get<Event>(*heard);
        if (sinks.telemetry && std::holds_alternative<HostBeat>(event))
            if (auto cost = read_cost(delivery, wall_now())) sinks.telemetry(*cost);
        sinks.post(std::move(event));
    } catch (std::exception const& error) {
        refuse(message.get_topic(), {base::Code::internal, error.what()});
    }
}

void PahoFleet::State::publish(Outgoing out) {
    if (!up) return;
    try {
        client.publish(to_message(std::move(out)));
    } catch (std::exception const& error) {
        log(LogLevel::debug, "broker.not_sent", {{"reason", error.what()}});
    }
}

// Whoever begins anew, the broker included, must hear it.
void PahoFleet::State::publish_freeze() {
    std::unique_lock lock(mutex);
    auto jws = freeze_jws;
    lock.unlock();
    if (!jws.empty())
        publish({wire::site_topic(settings.site, wire::SiteChannel::freeze), std::move(jws), 1,
                 true, 0});
}

void PahoFleet::State::publish_signed(trust::Purpose purpose, std::string topic,
                                      std::string const& payload, std::int64_t expiry_s) {
    if (!up) return;
    publish({std::move(topic), trust::sign(purpose, settings.command_key, payload), 1, false,
             expiry_s});
}

PahoFleet::PahoFleet(PahoFleetSettings settings, FleetSinks sinks)
    : state_(std::make_unique<State>(std::move(settings), std::move(sinks))) {}

PahoFleet::~PahoFleet() { stop(); }

base::Status PahoFleet::start() {
    auto const& settings = state_->settings;
    for (auto const& path : {settings.ca_file, settings.cert_file, settings.key_file})
        if (!std::ifstream(path).good())
            return base::fail(base::Code::invalid, "cannot read " + path);
    state_->listen();
    state_->thread =
        std::jthread([state = state_.get()](std::stop_token stop) { state->run(stop); });
    return {};
}

void PahoFleet::stop() {
    auto& state = *state_;
    if (!state.thread.joinable()) return;
    state.thread.request_stop();
    state.thread.join();
    try {
        if (state.up.exchange(false)) {
            auto topic = wire::site_topic(state.settings.site, wire::SiteChannel::avail);
            state.client.publish(to_message({topic, "offline", 1, true, 0}))->wait_for(2s);
            state.client.disconnect(mqtt::disconnect_options(0))->wait_for(2s);
        }
        state.client.disable_callbacks();
    } catch (std::exception const& error) {
        log(LogLevel::debug, "broker.goodbye_failed", {{"reason", error.what()}});
    }
}

void PahoFleet::send(SendCommand const& effect) {
    auto const& command = effect.command;
    auto ttl = std::chrono::ceil<std::chrono::seconds>(command.expires_at - command.issued_at);
    state_->publish_signed(trust::Purpose::command,
                           wire::host_topic(command.host, wire::Channel::cmd),
                           wire::encode(command), std::max<std::int64_t>(1, ttl.count()));
}

void PahoFleet::send(SendCancel const& effect) {
    wire::Cancel cancel{effect.id,      effect.host,    state_->settings.epoch,
                        effect.session, effect.counter, effect.reason};
    state_->publish_signed(trust::Purpose::cancel,
                           wire::host_topic(effect.host, wire::Channel::cancel),
                           wire::encode(cancel), 60);
}

void PahoFleet::send(SendWelcome const& effect, base::WallTime now) {
    wire::Welcome welcome{effect.host,        effect.session,     now, state_->settings.epoch,
                          effect.incarnation, wire::kWireVersion, state_->remedies_digest};
    state_->publish_signed(trust::Purpose::welcome,
                           wire::host_topic(effect.host, wire::Channel::welcome),
                           wire::encode(welcome), 60);
}

void PahoFleet::send(AcknowledgeJournal const& effect) {
    wire::JournalAck ack{effect.host, effect.through_seq};
    state_->publish_signed(trust::Purpose::journal_ack,
                           wire::host_topic(effect.host, wire::Channel::journal_ack),
                           wire::encode(ack), 3600);
}

void PahoFleet::send(SendRemedies const& effect) {
    state_->publish({wire::host_topic(effect.host, wire::Channel::desired, "remedies"),
                     state_->remedies_jws, 1, true, 0});
}

void PahoFleet::send(SendLease const& effect) {
    auto const& lease = effect.lease;
    state_->publish({wire::host_topic(lease.host, wire::Channel::desired, "lease"),
                     trust::sign(trust::Purpose::document, state_->settings.command_key,
                                 wire::encode(lease)),
                     1, true, 0});
}

void PahoFleet::send(SendFreeze const& effect) {
    auto const& row = effect.row;
    auto const& settings = state_->settings;
    {
        std::lock_guard lock(state_->mutex);
        state_->freeze_jws =
            row.jws.empty() ? trust::sign(trust::Purpose::freeze, settings.command_key,
                                          wire::encode(wire::Freeze{settings.site, row.rev, true,
                                                                    row.reason, row.actor}))
                            : row.jws;
    }
    state_->publish_freeze();
}

void PahoFleet::beat(base::WallTime now, bool no_store) {
    auto const& settings = state_->settings;
    wire::CoordinatorHeartbeat beat{settings.site, now, settings.epoch, no_store, {}};
    if (state_->sinks.head) beat.journal = state_->sinks.head();
    auto jws = trust::sign(trust::Purpose::heartbeat, settings.command_key, wire::encode(beat));
    auto topic = wire::site_topic(settings.site, wire::SiteChannel::heartbeat);
    state_->publish({std::move(topic), std::move(jws), 0, false, 30});
}

void PahoFleet::tell_status(base::WallTime now, std::string_view state,
                            std::vector<std::string> const& reasons) {
    auto const& settings = state_->settings;
    wire::CoordinatorStatus status{settings.site, now, settings.epoch, std::string{state}, reasons};
    state_->publish({wire::site_topic(settings.site, wire::SiteChannel::status),
                     wire::encode(status), 1, true, 300});
}

bool PahoFleet::connected() const { return state_->up; }

void PahoFleet::know(domain::HostId const& host, trust::PublicKey key) {
    std::lock_guard lock(state_->keys_mutex);
    state_->settings.host_keys.insert_or_assign(host, std::move(key));
}

void PahoFleet::forget(domain::HostId const& host) {
    std::lock_guard lock(state_->keys_mutex);
    state_->settings.host_keys.erase(host);
}

void PahoFleet::tell_enrolling(std::string topic, std::string payload) {
    state_->publish({std::move(topic), std::move(payload), 1, false, kEnrollExpiry});
}

std::string const& PahoFleet::remedies_digest() const { return state_->remedies_digest; }

}  // namespace coordinator
