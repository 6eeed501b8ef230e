#include "coordinator/app/board.hpp"

#include <algorithm>

namespace coordinator {

void Board::loaded(Tables const& tables) {
    std::lock_guard const guard{mutex_};
    epoch_ = tables.epoch;
    freeze_ = tables.freeze;
    for (auto const& row : tables.commands) note(row);
    for (auto const& row : tables.hosts) hosts_[row.host] = row.online;
    for (auto const& row : tables.incidents)
        if (!domain::is_final(row.state)) open_.insert(row.id);
}

void Board::committed(Effects const& effects) {
    std::lock_guard const guard{mutex_};
    for (auto const& effect : effects.list) {
        if (auto const* save = std::get_if<SaveCommand>(&effect)) note(save->row);
        if (auto const* save = std::get_if<SaveFreeze>(&effect)) freeze_ = save->row;
        if (auto const* save = std::get_if<SaveHost>(&effect))
            hosts_[save->row.host] = save->row.online;
        if (auto const* save = std::get_if<SaveIncident>(&effect)) {
            if (domain::is_final(save->row.state))
                open_.erase(save->row.id);
            else
                open_.insert(save->row.id);
        }
    }
}

void Board::journal_at(std::int64_t seq) {
    std::lock_guard const guard{mutex_};
    seq_ = seq;
}

void Board::store(std::optional<std::string> wrong) {
    std::lock_guard const guard{mutex_};
    store_wrong_ = std::move(wrong);
}

bool Board::broker(bool up, std::string reason) {
    std::lock_guard const guard{mutex_};
    bool const news = up != broker_up_ || reason != broker_reason_;
    broker_up_ = up;
    broker_reason_ = std::move(reason);
    return news;
}

bool Board::store_is_away() const {
    std::lock_guard const guard{mutex_};
    return store_wrong_.has_value();
}

void Board::note(CommandRow const& row) {
    if (row.held && row.asked_until)
        asked_.insert_or_assign(row.command.id, row);
    else
        asked_.erase(row.command.id);
}

std::vector<CommandRow> Board::waiting_for_approval() const {
    std::lock_guard const guard{mutex_};
    std::vector<CommandRow> rows;
    for (auto const& [id, row] : asked_) rows.push_back(row);
    return rows;
}

FreezeRow Board::freeze() const {
    std::lock_guard const guard{mutex_};
    return freeze_;
}

StatusReport Board::report(base::WallTime now, std::int64_t queue_depth,
                           std::int64_t queue_limit) const {
    std::lock_guard const guard{mutex_};
    StatusReport report;
    report.version = version_;
    report.time = now;
    report.started_at = started_at_;
    report.epoch = epoch_;
    report.database_connected = !store_wrong_;
    report.broker_connected = broker_up_;
    report.queue_depth = queue_depth;
    report.queue_limit = queue_limit;
    report.hosts_known = static_cast<std::int64_t>(hosts_.size());
    report.hosts_online =
        std::count_if(hosts_.begin(), hosts_.end(), [](auto const& host) { return host.second; });
    report.incidents_open = static_cast<std::int64_t>(open_.size());
    report.journal_seq = seq_;
    if (store_wrong_) report.reasons.push_back("no_store: " + *store_wrong_);
    if (!broker_up_) report.reasons.push_back("broker: " + broker_reason_);
    if (freeze_.frozen) report.reasons.push_back("frozen: " + freeze_.reason);
    if (queue_depth * 5 >= queue_limit * 4)
        report.reasons.push_back("queue: " + std::to_string(queue_depth) + " of " +
                                 std::to_string(queue_limit) + " events wait");
    report.state = store_wrong_ ? "unhealthy" : report.reasons.empty() ? "healthy" : "degraded";
    return report;
}

}  // namespace coordinator
