// The Link port over libmosquitto with its external event loop (MQTT 5, mutual TLS).
//
// For the loop: after every call into this object fd() and wants_write() may have changed, and a
// reconnect may give the same number to a new socket, so ask (and register) again each turn.
// `deliver` is called from inside service() only, on the caller's thread; it may publish.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/ports/link.hpp"
#include "common/trust/keys.hpp"

namespace agent {

struct MosquittoLinkSettings {
    domain::HostId host;
    std::string site = "home";
    std::string broker_host = "localhost";
    int broker_port = 8883;
    std::string ca_file;  // PEM paths
    std::string cert_file;
    std::string key_file;
    trust::PrivateKey host_key;         // signs birth, ack, result, journal
    trust::PublicKey coordinator_key;   // the only one that is believed …
    std::vector<trust::PublicKey> approver_keys = {};  // … but for freeze and thaw
    std::string session;                // nonce of this process: seeds jitter and names presses
    base::Duration telemetry_expiry{20'000};  // 2 x interval
    std::uint32_t will_delay_s = 10;
    base::Duration reconnect_min{1'000};
    base::Duration reconnect_max{120'000};
};

class MosquittoLink final : public Link {
  public:
    explicit MosquittoLink(MosquittoLinkSettings settings);
    ~MosquittoLink() override;

    // Error invalid: the certificate files cannot be read. The first service() connects.
    base::Status start();

    void publish(Message const& message, base::WallTime now) override;
    base::Result<std::int64_t> send_batch(std::vector<wire::JournalRecord> const& records) override;
    int fd() const override;
    bool wants_write() const override;
    base::Duration wait() const override;
    void service(base::BootTime now) override;
    void stop() override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace agent
