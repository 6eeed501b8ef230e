// Changes of a command line after which it still does what it did, or more: quoting, spacing, order
// of options, clusters, abbreviations, paths, prefixes, wrappers, company.
#pragma once

#include <string>
#include <string_view>

#include "common/base/random.hpp"

namespace command {

// One changed line; equal to `line` if the kind that was drawn does not apply to it.
std::string mutate(std::string_view line, base::Random& random);

}  // namespace command
