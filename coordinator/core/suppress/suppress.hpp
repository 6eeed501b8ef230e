// Signals nobody need act on.
#pragma once

#include <optional>
#include <string>

#include "common/domain/signal.hpp"

namespace coordinator {

// Why this signal starts nothing; none: it does.
std::optional<std::string> suppressed(domain::Signal const& signal);

}  // namespace coordinator
