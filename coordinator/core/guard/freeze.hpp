// The site's freeze as the coordinator knows it: it orders no change while it holds. The hands keep
// their own and have the last word.
#pragma once

#include <optional>
#include <string>

#include "coordinator/core/world.hpp"

namespace coordinator {

// Takes a newer revision, tells the hosts and people; answered by Ordered.
void on_freeze(World& world, FreezeOrdered const& event);

// A host's hand said that it holds this revision, or why not.
void on_freeze_reported(World& world, HostRow& host, DocumentReported const& event);

// Why nothing may be changed now; nothing if it may.
std::optional<std::string> frozen(World const& world);

// After a restart: the broker may have lost it.
void resume_freeze(World& world);

}  // namespace coordinator
