// Alertmanager groups made up for benches, and a load of them.
#pragma once

#include <functional>
#include <string>

#include "tools/bench/figures.hpp"
#include "tools/farm/farm.hpp"

namespace bench {

// Host of alert number i.
using HostOf = std::function<std::string(int)>;

// A version 4 payload of `size` distinct alerts, numbered from `from`.
std::string alert_group(int from, int size, HostOf const& host);

struct Load {
    Samples ms;
    int refused = 0;
    double seconds = 0;
};
struct LoadPlan {
    int first = 0;
    int requests = 1;
    int size = 1;     // alerts per request
    int senders = 8;  // connections
    double rate = 0;  // requests a second in all; 0: as fast as they are answered
};
Load post_alerts(farm::Farm& place, LoadPlan const& plan, HostOf const& host);

}  // namespace bench
