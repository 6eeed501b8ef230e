// The Fleet port over Paho MQTT C++ (MQTT 5, mutual TLS). Host signatures are verified over the
// received bytes, against the registry's keys, before anything is parsed; what fails is counted and
// logged, never posted. Connects and reconnects on a thread of its own (full jitter; never gives
// up, never spins). Nothing is buffered while the broker is away: the core's outbox is the only
// one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/base/result.hpp"
#include "common/trust/keys.hpp"
#include "common/wire/messages.hpp"
#include "coordinator/ports/fleet.hpp"

namespace coordinator {

struct PahoFleetSettings {
    std::string site = "home";
    std::string broker_host = "localhost";
    int broker_port = 8883;
    std::string ca_file;    // PEM paths
    std::string cert_file;  // CN "@coordinator"
    std::string key_file;
    std::string client_id = "@coordinator";  // the broker's use_username_as_clientid says the same
    trust::PrivateKey command_key;           // signs everything the coordinator says
    std::map<domain::HostId, trust::PublicKey> host_keys;  // the registry; others are not heard
    std::int64_t epoch = 0;
    std::string remedies_document;  // wire::encode(RemediesDocument): the same for every host
    base::Duration reconnect_min{1'000};
    base::Duration reconnect_max{120'000};
};

// All of these are called on Paho's or the fleet's own thread and must not block for long.
struct FleetSinks {
    std::function<void(Event)> post;                                // into the mailbox
    std::function<void(wire::Telemetry const&)> telemetry;          // for the ring; may be empty
    std::function<void(bool up, std::string const& reason)> link;   // may be empty
    std::function<void(std::string_view kind)> refused;             // counts; may be empty
    // What a beat says of the journal; on the thread that beats; may be empty.
    std::function<std::optional<wire::JournalHead>()> head{};
    // What is said on enroll/…, and what to answer on which topic; may be empty.
    std::function<std::optional<std::pair<std::string, std::string>>(std::string_view topic,
                                                                     std::string_view payload)>
        enroll;
};

class PahoFleet final : public Fleet {
  public:
    PahoFleet(PahoFleetSettings settings, FleetSinks sinks);
    ~PahoFleet() override;  // stops

    // Starts connecting and returns at once; a broker that is away is not an error. Error invalid:
    // the certificate files cannot be read.
    base::Status start();
    // Says `offline`, disconnects, joins. No sink is called after it returned.
    void stop();

    // Thread-safe. While the broker is away a message is dropped (the core sends it again).
    void send(SendCommand const& effect) override;
    void send(SendCancel const& effect) override;
    void send(SendWelcome const& effect, base::WallTime now) override;
    void send(AcknowledgeJournal const& effect) override;
    void send(SendRemedies const& effect) override;
    void send(SendFreeze const& effect) override;
    void send(SendLease const& effect) override;
    void beat(base::WallTime now, bool no_store) override;
    void tell_status(base::WallTime now, std::string_view state,
                     std::vector<std::string> const& reasons) override;
    bool connected() const override;

    // Who joins or leaves while it runs. Any thread.
    void know(domain::HostId const& host, trust::PublicKey key);
    void forget(domain::HostId const& host);
    // Says something on a topic of an enrolment, unasked.
    void tell_enrolling(std::string topic, std::string payload);

    // SHA-256 of the remedies document: what a host reports when it holds it.
    std::string const& remedies_digest() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace coordinator
