// The coordinator's store: the append-only journal and the tables derived from it, committed
// together. One writer (the loop thread); readers use History, from any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "coordinator/core/effect.hpp"

namespace coordinator {

// What one step wants to have happened: the event that caused it and its Save and Record effects.
struct Entry {
    base::Time time;
    Event event;
    Effects const* effects = nullptr;  // borrowed for the call
};

class Journal {
  public:
    virtual ~Journal() = default;

    // Loads what a core needs to go on, after raising the stored epoch by one (durably).
    virtual base::Result<Tables> load() = 0;

    // All entries or none, in order, in one transaction; fsynced if any of them is durable.
    // Errors: busy, unavailable (try again; nothing was written), corrupt (stop; keep the file).
    virtual base::Status commit(std::vector<Entry> const& entries) = 0;
};

struct TimelineRow {
    std::int64_t seq = 0;
    base::WallTime time{};
    std::string stage;
    std::string host;
    std::string text;
    domain::Labels data;
};

struct IncidentDetail {
    domain::Incident incident;
    std::vector<domain::Attempt> attempts;
    std::vector<CommandRow> commands;
    std::vector<SignalRow> signals;
    std::vector<TimelineRow> timeline;
};

class History {
  public:
    virtual ~History() = default;

    // Newest first; `state` empty: all. At most `limit`.
    virtual base::Result<std::vector<domain::Incident>> incidents(std::string const& state,
                                                                  int limit) = 0;
    virtual base::Result<std::optional<IncidentDetail>> incident(std::string const& id) = 0;
    virtual base::Result<std::vector<HostRow>> hosts() = 0;
    virtual base::Result<std::optional<CommandRow>> command(std::string const& id) = 0;
};

}  // namespace coordinator
