// A Journal in memory, for tests of what stands above it. It keeps what was committed over a
// "restart" (load() again) and fails when told to; the contract test holds it against the real one.
#pragma once

#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "coordinator/ports/journal.hpp"

namespace fakes {

class MemoryJournal final : public coordinator::Journal {
  public:
    base::Result<coordinator::Tables> load() override {
        std::lock_guard const guard{mutex_};
        coordinator::Tables tables;
        tables.epoch = ++epoch_;
        for (auto const& [id, row] : incidents_)
            if (!domain::is_final(row.state)) tables.incidents.push_back(row);
        auto const open = [&](std::string const& id) {
            auto const found = incidents_.find(id);
            return found != incidents_.end() && !domain::is_final(found->second.state);
        };
        for (auto const& [key, row] : attempts_)
            if (open(row.incident)) tables.attempts.push_back(row);
        for (auto const& [id, row] : commands_)
            if (!domain::is_final(row.state) || open(row.command.incident))
                tables.commands.push_back(row);
        for (auto const& [id, row] : signals_)
            if (row.signal.firing || open(row.incident)) tables.signals.push_back(row);
        for (auto const& [id, row] : hosts_) tables.hosts.push_back(row);
        tables.freeze = freeze_;
        return tables;
    }

    base::Status commit(std::vector<coordinator::Entry> const& entries) override {
        std::lock_guard const guard{mutex_};
        ++commits_;
        if (failing_) return tl::make_unexpected(*failing_);
        for (auto const& entry : entries) {
            events_.push_back(entry.event);
            for (auto const& effect : entry.effects->list)
                std::visit([this](auto const& which) { save(which); }, effect);
        }
        return {};
    }

    // Every commit fails with this until told otherwise.
    void fail_with(std::optional<base::Error> error) {
        std::lock_guard const guard{mutex_};
        failing_ = std::move(error);
    }
    int commits() const {
        std::lock_guard const guard{mutex_};
        return commits_;
    }
    std::vector<coordinator::Event> events() const {
        std::lock_guard const guard{mutex_};
        return events_;
    }

  private:
    void save(coordinator::SaveIncident const& save) {
        incidents_.insert_or_assign(save.row.id, save.row);
    }
    void save(coordinator::SaveAttempt const& save) {
        attempts_.insert_or_assign(std::pair{save.row.incident, save.row.number}, save.row);
    }
    void save(coordinator::SaveCommand const& save) {
        commands_.insert_or_assign(save.row.command.id, save.row);
    }
    void save(coordinator::SaveSignal const& save) {
        signals_.insert_or_assign(save.row.signal.fingerprint, save.row);
    }
    void save(coordinator::SaveHost const& save) {
        hosts_.insert_or_assign(save.row.host.text(), save.row);
    }
    void save(coordinator::SaveFreeze const& save) { freeze_ = save.row; }
    template <class Other>
    void save(Other const&) {}

    mutable std::mutex mutex_;
    std::int64_t epoch_ = 0;
    int commits_ = 0;
    std::optional<base::Error> failing_;
    std::vector<coordinator::Event> events_;
    std::map<std::string, domain::Incident> incidents_;
    std::map<std::pair<std::string, int>, domain::Attempt> attempts_;
    std::map<std::string, coordinator::CommandRow> commands_;
    std::map<std::string, coordinator::SignalRow> signals_;
    std::map<std::string, coordinator::HostRow> hosts_;
    coordinator::FreezeRow freeze_;
};

}  // namespace fakes
