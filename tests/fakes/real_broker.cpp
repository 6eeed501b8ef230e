#include "tests/fakes/real_broker.hpp"

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "tools/tomte/init.hpp"

namespace fakes {

namespace {

namespace fs = std::filesystem;

std::string fresh_folder() {
    auto pattern = (fs::temp_directory_path() / "tomte-broker-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
    return pattern;
}

trust::PrivateKey load_key(std::string const& path) {
    auto key = trust::PrivateKey::load(path);
    if (!key) throw std::runtime_error(key.error().message);
    return *std::move(key);
}

bool eventually(RawClient& client, bool const& done) {
    return farm::eventually([&] {
        client.pump();
        return done;
    });
}

}  // namespace

RealBroker::RealBroker(std::vector<std::string> const& hosts)
    : folder_(fresh_folder()), port_(farm::free_port()) {
    tomte::InitOptions options;
    options.folder = folder_ + "/fleet";
    options.hosts = hosts;
    options.facts.broker_port = port_;
    options.facts.invite_port = 0;
    options.facts.as_root = ::geteuid() == 0;
    options.routing_file = folder_ + "/routing.toml";
    farm::write_text(options.routing_file, "# of no use here\n");
    auto made = tomte::init(options);
    if (!made) throw std::runtime_error(made.error().message);
    start();
}

RealBroker::~RealBroker() {
    process_.stop();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

void RealBroker::start() {
    process_ = farm::Process({"mosquitto", "-c", folder_ + "/fleet/broker/mosquitto.conf"},
                             folder_ + "/mosquitto.log");
    auto up = [this] { return process_.log().find("Opening ipv4 listen") != std::string::npos; };
    if (!farm::eventually([&] { return up() || !process_.running(); }) || !process_.running())
        throw std::runtime_error("the broker does not start: " + process_.log());
}

void RealBroker::stop() { process_.stop(); }

trust::PrivateKey RealBroker::host_key(std::string const& host) const {
    return load_key(host_file(host, "host.key"));
}

trust::PrivateKey RealBroker::command_key() const {
    return load_key(coordinator_file("command.key"));
}

RawClient::RawClient(RealBroker const& broker, std::string const& cert, std::string const& key) {
    mosquitto_lib_init();
    client_ = mosquitto_new("raw", true, this);
    mosquitto_int_option(client_, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_tls_set(client_, broker.ca_file().c_str(), nullptr, cert.c_str(), key.c_str(),
                      nullptr);
    mosquitto_connect_v5_callback_set(
        client_, [](mosquitto*, void* self, int reason, int, mosquitto_property const*) {
            static_cast<RawClient*>(self)->connected_ = reason == 0;
        });
    mosquitto_subscribe_v5_callback_set(
        client_, [](mosquitto*, void* self, int, int, int const*, mosquitto_property const*) {
            static_cast<RawClient*>(self)->subscribed_ = true;
        });
    mosquitto_publish_v5_callback_set(
        client_, [](mosquitto*, void* self, int, int reason, mosquitto_property const*) {
            static_cast<RawClient*>(self)->published_ = reason;
        });
    mosquitto_message_v5_callback_set(
        client_, [](mosquitto*, void* self, mosquitto_message const* message,
                    mosquitto_property const* properties) {
            char* name = nullptr;
            char* value = nullptr;
            mosquitto_property_read_string_pair(properties, MQTT_PROP_USER_PROPERTY, &name, &value,
                                                false);
            static_cast<RawClient*>(self)->heard.push_back(
                {message->topic,
                 {static_cast<char const*>(message->payload),
                  static_cast<std::size_t>(message->payloadlen)},
                 value == nullptr ? "" : value,
                 message->retain});
            std::free(name);
            std::free(value);
        });
    if (mosquitto_connect_bind_v5(client_, "127.0.0.1", broker.port(), 30, nullptr, nullptr) !=
            MOSQ_ERR_SUCCESS ||
        !eventually(*this, connected_))
        throw std::runtime_error("a test client cannot connect");
}

RawClient::~RawClient() {
    mosquitto_disconnect_v5(client_, 0, nullptr);
    mosquitto_destroy(client_);
    mosquitto_lib_cleanup();
}

void RawClient::subscribe(std::string const& filter) {
    subscribed_ = false;
    mosquitto_subscribe_v5(client_, nullptr, filter.c_str(), 1, 0, nullptr);
    if (!eventually(*this, subscribed_)) throw std::runtime_error("no answer to SUBSCRIBE");
}

int RawClient::publish(std::string const& topic, std::string const& payload, bool retain,
                       std::string const& signature) {
    mosquitto_property* properties = nullptr;
    if (!signature.empty())
        mosquitto_property_add_string_pair(&properties, MQTT_PROP_USER_PROPERTY, "sig",
                                           signature.c_str());
    published_ = -1;
    mosquitto_publish_v5(client_, nullptr, topic.c_str(), static_cast<int>(payload.size()),
                         payload.data(), 1, retain, properties);
    mosquitto_property_free_all(&properties);
    farm::eventually([this] {
        pump();
        return published_ >= 0;
    });
    return published_;
}

void RawClient::pump(farm::Milliseconds at_most) {
    mosquitto_loop(client_, static_cast<int>(at_most.count()), 1);
}

RawClient::Heard const* RawClient::find(std::string const& topic) const {
    for (auto const& one : heard)
        if (one.topic == topic) return &one;
    return nullptr;
}

}  // namespace fakes
