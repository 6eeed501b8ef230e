// Looks through an agent's spool as it lies on the disk: its journal's chain, across what was
// forgotten and dropped, and what others keep of its heads.
#pragma once

#include "common/audit/store_audit.hpp"

namespace audit {

base::Result<Report> audit_spool(adapters::Database& database, std::vector<Anchor> anchors);

// The coordinator's heads that this agent kept, verified. `key` is the coordinator's.
base::Result<std::vector<Anchor>> anchors_in_spool(adapters::Database& database,
                                                   trust::PublicKey const& key,
                                                   std::string const& kept_by);

// Where the spool's journal begins: what was acknowledged and forgotten ends there.
base::Result<Position> spool_base(adapters::Database& database);

}  // namespace audit
