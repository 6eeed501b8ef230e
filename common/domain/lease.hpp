// The right of a host to heal itself while the coordinator is away, and what it did with it.
// Passive data; signed by the coordinator, judged by the hand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/time.hpp"
#include "common/domain/command.hpp"
#include "common/domain/host.hpp"

namespace domain {

// A revoked lease is one that names no remedy: what a host holds can only be replaced.
struct Lease {
    HostId host;
    std::int64_t rev = 0;  // rises with every grant and revocation
    std::int64_t incarnation = 1;
    std::vector<std::string> remedies{};
    int per_hour = 0;
    base::Duration lasts{};      // of powered-on time, from when the host took it
    base::WallTime expires_at{};  // and not beyond, by the time the coordinator last signed

    bool operator==(Lease const&) const = default;
};

// One run of a leased remedy. Told when it begins (running) and when it ended (final).
struct LocalFix {
    CommandResult result;  // its id begins with "lease-"
    std::string fingerprint;  // of the host's own signal that it answers
    RemedyOrder order;

    bool operator==(LocalFix const&) const = default;
};

inline constexpr std::string_view kLeaseIdPrefix = "lease-";

}  // namespace domain
