// The two lanes of the hand. A lane that was (re)started knows nothing, so before anything else it
// is told the newest welcome, documents and freeze; a lane that went away is asked again later.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/step.hpp"

namespace agent {

inline constexpr std::array kLanes{Lane::read, Lane::fix};

class Lanes {
  public:
    // Tells a lane that knows nothing yet all there is to know; nothing if it was told.
    void introduce(Step& step, Lane lane);
    // Introduces first where that is still to be done.
    void send(Step& step, Lane lane, wire::HandRequest request);
    // To both lanes, and again to each that comes back.
    void welcome(Step& step, std::string jws);
    void document(Step& step, std::string name, std::string jws);
    void freeze(Step& step, std::string jws);

    // `busy`: commands of this lane wait for it.
    void gone(Step const& step, Lane lane, bool busy);
    void replied(Step const& step, Lane lane);
    void greeted(Lane lane, wire::HandHello hello);
    bool away(Lane lane) const { return at(lane).retry_at.has_value(); }

    // Lanes whose time to be tried again has come; the caller asks them what it wants to know.
    std::vector<Lane> due(base::BootTime now);
    std::optional<base::BootTime> next_wake() const;

    // Said last by the lane; none: never heard of it.
    std::optional<wire::HandHello> const& hello(Lane lane) const { return at(lane).hello; }

  private:
    struct LaneState {
        bool introduced = false;
        std::optional<wire::HandHello> hello;
        std::optional<base::BootTime> retry_at;
        base::Duration backoff{1'000};
        base::BootTime last_traffic{};
    };
    LaneState& at(Lane lane) { return lanes_[lane == Lane::fix ? 1 : 0]; }
    LaneState const& at(Lane lane) const { return lanes_[lane == Lane::fix ? 1 : 0]; }
    void broadcast(Step& step, wire::HandRequest const& request);

    std::array<LaneState, 2> lanes_;
    std::optional<wire::HandWelcome> welcome_;
    std::map<std::string, std::string> documents_;
    std::string freeze_;
};

}  // namespace agent
