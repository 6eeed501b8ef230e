#include "common/base/nearest.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <numeric>

namespace base {
namespace {

// Edit distance with swaps of neighbours as one edit ("chekc" is one from "check"): people type
// them most. Three rows of the usual table are enough.
class Distance {
  public:
    // Exact below `least`; at least `least` otherwise.
    std::size_t operator()(std::string_view a, std::string_view b, std::size_t least);

  private:
    std::vector<std::size_t> before_, above_, row_;
};

std::size_t Distance::operator()(std::string_view a, std::string_view b, std::size_t least) {
    auto& before = before_;
    auto& above = above_;
    auto& row = row_;
    for (auto* one : {&before, &above, &row})
        if (one->size() < b.size() + 1) one->resize(b.size() + 1);
    std::iota(above.begin(), above.begin() + static_cast<std::ptrdiff_t>(b.size()) + 1,
              std::size_t{0});
    std::size_t smallest_above = 0;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        auto smallest = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            auto const changed = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, changed});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
            smallest = std::min(smallest, row[j]);
        }
        // A swap looks back over two rows.
        if (std::min(smallest, smallest_above) >= least) return least;
        smallest_above = smallest;
        before.swap(above);
        above.swap(row);
    }
    return above[b.size()];
}

// A bit for each of 64 kinds of letters in the word: an edit brings in and takes out one at most,
// so that most names are put aside without the table.
std::uint64_t letters(std::string_view word) {
    std::uint64_t set = 0;
    for (char const c : word) set |= std::uint64_t{1} << (static_cast<unsigned char>(c) & 63U);
    return set;
}

std::size_t at_least(std::string_view a, std::uint64_t letters_a, std::string_view b) {
    auto const longer = std::max(a.size(), b.size()) - std::min(a.size(), b.size());
    auto const letters_b = letters(b);
    auto const missing = std::max(std::popcount(letters_a & ~letters_b),
                                  std::popcount(letters_b & ~letters_a));
    return std::max(longer, static_cast<std::size_t>(missing));
}

}  // namespace

std::string_view nearest(std::string_view word, std::vector<std::string_view> const& known) {
    if (word.size() > 200) return {};  // nobody mistyped that, and the table is quadratic
    auto const most = std::max<std::size_t>(1, word.size() / 3);
    std::string_view best;
    auto best_distance = most + 1;
    auto const of_word = letters(word);
    Distance distance;
    for (auto const name : known) {
        if (at_least(word, of_word, name) >= best_distance) continue;
        auto const d = distance(word, name, best_distance);
        if (d < best_distance) {
            best = name;
            best_distance = d;
        }
    }
    return best;
}

}  // namespace base
