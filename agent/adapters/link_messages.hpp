// What travels between the broker and the agent's core, without the broker: a delivery becomes an
// event (signature over the received bytes first, then the strict parse), a message becomes topic,
// payload, signature and the flags of docs/formats/wire.md. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/effect.hpp"
#include "common/trust/keys.hpp"

namespace agent {

struct LinkDelivery {
    std::string_view topic;
    std::string_view payload;
    bool retained = false;
    std::string_view fallback_id;  // names a plain PRESS
};

// Whose words count.
struct Believed {
    trust::PublicKey const& coordinator;
    std::vector<trust::PublicKey> const& approvers;  // freeze and thaw only
};

// A document as received or as kept. Errors: denied (the signature), invalid (what it says).
base::Result<DocumentArrived> read_document(std::string const& name, trust::PublicKey const& key,
                                            std::string_view jws);

// None: a topic that is not ours to read. A delivery that fails a check is a DeliveryRefused.
std::optional<Event> read_delivery(domain::HostId const& host, std::string_view site,
                                   Believed const& believed, LinkDelivery const& delivery);

// SHA-256 over the command without session, counter, epoch and issued_at, which change with a
// resend (the epoch when the coordinator was restarted in between).
std::string command_body_hash(domain::Command command);

struct Outgoing {
    std::string topic;
    std::string payload;
    std::string signature;  // detached; empty: not signed
    int qos = 1;
    bool retain = false;
    std::uint32_t expiry_s = 0;  // 0: none
};

Outgoing write_message(domain::HostId const& host, trust::PrivateKey const& host_key,
                       base::Duration telemetry_expiry, Message const& message);

// As many records, in order, as fit: at least one. A record that is too large alone loses the end
// of its outputs, so that it can travel at all.
struct OutgoingBatch {
    Outgoing out;
    std::int64_t through_seq = 0;
};
OutgoingBatch write_batch(domain::HostId const& host, trust::PrivateKey const& host_key,
                          std::vector<wire::JournalRecord> const& records);

}  // namespace agent
