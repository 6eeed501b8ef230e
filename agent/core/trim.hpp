// Cuts what steps printed to what a journal batch can carry.
#pragma once

#include "common/domain/command.hpp"

namespace agent {

// All outputs together, as JSON would write them: a batch is at most 32 KiB signed.
inline constexpr std::size_t kJournalOutputMax = 16 * 1024;

// Long outputs keep their head and their tail; output_total still tells how much there was. Cuts
// between characters, never inside one.
domain::CommandResult trimmed(domain::CommandResult result);

}  // namespace agent
