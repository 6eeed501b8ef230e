// Cross-anchoring: this host tells the head of its journal's chain, and keeps the coordinator's, so
// that whoever rewrites one journal is contradicted by the other side.
#pragma once

#include <optional>

#include "agent/core/outbox.hpp"

namespace agent {

inline constexpr base::Duration kHeadAfterChange{60'000};      // at most this old when told
inline constexpr base::Duration kHeadIdle{6 * 3'600'000};      // and told again, unchanged
inline constexpr base::Duration kAnchorEvery{10 * 60'000};     // the disk is not worn for more

class Anchors {
  public:
    Anchors(Facts const& facts, Outbox& outbox);

    void load(std::optional<wire::JournalHead> anchor) { anchor_ = std::move(anchor); }
    void heard(Step& step, CoordinatorBeat const& event);

    void tick(Step& step);
    std::optional<base::BootTime> next_wake() const;

  private:
    void compare(Step& step, wire::JournalHead const& head);

    Facts const& facts_;
    Outbox& outbox_;
    std::int64_t told_ = -1;  // the journal's last row when its head was told; -1: not yet
    std::optional<base::BootTime> tell_at_;
    std::optional<wire::JournalHead> anchor_;  // the newest heard
    std::optional<base::BootTime> keep_at_;    // none: the next one
};

}  // namespace agent
