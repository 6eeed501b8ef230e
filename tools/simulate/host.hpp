// One host: its services, its hand, and its agent as a process around the agent's core with a spool
// that survives what kills the process.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "agent/core/agent.hpp"
#include "tools/simulate/hand.hpp"
#include "tools/simulate/network.hpp"

namespace simulate {

class Host {
  public:
    Host(Timeline& timeline, Network& network, Envelopes& envelopes, Ledger& ledger, Story& story,
         Options const& options, std::string name, Services services);

    // What the broker carries to the coordinator; called when it arrives there.
    std::function<void(agent::Message const&)> said;
    std::function<void(wire::JournalBatch const&)> journalled;
    // Every record that was ever promised to be kept: host and sequence.
    std::function<void(wire::JournalRecord const&)> promised;
    std::function<void(std::int64_t through)> forgotten;

    domain::HostId id() const { return settings_.host; }
    Services& services() { return services_; }
    Hand& hand() { return hand_; }

    void start();
    void kill();
    bool alive() const { return core_ != nullptr; }
    void link(bool up);
    bool linked() const { return alive() && link_up_; }
    bool dangerous = true;

    // From the broker; nothing happens if the agent cannot hear it.
    void hear(agent::Event event);

  private:
    void step(agent::Event const& event);
    void commit(agent::Effects const& effects);
    void perform(agent::Effect const& effect);
    void perform(agent::Publish const& effect);
    void perform(agent::SendBatch const& effect);
    void probe();
    void later(agent::Event event, base::Duration wait = base::Duration{1});
    agent::Started load();

    Timeline& timeline_;
    Network& network_;
    Story& story_;
    agent::AgentSettings settings_;
    Services services_;
    Hand hand_;
    std::unique_ptr<agent::Agent> core_;
    int life_ = 0;
    std::uint64_t alarm_ = 0;
    bool link_up_ = false;
    // The spool.
    std::map<std::int64_t, wire::JournalRecord> records_;
    std::int64_t last_seq_ = 0;
    std::map<std::string, agent::KnownCommand> commands_;
};

}  // namespace simulate
