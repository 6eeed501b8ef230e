// A command's way through this host: admitted, handed to the hand, its result kept until the
// coordinator has it. After a crash of either side the hand is asked what became of it; a changing
// command whose fate is not known for sure is interrupted and never run again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/admission.hpp"
#include "agent/core/lanes.hpp"
#include "agent/core/outbox.hpp"

namespace agent {

class Orders {
  public:
    Orders(Facts const& facts, Lanes& lanes, Outbox& outbox);

    void load(std::vector<KnownCommand> const& rows);
    // A delivery that is refused comes back with its reason, for the note.
    std::optional<Admission> arrived(Step& step, CommandArrived const& delivery);
    std::optional<Admission> cancelled(Step& step, CancelArrived const& delivery);
    std::optional<Admission> pressed(Step& step, PressArrived const& delivery);

    void reported(Step& step, Lane lane, domain::CommandResult const& result);
    void unknown(Step& step, std::string const& id);
    void lane_gone(Step& step, Lane lane);
    // The lane may be back: asks it about everything that waits for it.
    void resume(Step& step, Lane lane);
    // A welcome came: the time is known now, and the coordinator hears again what is waiting here.
    void welcomed(Step& step);
    void tick(Step& step);

    bool waiting(Lane lane) const;  // something of this lane is not over
    std::optional<base::BootTime> next_wake(base::BootTime now) const;

  private:
    void accept(Step& step, CommandArrived const& delivery);
    void tell_accepted(Step& step, LiveCommand& command);
    void redelivered(Step& step, CommandArrived const& delivery, Admission const& admission);
    void finish_unstarted(Step& step, CommandArrived const& delivery, Admission const& admission);
    void order(Step& step, LiveCommand& command);
    void finish(Step& step, KnownCommand row, domain::CommandResult result);
    void end(Step& step, LiveCommand const& command, domain::CommandState state,
             domain::ResultCode code, std::string detail);
    void running(Step& step, LiveCommand& command, domain::CommandResult const& result);
    void press_reported(Step& step, domain::CommandResult const& result);
    void acknowledge(Step& step, std::string const& id, domain::CommandState state,
                     domain::ResultCode code, std::string detail = {}) const;
    Standing standing(Step const& step, std::string_view id, std::string_view body_hash) const;
    // When a command is given up for want of an answer.
    std::optional<base::BootTime> deadline(LiveCommand const& command, base::BootTime now) const;

    Facts const& facts_;
    Lanes& lanes_;
    Outbox& outbox_;
    CommandTable table_;
    std::int64_t last_counter_ = 0;
    std::vector<std::string> presses_;  // ids of offers that are not over, newest last
};

inline constexpr int kMostOrders = 3;  // a command that kills its hand is not tried for ever
inline constexpr std::size_t kMostPresses = 16;
// Well below the time after which the coordinator sends again (2 s); longer than most short runs
// take to begin, so that one signature tells of both.
inline constexpr base::Duration kAcceptedWait{25};
inline constexpr base::Duration kRedeliveryWait{10'000};
inline constexpr base::Duration kHandGrace{120'000};
inline constexpr base::Duration kFinalResultExpiry{900'000};

}  // namespace agent
