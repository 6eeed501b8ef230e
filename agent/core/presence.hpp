// What the fleet sees of this host: that it is there, what it is, how it feels.
#pragma once

#include <optional>

#include "agent/core/lanes.hpp"
#include "agent/core/outbox.hpp"

namespace agent {

class Presence {
  public:
    Presence(Facts const& facts, Lanes const& lanes, Outbox const& outbox);

    void started(base::BootTime now) { started_ = now; }
    void connected(Step& step);
    void goodbye(Step& step) const;
    // A welcome came: no more births are needed.
    void welcomed() { birth_again_.reset(); }
    // Says the birth again if what it says has changed.
    void refresh(Step& step);
    // A coordinator lives. If it has not welcomed this process, or is `newer` than the one that
    // has, its welcome was lost.
    void nudge(Step const& step, bool newer);
    void measured(Step& step, std::vector<domain::ReadingGroup> const& groups);

    void tick(Step& step);
    std::optional<base::BootTime> next_wake() const;

  private:
    wire::Birth birth() const;
    void say_birth(Step& step);

    Facts const& facts_;
    Lanes const& lanes_;
    Outbox const& outbox_;
    base::BootTime started_{};
    std::int64_t beats_ = 0;
    std::optional<wire::Birth> said_;
    std::optional<base::BootTime> birth_again_;  // no welcome yet: say it again then
    base::Duration birth_wait_{};
};

}  // namespace agent
