#include "agent/core/command_table.hpp"

#include <algorithm>

namespace agent {

void CommandTable::load(KnownCommand row) {
    if (domain::is_final(row.state)) {
        finish(row);
        return;
    }
    LiveCommand command;
    command.row = std::move(row);
    // The process before this one may have handed it on just before it ended.
    command.offered = true;
    command.needs_envelope = true;
    start(std::move(command));
}

std::optional<StoredState> CommandTable::find(std::string_view id,
                                              std::string_view body_hash) const {
    if (auto const found = live_.find(id); found != live_.end()) {
        auto const& row = found->second.row;
        return StoredState{row.state, row.code, row.body_hash == body_hash};
    }
    auto const at = std::ranges::lower_bound(over_, id, {}, id_of);
    if (at == over_.end() || id_of(*at) != id) return std::nullopt;
    // A command that was cancelled before it came has no body to compare with.
    bool const any_body = at->body[0] == '\0';
    std::string_view const kept(at->body.data(), at->body.size());
    return StoredState{at->state, at->code, any_body || kept == body_hash.substr(0, kept.size())};
}

LiveCommand& CommandTable::start(LiveCommand command) {
    auto id = command.row.id;
    return live_.insert_or_assign(std::move(id), std::move(command)).first->second;
}

LiveCommand* CommandTable::live(std::string_view id) {
    auto const found = live_.find(id);
    return found == live_.end() ? nullptr : &found->second;
}

void CommandTable::finish(KnownCommand const& row) {
    Over over{};
    if (row.id.size() != over.id.size()) return;  // not an id of ours; the spool was written by us
    std::ranges::copy(row.id, over.id.begin());
    std::ranges::copy(row.body_hash.substr(0, over.body.size()), over.body.begin());
    over.state = row.state;
    over.code = row.code;
    auto const at = std::ranges::lower_bound(over_, std::string_view(row.id), {}, id_of);
    if (at != over_.end() && id_of(*at) == row.id) {
        *at = over;
    } else {
        over_.insert(at, over);
        if (over_.size() > kRememberedCommands) over_.erase(over_.begin());
    }
    if (auto const found = live_.find(row.id); found != live_.end()) live_.erase(found);
}

}  // namespace agent
