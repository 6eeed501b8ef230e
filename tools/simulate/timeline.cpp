#include "tools/simulate/timeline.hpp"

namespace simulate {
namespace {

constexpr base::WallTime kFirstDay{base::Duration{1'790'000'000'000}};
constexpr int kMostEvents = 3'000'000;

}  // namespace

base::Time Timeline::now() const {
    return {boot_, kFirstDay + boot_.time_since_epoch(), true};
}

void Timeline::after(base::Duration wait, std::function<void()> what) {
    queue_.emplace(std::pair{boot_ + wait, ++order_}, std::move(what));
}

bool Timeline::play(base::Duration span) {
    auto const end = boot_ + span;
    for (int events = 0; !queue_.empty() && queue_.begin()->first.first <= end; ++events) {
        if (events > kMostEvents) return false;
        auto next = queue_.extract(queue_.begin());
        boot_ = next.key().first;
        next.mapped()();
    }
    boot_ = end;
    return true;
}

base::Duration Timeline::between(base::Duration least, base::Duration most) {
    auto const width = static_cast<std::uint64_t>((most - least).count()) + 1;
    return least + base::Duration{static_cast<std::int64_t>(random.below(width))};
}

}  // namespace simulate
