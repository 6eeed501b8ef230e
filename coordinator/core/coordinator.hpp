// The coordinator's brain: one function. No clock, file, socket, thread or random source; ids come
// from a seeded counter in the state, so the same start and the same events give the same effects,
// byte for byte. Called by the loop thread (and by the simulator) only.
#pragma once

#include <memory>

#include "common/remedy/catalog.hpp"
#include "common/remedy/routing.hpp"
#include "coordinator/core/effect.hpp"
#include "coordinator/core/event.hpp"
#include "coordinator/core/tables.hpp"

namespace coordinator {

// Units are in the types; the settings table of coordinator/app gives names, ranges and reasons.
struct CoreSettings {
    std::uint64_t seed = 1;                  // of the ids; the app takes it from the kernel
    base::Duration gather{2'000};            // how long an incident waits for company
    base::Duration command_ttl{120'000};     // from sending to expiry
    base::Duration resend_first{2'000};      // then doubled up to resend_max
    base::Duration resend_max{30'000};
    int attempts_max = 3;                    // per subject …
    base::Duration attempts_window{7'200'000};  // … in 2 h
    base::Duration backoff_first{30'000};    // then doubled
    base::Duration confirm_within{300'000};  // how long the metrics source may take to let go
    base::Duration confirm_every{10'000};
    base::Duration advisor_within{60'000};
    base::Duration approval_within{1'800'000};  // how long an approver may take to answer
    base::Duration host_within{600'000};     // how long an allowed plan waits for its host
    base::Duration escalation_keeps{2'592'000'000};  // 30 days, then abandoned
    bool metrics_configured = false;
    bool advisor_configured = false;
    int concurrent_per_host = 1;
    int concurrent_fleet = 10;
    bool limits_lifted = false;  // benches and the simulator only
    std::string remedies_digest;  // of the document hosts should hold
};

class Coordinator {
  public:
    Coordinator(CoreSettings settings, remedy::Catalog const& catalog,
                remedy::Routing const& routing, Tables tables);
    ~Coordinator();

    Effects step(base::Time now, Event const& event);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace coordinator
