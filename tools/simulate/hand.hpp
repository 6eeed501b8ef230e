// A hand as safety.md describes it, with nothing behind it but the ledger: "started" is durable
// before the effect, a known id is answered from the log, and a crash in between is interrupted.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "agent/core/event.hpp"
#include "tools/simulate/envelopes.hpp"
#include "tools/simulate/options.hpp"
#include "tools/simulate/patient.hpp"
#include "tools/simulate/timeline.hpp"

namespace simulate {

class Hand {
  public:
    Hand(Timeline& timeline, Envelopes& envelopes, Services& services, Ledger& ledger,
         SeededBug bug);

    // To the agent, if one listens; set by the host.
    std::function<void(agent::Event)> answer;

    void ask(agent::Lane lane, wire::HandRequest const& request);
    void kill();
    void start();
    bool alive() const { return alive_; }

  private:
    struct Known {
        domain::Command command;
        domain::CommandResult result;  // running or final; on disk
    };

    void on(agent::Lane lane, wire::HandOrder const& request);
    void on(agent::Lane lane, wire::HandQuery const& request);
    void on(agent::Lane lane, wire::HandWelcome const& request);
    void on(agent::Lane lane, wire::HandDocument const& request);
    void on(agent::Lane lane, wire::HandAsk const& request);
    void on(agent::Lane lane, wire::HandCancel const& request);
    void on(agent::Lane, wire::HandPress const&) {}
    void on(agent::Lane, wire::HandFreeze const&) {}
    // Nobody grants leases here.
    void on(agent::Lane lane, wire::HandLease const& request) {
        refuse(lane, request.id, domain::CommandState::rejected, domain::ResultCode::not_allowed);
    }

    void refuse(agent::Lane lane, std::string const& id, domain::CommandState state,
                domain::ResultCode code);
    void begin(domain::Command const& command);
    void act(std::string const& id, base::WallTime started);
    void end(std::string const& id);
    void say(agent::Lane lane, wire::HandReply reply);
    std::optional<base::WallTime> time() const;

    Timeline& timeline_;
    Envelopes& envelopes_;
    Services& services_;
    Ledger& ledger_;
    SeededBug bug_;
    bool alive_ = false;
    int life_ = 0;
    // On disk.
    std::map<std::string, Known> log_;
    std::string remedies_;
    // In memory.
    std::string running_;
    std::optional<wire::Welcome> welcome_;
    base::BootTime welcomed_{};
};

}  // namespace simulate
