// Questions about this host that need no program: files of the kernel, one system call, one
// connect.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/hand/stop.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace hand {

// The answer and what it rests on, for people ("83% free of /").
struct Answer {
    bool yes = false;
    std::string said;
    bool operator==(Answer const&) const = default;
};

base::Result<Answer> disk_free(std::string const& mount, double percent);
// `folder` is where the kernel lists interfaces, /sys/class/net. A tunnel's operstate is "unknown"
// while it works; its IFF_UP flag decides.
base::Result<Answer> tunnel_up(std::string const& tunnel,
                               std::string const& folder = "/sys/class/net");
base::Result<Answer> time_synced();
base::Result<Answer> memory_available(std::string_view meminfo, double percent);
base::Result<Answer> load_below(std::string_view loadavg, double per_core, unsigned cores);

// A TCP connect within `at_most`; an address or a name. No answer is "no", not an error.
Answer endpoint_answers(std::string const& host, std::uint16_t port, base::Duration at_most,
                        Stop const& stop);
// Does the certificate that is served there last at least `days` more? Whom it names and who signed
// it is not asked: a private CA is usual here, and the question is expiry.
Answer certificate_valid(std::string const& host, std::uint16_t port, int days,
                         base::Duration at_most, Stop const& stop);

// Removes regular files below `folder` that were neither read, written nor changed for `older`.
// Follows no link and leaves no file system, even if somebody moves folders under it meanwhile.
struct Cleaned {
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    bool operator==(Cleaned const&) const = default;
};
base::Result<Cleaned> clean_old_files(std::string const& folder, base::Duration older,
                                      base::WallTime now, Stop const& stop);

}  // namespace hand
