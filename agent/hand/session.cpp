#include "agent/hand/session.hpp"

#include <algorithm>

namespace hand {

void Session::welcomed(wire::Welcome const& welcome, base::BootTime received, base::BootTime now) {
    received = std::min(received, now);
    if (welcome_ && welcome_->session == welcome.session) {
        auto const before = *time(now);
        auto const after = welcome.time + (now - received);
        welcome_ = welcome;
        welcome_->time = std::max(before, after);
        at_ = now;
        return;
    }
    welcome_ = welcome;
    at_ = received;
    highest_ = 0;
    taken_ = 0;
}

std::optional<base::WallTime> Session::time(base::BootTime now) const {
    if (!welcome_) return std::nullopt;
    return welcome_->time + std::max(now - at_, base::Duration{0});
}

bool Session::take(std::int64_t counter) {
    if (counter > highest_) {
        auto const by = counter - highest_;
        taken_ = by >= kWindow ? 0 : taken_ << by;
        taken_ |= 1;
        highest_ = counter;
        return true;
    }
    auto const back = highest_ - counter;
    if (back >= kWindow) return false;
    auto const bit = std::uint64_t{1} << back;
    bool const fresh = (taken_ & bit) == 0;
    taken_ |= bit;
    return fresh;
}

}  // namespace hand
