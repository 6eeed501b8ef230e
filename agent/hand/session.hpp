// What the hand knows of the coordinator in this process: the welcome of the agent's session, and
// by it the time. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/time.hpp"
#include "common/wire/messages.hpp"

namespace hand {

class Session {
  public:
    // A welcome whose signature was checked. `received` is the agent's word: one in the future
    // counts as now. An earlier one makes time look later, which only refuses more. A welcome of
    // the same session does not turn the clock back.
    void welcomed(wire::Welcome const& welcome, base::BootTime received, base::BootTime now);

    bool known() const { return welcome_.has_value(); }
    std::string const& id() const { return welcome_->session; }
    std::int64_t incarnation() const { return welcome_->incarnation; }
    std::int64_t epoch() const { return welcome_->epoch; }
    // Coordinator time; nothing before the first welcome.
    std::optional<base::WallTime> time(base::BootTime now) const;

    // Takes a counter once. False: taken before, or so old that it cannot be told. Re-sends after a
    // restart of either side may come out of order, so it is a window, not a line.
    bool take(std::int64_t counter);

  private:
    static constexpr std::int64_t kWindow = 64;
    std::optional<wire::Welcome> welcome_;
    base::BootTime at_{};  // when welcome_->time was true
    std::int64_t highest_ = 0;
    std::uint64_t taken_ = 0;  // bit n: highest_ - n was taken
};

}  // namespace hand
