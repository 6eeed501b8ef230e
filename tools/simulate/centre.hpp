// The coordinator as a process around its core, with a store that survives what kills it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "coordinator/core/coordinator.hpp"
#include "tools/simulate/network.hpp"
#include "tools/simulate/process.hpp"

namespace simulate {

// The rows as committed.
struct Store {
    std::int64_t epoch = 0;
    std::map<domain::HostId, coordinator::HostRow> hosts;
    std::map<std::string, domain::Incident> incidents;
    std::map<std::pair<std::string, int>, domain::Attempt> attempts;
    std::map<std::string, coordinator::CommandRow> commands;
    std::map<std::string, coordinator::SignalRow> signals;

    void apply(coordinator::Effects const& effects);
    coordinator::Tables tables() const;
};

class Centre {
  public:
    Centre(Timeline& timeline, Story& story, Options const& options,
           coordinator::CoreSettings settings, remedy::Catalog const& catalog,
           remedy::Routing const& routing);

    // Effects that leave the process.
    std::function<void(coordinator::Effect const&)> performed;
    std::function<void()> started;

    Store store;
    bool dangerous = true;

    void start();
    void kill();
    bool alive() const { return core_ != nullptr; }
    std::int64_t epoch() const { return store.epoch; }

    void step(coordinator::Event const& event);

  private:
    void perform(coordinator::Effect const& effect);
    bool loses_commit(coordinator::Event const& event) const;

    Timeline& timeline_;
    Story& story_;
    Options options_;
    coordinator::CoreSettings settings_;
    remedy::Catalog const& catalog_;
    remedy::Routing const& routing_;
    std::unique_ptr<coordinator::Coordinator> core_;
    int life_ = 0;
    std::uint64_t alarm_ = 0;
};

}  // namespace simulate
