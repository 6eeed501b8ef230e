// The commands this host knows: those that are not over, with what is needed to go on with them,
// and of those that are over only what answers a redelivery. Kept small: an id that is over costs
// 46 bytes.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/event.hpp"

namespace agent {

inline constexpr std::size_t kRememberedCommands = 100'000;

struct LiveCommand {
    KnownCommand row;
    base::Duration timeout{60'000};  // of its run; a guess after a restart
    // The hand may have it: its fate can only be learned from the hand. False: surely not.
    bool offered = false;
    // Its envelope names the session of an earlier process, so the hand would refuse it as a
    // replay: only a fresh delivery makes it runnable again.
    bool needs_envelope = false;
    std::optional<base::BootTime> redelivery_until;  // how long to wait for that delivery
    std::string cancel;  // the coordinator's cancel as received; empty: none
    // "accepted" is told then, unless there is more to tell before; none: told.
    std::optional<base::BootTime> tell_accepted_at;
    int orders = 0;                                  // how often it was handed to the hand
};

struct StoredState {
    domain::CommandState state = domain::CommandState::accepted;
    domain::ResultCode code = domain::ResultCode::ok;
    bool same_body = true;
};

class CommandTable {
  public:
    // A row as the spool keeps it; its state decides where it belongs.
    void load(KnownCommand row);

    // What is known of this id; none: never heard of it.
    std::optional<StoredState> find(std::string_view id, std::string_view body_hash) const;

    LiveCommand& start(LiveCommand command);
    LiveCommand* live(std::string_view id);
    // Moves a live command to the remembered ones, or remembers an id that never was live.
    void finish(KnownCommand const& row);

    std::map<std::string, LiveCommand, std::less<>>& live() { return live_; }
    std::map<std::string, LiveCommand, std::less<>> const& live() const { return live_; }
    std::size_t remembered() const { return over_.size(); }

  private:
    struct Over {
        std::array<char, 26> id;
        std::array<char, 16> body;  // the first 64 bits of the hash: enough to notice another body
        domain::CommandState state;
        domain::ResultCode code;
    };
    static std::string_view id_of(Over const& over) { return {over.id.data(), over.id.size()}; }

    std::map<std::string, LiveCommand, std::less<>> live_;
    std::vector<Over> over_;  // by id, so by age: ULIDs sort by time
};

}  // namespace agent
