// The agent's own store: journal records until the coordinator has them, and command ids. One
// writer, the loop.
#pragma once

#include <string>
#include <vector>

#include "agent/core/effect.hpp"
#include "common/base/result.hpp"

namespace agent {

class Spool {
  public:
    virtual ~Spool() = default;
    // What was kept, as the Started event needs it (session and boot id are left empty).
    virtual base::Result<Started> load() = 0;
    // The store effects of one step, all or none; others are ignored. durable: fsynced on return.
    virtual base::Status commit(Effects const& effects) = 0;
    virtual base::Result<std::vector<wire::JournalRecord>> read(std::int64_t first_seq,
                                                                std::int64_t last_seq) = 0;
    // The journal's head as of the newest AnnounceHead that was committed.
    virtual base::Result<wire::JournalHead> head() = 0;
};

}  // namespace agent
