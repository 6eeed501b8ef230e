#include "coordinator/core/timers.hpp"

namespace coordinator {

void Timers::set(TimerKey const& key, base::BootTime at) {
    cancel(key);
    by_key_.emplace(key, at);
    by_time_.emplace(at, key);
}

void Timers::cancel(TimerKey const& key) {
    auto const found = by_key_.find(key);
    if (found == by_key_.end()) return;
    by_time_.erase({found->second, key});
    by_key_.erase(found);
}

std::optional<base::BootTime> Timers::next() const {
    if (by_time_.empty()) return std::nullopt;
    return by_time_.begin()->first;
}

std::optional<TimerKey> Timers::pop_due(base::BootTime now) {
    if (by_time_.empty() || by_time_.begin()->first > now) return std::nullopt;
    auto key = by_time_.begin()->second;
    cancel(key);
    return key;
}

}  // namespace coordinator
