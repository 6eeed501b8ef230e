#include "agent/hand/lease.hpp"

#include <algorithm>

namespace hand {

namespace {

constexpr base::Duration kHour{3'600'000};

}  // namespace

base::Status LeaseBook::take(domain::Lease lease, std::string const& host, base::BootTime now) {
    if (lease.host.text() != host)
        return base::fail(base::Code::denied, "this lease is for " + lease.host.text());
    // The log remembers the highest revision, so that a lost file brings no revoked lease back.
    if (lease.rev < std::max(rev(), log_.lease_use().rev))
        return base::fail(base::Code::denied, "a newer revision is held already");
    if (lease.rev > log_.lease_use().rev)
        if (auto begun = log_.set_lease_use(lease.rev, base::Duration{0}, now); !begun)
            return begun;
    lease_ = std::move(lease);
    return {};
}

base::Duration LeaseBook::used(base::BootTime now) const {
    auto const& use = log_.lease_use();
    return use.used + log_.powered_since(use.at, now);
}

std::optional<std::string> LeaseBook::forbids(std::string const& remedy, base::BootTime now,
                                              base::WallTime signed_time) const {
    if (!lease_ || lease_->remedies.empty()) return "this host holds no lease";
    if (std::ranges::find(lease_->remedies, remedy) == lease_->remedies.end())
        return "the lease does not name " + remedy;
    if (used(now) >= lease_->lasts)
        return "the lease has lasted its " + base::to_text(lease_->lasts);
    if (signed_time >= lease_->expires_at)
        return "the lease ended at " + base::to_rfc3339(lease_->expires_at);
    if (log_.lease_runs(kHour, now) >= lease_->per_hour)
        return "the lease allows " + std::to_string(lease_->per_hour) + " an hour";
    return std::nullopt;
}

base::Status LeaseBook::save_use(base::BootTime now, bool due) {
    if (!lease_) return {};
    if (!due && log_.powered_since(log_.lease_use().at, now) < kSaveEvery) return {};
    return log_.set_lease_use(lease_->rev, used(now), now);
}

}  // namespace hand
