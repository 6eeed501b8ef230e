#include "tools/simulate/network.hpp"

namespace simulate {
namespace {

constexpr unsigned kLost = 10;  // of a hundred
constexpr unsigned kDoubled = 10;
constexpr unsigned kSlow = 5;

}  // namespace

void Network::carry(std::function<void()> const& deliver) {
    auto& random = timeline_.random;
    if (bad && random.chance(kLost)) {
        ++story_.lost;
        return;
    }
    int copies = 1;
    if (bad && random.chance(kDoubled)) {
        ++copies;
        ++story_.doubled;
    }
    for (int copy = 0; copy < copies; ++copy) {
        bool const slow = bad && random.chance(kSlow);
        auto const most = slow ? kSlowest : base::Duration{40};
        timeline_.after(timeline_.between(base::Duration{1}, most), deliver);
    }
}

}  // namespace simulate
