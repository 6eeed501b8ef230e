// The broker's list of who may say and hear what: one line per kind of topic, for every host by
// name. Written by `tomte init` and, when hosts join or are revoked, by the coordinator.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/domain/host.hpp"

namespace wire {

// `invites` are the ids of the invitations that are open. Home Assistant's user is always there.
std::string broker_acl(std::string_view site, std::vector<domain::HostId> const& hosts,
                       std::vector<std::string> const& invites = {});

}  // namespace wire
