#include "tools/simulate/centre.hpp"

namespace simulate {

void Store::apply(coordinator::Effects const& effects) {
    for (auto const& effect : effects.list) {
        if (auto const* host = std::get_if<coordinator::SaveHost>(&effect))
            hosts.insert_or_assign(host->row.host, host->row);
        else if (auto const* incident = std::get_if<coordinator::SaveIncident>(&effect))
            incidents.insert_or_assign(incident->row.id, incident->row);
        else if (auto const* attempt = std::get_if<coordinator::SaveAttempt>(&effect))
            attempts.insert_or_assign({attempt->row.incident, attempt->row.number}, attempt->row);
        else if (auto const* command = std::get_if<coordinator::SaveCommand>(&effect))
            commands.insert_or_assign(command->row.command.id, command->row);
        else if (auto const* signal = std::get_if<coordinator::SaveSignal>(&effect))
            signals.insert_or_assign(signal->row.signal.fingerprint, signal->row);
    }
}

coordinator::Tables Store::tables() const {
    coordinator::Tables tables;
    tables.epoch = epoch;
    for (auto const& [key, row] : hosts) tables.hosts.push_back(row);
    for (auto const& [key, row] : incidents) tables.incidents.push_back(row);
    for (auto const& [key, row] : attempts) tables.attempts.push_back(row);
    for (auto const& [key, row] : commands) tables.commands.push_back(row);
    for (auto const& [key, row] : signals) tables.signals.push_back(row);
    return tables;
}

Centre::Centre(Timeline& timeline, Story& story, Options const& options,
               coordinator::CoreSettings settings, remedy::Catalog const& catalog,
               remedy::Routing const& routing)
    : timeline_(timeline),
      story_(story),
      options_(options),
      settings_(std::move(settings)),
      catalog_(catalog),
      routing_(routing) {}

void Centre::start() {
    if (alive()) return;
    ++life_;
    core_ = std::make_unique<coordinator::Coordinator>(settings_, catalog_, routing_,
                                                       store.tables());
    ++store.epoch;
    step(coordinator::Started{store.epoch});
    if (alive()) started();
}

void Centre::kill() {
    if (!alive()) return;
    ++life_;
    ++story_.kills;
    core_.reset();
    timeline_.after(timeline_.between(base::Duration{500}, base::Duration{20'000}),
                    [this] { start(); });
}

bool Centre::loses_commit(coordinator::Event const& event) const {
    // Not every time, or nothing would ever get as far as to be wrong.
    if (timeline_.now().boot.time_since_epoch().count() % 4 != 0) return false;
    switch (options_.bug) {
        case SeededBug::journal_is_forgotten:
            return std::holds_alternative<coordinator::JournalArrived>(event);
        case SeededBug::signal_is_swallowed:
            return std::holds_alternative<coordinator::SignalsArrived>(event);
        default: return false;
    }
}

void Centre::step(coordinator::Event const& event) {
    if (!alive()) return;
    auto const effects = core_->step(timeline_.now(), event);
    auto const crash = draw_crash(timeline_.random, dangerous, effects.list.size());
    bool const lost = loses_commit(event);
    if (crash.commits && !lost) store.apply(effects);
    std::size_t performed_count = 0;
    for (auto const& effect : effects.list) {
        if (performed_count++ >= crash.performs) break;
        perform(effect);
    }
    // A lost commit shows when the process that remembers it is gone.
    if (crash.performs != kAll || lost) kill();
}

void Centre::perform(coordinator::Effect const& effect) {
    auto const* wake = std::get_if<coordinator::WakeAt>(&effect);
    if (wake == nullptr) {
        performed(effect);
        return;
    }
    ++alarm_;
    if (!wake->at) return;
    auto const wait = std::max(*wake->at - timeline_.now().boot, base::Duration::zero());
    timeline_.after(wait, [this, alarm = alarm_, life = life_] {
        if (life == life_ && alarm == alarm_) step(coordinator::TimerFired{});
    });
}

}  // namespace simulate
