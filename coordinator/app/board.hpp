// How the coordinator is, for /health and the metrics: written by the loop and the adapters, read
// by anybody. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "coordinator/core/effect.hpp"
#include "coordinator/core/tables.hpp"
#include "coordinator/ports/api.hpp"

namespace coordinator {

class Board {
  public:
    Board(std::string version, base::WallTime started_at)
        : version_(std::move(version)), started_at_(started_at) {}

    void loaded(Tables const& tables);          // the start: known hosts, open incidents, epoch
    void committed(Effects const& effects);     // one step whose commit succeeded
    void journal_at(std::int64_t seq);
    void store(std::optional<std::string> wrong);  // why nothing can be committed; none: it can
    bool broker(bool up, std::string reason);  // true: that is news
    bool store_is_away() const;
    FreezeRow freeze() const;
    std::vector<CommandRow> waiting_for_approval() const;  // the oldest first

    // unhealthy: the store is away, so nothing is accepted and nothing commanded. degraded: the
    // broker is away (signals are taken, commands wait), or the mailbox is four fifths full.
    StatusReport report(base::WallTime now, std::int64_t queue_depth,
                        std::int64_t queue_limit) const;

  private:
    void note(CommandRow const& row);  // with mutex_ held

    std::string const version_;
    base::WallTime const started_at_;
    mutable std::mutex mutex_;  // guards all below
    std::int64_t epoch_ = 0;
    std::int64_t seq_ = 0;
    std::map<domain::HostId, bool> hosts_;  // online
    std::set<std::string> open_;            // incidents
    FreezeRow freeze_;
    std::map<std::string, CommandRow> asked_;  // by id
    std::optional<std::string> store_wrong_;
    bool broker_up_ = false;
    std::string broker_reason_ = "not connected yet";
};

}  // namespace coordinator
