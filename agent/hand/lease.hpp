// The lease this host holds: whether it may heal itself now, by which remedies, how often. It works
// after a power cut with no clock and no network: what is counted is powered-on time, kept in the
// log. The loop's thread only.
#pragma once

#include <optional>
#include <string>

#include "agent/hand/id_log.hpp"
#include "common/domain/lease.hpp"

namespace hand {

class LeaseBook {
  public:
    // `log` must outlive it.
    explicit LeaseBook(IdLog& log) : log_(log) {}

    // A lease whose signature was checked. Errors: denied (for another host, or a newer revision is
    // held), unavailable (the log cannot be written; then nothing has changed).
    base::Status take(domain::Lease lease, std::string const& host, base::BootTime now);

    // Why this remedy may not run under it now; nothing if it may. `signed_time`: the latest time
    // the coordinator has signed.
    std::optional<std::string> forbids(std::string const& remedy, base::BootTime now,
                                       base::WallTime signed_time) const;

    // What was used of it so far, onto the disk: before each use, and now and then. Returns after
    // fsync. Nothing to do without a lease, or within kSaveEvery of the last time unless `due`.
    base::Status save_use(base::BootTime now, bool due);

    std::int64_t rev() const { return lease_ ? lease_->rev : 0; }

    static constexpr base::Duration kSaveEvery{600'000};

  private:
    base::Duration used(base::BootTime now) const;

    IdLog& log_;
    std::optional<domain::Lease> lease_;
};

}  // namespace hand
