// Many seeds in a row, and what came of them.
#pragma once

#include <iosfwd>

#include "tools/simulate/options.hpp"

namespace simulate {

// Prints each failing seed with its violations and how to play it again, at last the sums.
// Returns 0 if every seed kept all promises, else 1.
int report(Options options, std::uint64_t first, int seeds, bool json, std::ostream& out);

}  // namespace simulate
