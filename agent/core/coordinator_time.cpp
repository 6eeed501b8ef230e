#include "agent/core/coordinator_time.hpp"

namespace agent {

bool CoordinatorTime::take(wire::Welcome const& welcome, base::BootTime now) {
    if (welcome.epoch < epoch_) return false;
    epoch_ = welcome.epoch;
    incarnation_ = welcome.incarnation;
    advance(welcome.time, now);
    return true;
}

void CoordinatorTime::take(wire::CoordinatorHeartbeat const& beat, base::BootTime now) {
    if (!wall_ || beat.epoch < epoch_) return;
    epoch_ = beat.epoch;
    advance(beat.time, now);
}

std::optional<base::WallTime> CoordinatorTime::at(base::BootTime now) const {
    if (!wall_) return std::nullopt;
    return *wall_ + (now - boot_);
}

void CoordinatorTime::advance(base::WallTime time, base::BootTime now) {
    auto const known = at(now);
    if (known && *known >= time) return;
    wall_ = time;
    boot_ = now;
}

}  // namespace agent
