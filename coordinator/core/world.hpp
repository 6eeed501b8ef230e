// What the core knows and what one step wants: the tables as maps, the indexes derived from them,
// the timers, and the effects gathered so far. The verbs change it; nothing else does. Whoever
// changes a row goes through the save_* functions, so that no change is forgotten at the commit.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/ids.hpp"
#include "common/remedy/routing.hpp"
#include "coordinator/core/coordinator.hpp"
#include "coordinator/core/timers.hpp"

namespace coordinator {

class World {
  public:
    World(CoreSettings settings, remedy::Catalog const& catalog, remedy::Routing const& routing,
          Tables tables);

    CoreSettings const settings;
    remedy::Catalog const& catalog;
    remedy::Routing const& routing;

    // Of the step that runs.
    base::Time now;
    std::int64_t epoch = 0;
    FreezeRow freeze;
    base::IdSource ids;
    Timers timers;

    remedy::HostNames names;  // what labels may call the known hosts

    // Null: not known (never seen, or long closed and forgotten).
    HostRow* host(domain::HostId const& id);
    domain::Incident* incident(std::string_view id);
    CommandRow* command(std::string_view id);
    SignalRow* signal(std::string_view fingerprint);
    // Of one incident, by number; the last is the newest.
    std::vector<domain::Attempt> const& attempts(std::string const& incident) const;
    domain::Attempt* newest_attempt(std::string const& incident);
    domain::Attempt* attempt_of(CommandRow const& command);

    std::map<domain::HostId, HostRow> const& hosts() const { return hosts_; }
    std::map<std::string, domain::Incident, std::less<>> const& incidents() const {
        return incidents_;
    }
    std::map<std::string, SignalRow, std::less<>> const& signals() const { return signals_; }
    std::map<std::string, CommandRow, std::less<>> const& commands() const { return commands_; }

    domain::Incident& add(domain::Incident row);
    CommandRow& add(CommandRow row);
    SignalRow& add(SignalRow row);
    domain::Attempt& add(domain::Attempt row);

    // A host as new, whatever was known of it.
    void enrol(domain::HostId const& host, std::int64_t incarnation,
               std::vector<std::string> aliases);
    // No label and no operator means it any more; what is under way for it runs out by itself.
    void dismiss(domain::HostId const& host);

    void save(HostRow const& row) { dirty_hosts_.insert(row.host); }
    void save(domain::Incident const& row) { dirty_incidents_.insert(row.id); }
    void save(CommandRow const& row) { dirty_commands_.insert(row.command.id); }
    void save(SignalRow const& row) { dirty_signals_.insert(row.signal.fingerprint); }
    void save(domain::Attempt const& row) { dirty_attempts_.insert({row.incident, row.number}); }

    void emit(Effect effect) { list_.push_back(std::move(effect)); }
    void record(std::string stage, domain::Incident const& about, std::string text,
                domain::Labels data = {});
    void record_host(std::string stage, domain::HostId const& about, std::string text,
                     domain::Labels data = {});

    // When something happened, by a host's word: believed unless it is in the future or so long ago
    // that its clock cannot have been set; then it is now.
    base::WallTime moment(std::optional<base::WallTime> told) const;

    // A promise depends on this step.
    void need_durable() { durable_ = true; }

    // Drops a closed incident and what belongs to it from memory; the store keeps it.
    void forget_incident(std::string const& id);
    void forget_command(std::string const& id) { commands_.erase(id); }

    // Indexes, kept by the verbs named.
    std::map<std::string, std::string> open_by_key;  // correlate: cause key -> open incident
    std::map<std::string, std::string> locks;        // act: subject -> its incident, acting
    std::map<domain::HostId, std::set<std::string>> waiting;  // act: incidents with an allowed plan
    std::map<domain::HostId, int> busy;                        // act: plans out per host
    int busy_fleet = 0;
    std::map<domain::HostId, std::set<std::string>> outbox;  // act: commands that are not final
    std::map<std::string, std::vector<std::string>> tried;   // guard: subject -> its incidents
    std::map<std::string, std::string> held;  // act: incident -> its command that is held back
    std::map<std::string, MetricsAnswer> heard;  // verify: last answer while confirming

    // fleet: batches refused because some are missing before them (host -> first sequence and how
    // often).
    std::map<domain::HostId, std::pair<std::int64_t, int>> journal_gaps;
    std::set<domain::HostId> told_lost;
    std::map<std::string, std::string> closed_by_key;  // correlate: cause key -> last one closed

    // A slot or a host became free: what waits is looked at before the step ends.
    bool look_at_waiting = false;

    // The timer asked for has fired; the next one must be told even if it is for the same moment.
    void wake_was_used() { told_wake_.reset(); }

    // Everything the step asked for: Save effects first, then the others in their order, at last
    // WakeAt if the next timer is another than before.
    Effects take_effects();

  private:
    std::map<domain::HostId, HostRow> hosts_;
    std::map<std::string, domain::Incident, std::less<>> incidents_;
    std::map<std::string, std::vector<domain::Attempt>, std::less<>> attempts_;
    std::map<std::string, CommandRow, std::less<>> commands_;
    std::map<std::string, SignalRow, std::less<>> signals_;
    std::map<std::string, std::set<std::string>> signals_of_;  // incident -> fingerprints

    std::set<domain::HostId> dirty_hosts_;
    std::set<std::string> dirty_incidents_;
    std::set<std::string> dirty_commands_;
    std::set<std::string> dirty_signals_;
    std::set<std::pair<std::string, int>> dirty_attempts_;
    std::vector<Effect> list_;
    bool durable_ = false;
    std::optional<base::BootTime> told_wake_;
};

}  // namespace coordinator
