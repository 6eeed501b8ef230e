// The coordinator's time and fencing number as this host knows them. Expiry of commands is judged
// by this time and never by the wall clock: a small machine has none at boot, and one that has can
// be set wrong. The time comes from the signed welcome that answered this process's nonce, runs on
// BOOTTIME and moves forward only, so replaying an old message never brings a command back to life.
#pragma once

#include <cstdint>
#include <optional>

#include "common/wire/messages.hpp"

namespace agent {

class CoordinatorTime {
  public:
    // False: an older coordinator said it (its epoch is below the known one); nothing changed. The
    // caller has checked host and session.
    bool take(wire::Welcome const& welcome, base::BootTime now);
    // Moves time and epoch forward once a welcome was taken; before that it is ignored, because a
    // heartbeat answers no nonce and could be any old recording.
    void take(wire::CoordinatorHeartbeat const& beat, base::BootTime now);

    std::optional<base::WallTime> at(base::BootTime now) const;  // none before a welcome
    bool welcomed() const { return wall_.has_value(); }
    std::int64_t epoch() const { return epoch_; }
    std::int64_t incarnation() const { return incarnation_; }

  private:
    void advance(base::WallTime time, base::BootTime now);

    std::optional<base::WallTime> wall_;  // at boot_
    base::BootTime boot_{};
    std::int64_t epoch_ = 0;
    std::int64_t incarnation_ = 0;
};

}  // namespace agent
