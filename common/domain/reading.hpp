// A measured value. Telemetry groups them; a watch turns them into signals.
#pragma once

#include <string>
#include <vector>

namespace domain {

struct Reading {
    std::string metric;  // "used_percent", "load1", "rx_bytes": unit last, flat within its group
    double value = 0;

    bool operator==(Reading const&) const = default;
};

struct ReadingGroup {
    std::string group;  // cpu, mem, disk, net, temp, sys, unit, container
    std::vector<Reading> readings;

    bool operator==(ReadingGroup const&) const = default;
};

}  // namespace domain
