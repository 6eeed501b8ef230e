// What no system of this shape can beat: an MQTT 5 QoS 1 request, a posix_spawn of /bin/true at the
// other end, and the QoS 1 response, through the same broker with the same TLS and options.
#pragma once

#include <string>

#include "tools/bench/figures.hpp"

namespace bench {

struct FloorPeer {
    std::string certificate, key;  // identities the broker's ACL gives floor/#
};
struct FloorSettings {
    int port;
    std::string ca;
    FloorPeer asks, answers;
    int count;
};

// Milliseconds per round trip. Throws std::runtime_error if the broker does not take part.
Samples measure_floor(FloorSettings const& settings);

// Milliseconds of one 256-byte append with fdatasync in this folder.
Samples measure_fsync(std::string const& folder, int count);

}  // namespace bench
