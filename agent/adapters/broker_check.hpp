// Would the broker take this host? Looked at without the MQTT session, which a running agent has.
#pragma once

#include <string>

#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace agent {

struct BrokerCheck {
    std::string host;
    int port = 8883;
    std::string ca_file;
    std::string cert_file;
    std::string key_file;
};

// The TLS handshake in both directions: the broker's name and chain, and whether it takes our
// certificate. Errors: unavailable (not reached), denied (who refused whom, and why).
base::Status check_broker(BrokerCheck const& check, base::Duration within);

// Whether a hand listens on this socket. Error unavailable: it does not.
base::Status check_lane(std::string const& socket);

}  // namespace agent
