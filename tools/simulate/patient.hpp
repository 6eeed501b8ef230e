// The services of a host, and the ledger of what was really done to them: written by the effects
// themselves, read by the checker only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/time.hpp"

namespace simulate {

struct Service {
    bool ill = false;
    int needs = 0;      // restarts until it is well
    bool probed = false;  // by the agent; else an alert speaks for it
    base::WallTime since{};
};

struct EffectEntry {
    std::string command;
    std::string host;
    base::WallTime started{};
    base::WallTime expires{};
};

using Services = std::map<std::string, Service>;
using Ledger = std::vector<EffectEntry>;

}  // namespace simulate
