// The store's history, in which every registered host is listed, heard of or not, and no other.
#pragma once

#include <utility>

#include "coordinator/app/registry.hpp"
#include "coordinator/ports/journal.hpp"

namespace coordinator {

class KnownHostsHistory final : public History {
  public:
    // Both borrowed.
    KnownHostsHistory(History& stored, RegistryBook const& registry)
        : stored_(stored), registry_(registry) {}

    base::Result<std::vector<domain::Incident>> incidents(std::string const& state,
                                                          int limit) override {
        return stored_.incidents(state, limit);
    }
    base::Result<std::optional<IncidentDetail>> incident(std::string const& id) override {
        return stored_.incident(id);
    }
    base::Result<std::vector<HostRow>> hosts() override {
        auto rows = stored_.hosts();
        if (!rows) return rows;
        return registry_.current().merge(*std::move(rows));
    }
    base::Result<std::optional<CommandRow>> command(std::string const& id) override {
        return stored_.command(id);
    }

  private:
    History& stored_;
    RegistryBook const& registry_;
};

}  // namespace coordinator
