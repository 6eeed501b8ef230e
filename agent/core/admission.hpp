// May this delivery become a command of this host? A pure table of questions, asked in this order;
// the hand asks its own again. The signature over the received bytes was checked by the link.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/command_table.hpp"
#include "agent/core/coordinator_time.hpp"

namespace agent {

enum class Gate {
    accept,
    repeat,  // a known id: say its stored state again
    refuse,  // not a delivery we answer: noted, nothing stored. It may be a recording of somebody
             // else's, and a final word about the id would take a good command down with it
    reject,  // a good delivery of a command that must not run: a durable final state
};

struct Admission {
    Gate gate = Gate::accept;
    domain::ResultCode code = domain::ResultCode::ok;
    std::string reason;
};

struct Standing {
    domain::HostId const& host;
    std::string_view session;
    std::int64_t last_counter = 0;  // highest counter of this session
    CoordinatorTime const& coordinator;
    base::BootTime now{};
    std::optional<StoredState> known;
    std::size_t live = 0;
};

inline constexpr std::size_t kMaxLiveCommands = 64;

Admission admit(CommandArrived const& delivery, Standing const& standing);

// The same for a cancel. A cancel has no counter of its own to check: cancelling twice is harmless.
Admission admit(CancelArrived const& delivery, Standing const& standing);

}  // namespace agent
