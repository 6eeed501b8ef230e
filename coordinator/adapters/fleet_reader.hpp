// One delivery from the broker, checked: who sent it (the topic, which the broker's ACL guards, and
// for what matters the host's signature over the received bytes), then parsed. Stateless.
#pragma once

#include <map>
#include <string_view>
#include <variant>

#include "common/base/result.hpp"
#include "common/trust/keys.hpp"
#include "common/wire/messages.hpp"
#include "coordinator/core/event.hpp"

namespace coordinator {

struct Delivery {
    std::string_view topic;
    std::string_view payload;
    std::string_view signature;  // the user property `sig`; empty: none
};

using Heard = std::variant<Event, wire::Telemetry>;

// Errors: not_found (no topic of ours, or a host that is not in the registry), denied (signature),
// invalid (content, or a host that speaks for another).
base::Result<Heard> read_delivery(std::map<domain::HostId, trust::PublicKey> const& keys,
                                  Delivery const& delivery);

// A heartbeat is also a reading of the agent's own cost: group "agent".
base::Result<wire::Telemetry> read_cost(Delivery const& delivery, base::WallTime now);

}  // namespace coordinator
