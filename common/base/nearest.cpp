#include "common/base/nearest.hpp"

#include <algorithm>
#include <numeric>

namespace base {
namespace {

// Edit distance with swaps of neighbours as one edit ("chekc" is one from "check"): people type
// them most. Three rows of the usual table are enough.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(above.begin(), above.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            auto const changed = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, changed});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(above);
        above.swap(row);
    }
    return above[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view word, std::vector<std::string_view> const& known) {
    if (word.size() > 200) return {};  // nobody mistyped that, and the table is quadratic
    auto const most = std::max<std::size_t>(1, word.size() / 3);
    std::string_view best;
    auto best_distance = most + 1;
    for (auto const name : known) {
        auto const d = distance(word, name);
        if (d < best_distance) {
            best = name;
            best_distance = d;
        }
    }
    return best;
}

}  // namespace base
