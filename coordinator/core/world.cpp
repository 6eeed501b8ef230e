#include "coordinator/core/world.hpp"

#include <algorithm>

#include "common/base/check.hpp"

namespace coordinator {
namespace {

template <class Map, class Key>
auto* find_in(Map& map, Key const& key) {
    auto const found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

}  // namespace

World::World(CoreSettings given, remedy::Catalog const& remedies, remedy::Routing const& routes,
             Tables tables)
    : settings(std::move(given)),
      catalog(remedies),
      routing(routes),
      epoch(tables.epoch),
      freeze(std::move(tables.freeze)),
      // Two processes of one coordinator must not make the same ids, whatever the seed.
      ids(settings.seed ^ (static_cast<std::uint64_t>(tables.epoch) << 32)) {
    for (auto& row : tables.hosts) {
        names.emplace(row.host.text(), row.host);
        for (auto const& alias : row.aliases) names.emplace(alias, row.host);
        hosts_.emplace(row.host, std::move(row));
    }
    for (auto& row : tables.incidents) incidents_.emplace(row.id, std::move(row));
    std::ranges::sort(tables.attempts, {},
                      [](auto const& a) { return std::tie(a.incident, a.number); });
    for (auto& row : tables.attempts) attempts_[row.incident].push_back(std::move(row));
    for (auto& row : tables.commands) {
        if (row.held && !row.command.incident.empty())
            held[row.command.incident] = row.command.id;
        commands_.emplace(row.command.id, std::move(row));
    }
    for (auto& row : tables.signals) add(std::move(row));
    dirty_signals_.clear();
}

void World::enrol(domain::HostId const& host, std::int64_t incarnation,
                  std::vector<std::string> aliases) {
    dismiss(host);
    HostRow row{host, std::move(aliases), incarnation, false, {}, 0, {}, {}, {}, {}, {}, {}, {}, 0,
                {}, 0};
    names.emplace(host.text(), host);
    for (auto const& alias : row.aliases) names.emplace(alias, host);
    hosts_.insert_or_assign(host, std::move(row));
    journal_gaps.erase(host);
    dirty_hosts_.insert(host);
}

void World::dismiss(domain::HostId const& host) {
    std::erase_if(names, [&](auto const& one) { return one.second == host; });
}

HostRow* World::host(domain::HostId const& id) { return find_in(hosts_, id); }
domain::Incident* World::incident(std::string_view id) { return find_in(incidents_, id); }
CommandRow* World::command(std::string_view id) { return find_in(commands_, id); }
SignalRow* World::signal(std::string_view fingerprint) { return find_in(signals_, fingerprint); }

std::vector<domain::Attempt> const& World::attempts(std::string const& incident) const {
    static std::vector<domain::Attempt> const none;
    auto const* rows = find_in(attempts_, incident);
    return rows == nullptr ? none : *rows;
}

domain::Attempt* World::attempt_of(CommandRow const& command) {
    auto* const rows = find_in(attempts_, command.command.incident);
    if (rows == nullptr) return nullptr;
    auto const found = std::ranges::find(*rows, command.command.id, &domain::Attempt::command);
    return found == rows->end() ? nullptr : &*found;
}

domain::Attempt* World::newest_attempt(std::string const& incident) {
    auto* const rows = find_in(attempts_, incident);
    return rows == nullptr || rows->empty() ? nullptr : &rows->back();
}

domain::Incident& World::add(domain::Incident row) {
    auto const [it, fresh] = incidents_.emplace(row.id, std::move(row));
    CHECK(fresh);
    save(it->second);
    return it->second;
}

CommandRow& World::add(CommandRow row) {
    auto const [it, fresh] = commands_.emplace(row.command.id, std::move(row));
    CHECK(fresh);
    save(it->second);
    return it->second;
}

SignalRow& World::add(SignalRow row) {
    auto const fingerprint = row.signal.fingerprint;
    if (!row.incident.empty()) signals_of_[row.incident].insert(fingerprint);
    auto& kept = signals_.insert_or_assign(fingerprint, std::move(row)).first->second;
    save(kept);
    return kept;
}

domain::Attempt& World::add(domain::Attempt row) {
    auto& rows = attempts_[row.incident];
    rows.push_back(std::move(row));
    save(rows.back());
    return rows.back();
}

void World::record(std::string stage, domain::Incident const& about, std::string text,
                   domain::Labels data) {
    emit(Record{std::move(stage), about.id, about.host ? about.host->text() : "", std::move(text),
                std::move(data)});
}

void World::record_host(std::string stage, domain::HostId const& about, std::string text,
                        domain::Labels data) {
    emit(Record{std::move(stage), "", about.text(), std::move(text), std::move(data)});
}

void World::forget_incident(std::string const& id) {
    for (auto const& fingerprint : signals_of_[id]) {
        auto const* row = signal(fingerprint);
        if (row != nullptr && row->incident == id) signals_.erase(fingerprint);
    }
    signals_of_.erase(id);
    for (auto const& attempt : attempts(id)) {
        commands_.erase(attempt.command);
        timers.cancel({TimerKind::command, attempt.command});
    }
    attempts_.erase(id);
    incidents_.erase(id);
}

base::WallTime World::moment(std::optional<base::WallTime> told) const {
    constexpr base::Duration kOldest = std::chrono::hours{24 * 31};
    if (!told || *told > now.wall || *told < now.wall - kOldest) return now.wall;
    return *told;
}

Effects World::take_effects() {
    Effects effects;
    for (auto const& id : dirty_hosts_) effects.list.push_back(SaveHost{hosts_.at(id)});
    for (auto const& id : dirty_incidents_)
        if (auto const* row = incident(id)) effects.list.push_back(SaveIncident{*row});
    for (auto const& id : dirty_signals_)
        if (auto const* row = signal(id)) effects.list.push_back(SaveSignal{*row});
    for (auto const& id : dirty_commands_)
        if (auto const* row = command(id)) effects.list.push_back(SaveCommand{*row});
    for (auto const& [id, number] : dirty_attempts_)
        for (auto const& row : attempts(id))
            if (row.number == number) effects.list.push_back(SaveAttempt{row});
    std::ranges::move(list_, std::back_inserter(effects.list));
    if (timers.next() != told_wake_) {
        told_wake_ = timers.next();
        effects.list.push_back(WakeAt{told_wake_});
    }
    effects.durable = durable_;
    list_.clear();
    durable_ = false;
    dirty_hosts_.clear();
    dirty_incidents_.clear();
    dirty_signals_.clear();
    dirty_commands_.clear();
    dirty_attempts_.clear();
    return effects;
}

}  // namespace coordinator
