// A private Mosquitto with the set-up that `tomte init` ships (mutual TLS, one ACL line per topic
// class and host), on a free port of 127.0.0.1. Not a fake at all: the adapters' contract tests run
// against it. Throws std::runtime_error with its log when it does not come up.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/trust/keys.hpp"
#include "tools/farm/process.hpp"

struct mosquitto;

namespace fakes {

class RealBroker {
  public:
    explicit RealBroker(std::vector<std::string> const& hosts);
    ~RealBroker();
    RealBroker(RealBroker const&) = delete;
    RealBroker& operator=(RealBroker const&) = delete;

    void start();
    void stop();  // a clean end: retained messages and sessions are kept

    int port() const { return port_; }
    std::string const& folder() const { return folder_; }
    std::string ca_file() const { return folder_ + "/fleet/broker/ca.crt"; }
    std::string host_file(std::string const& host, std::string const& name) const {
        return folder_ + "/fleet/hosts/" + host + "/" + name;
    }
    std::string coordinator_file(std::string const& name) const {
        return folder_ + "/fleet/coordinator/" + name;
    }
    trust::PrivateKey host_key(std::string const& host) const;
    trust::PrivateKey command_key() const;

  private:
    std::string folder_;
    int port_;
    farm::Process process_;
};

// A plain MQTT 5 client that says and hears whatever it is told to, for what our adapters never
// say.
class RawClient {
  public:
    struct Heard {
        std::string topic;
        std::string payload;
        std::string signature;
        bool retained = false;
    };

    // `cert` and `key` are PEM paths; connects or throws.
    RawClient(RealBroker const& broker, std::string const& cert, std::string const& key);
    ~RawClient();
    RawClient(RawClient const&) = delete;
    RawClient& operator=(RawClient const&) = delete;

    void subscribe(std::string const& filter);
    // The broker's reason code once it answered (0: taken, 16: nobody listens, 135: denied).
    int publish(std::string const& topic, std::string const& payload, bool retain = false,
                std::string const& signature = {});
    // Everything heard since the last call, after waiting for at least one (or the time-out).
    void pump(farm::Milliseconds at_most = farm::Milliseconds{20});
    Heard const* find(std::string const& topic) const;
    std::vector<Heard> heard;

  private:
    mosquitto* client_;
    bool connected_ = false;
    bool subscribed_ = false;
    int published_ = -1;
};

}  // namespace fakes
