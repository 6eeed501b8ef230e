// The agent's one loop: waits for the broker, the hand, the probes and the clock, makes events of
// what they say, asks the core, keeps what must be kept, does the rest. One thread.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "agent/core/agent.hpp"
#include "agent/ports/link.hpp"
#include "agent/ports/probe.hpp"
#include "agent/ports/runner.hpp"
#include "agent/ports/spool.hpp"

struct pollfd;

namespace agent {

// All borrowed; they outlive the loop.
struct LoopParts {
    Agent& agent;
    Spool& spool;
    Link& link;
    Runner& runner;
    Meter& meter;
    std::vector<Probe*> probes;
    std::function<base::Time()> clock;
    std::function<void()> on_turn;  // may be empty; called at least once per second
};

class Loop {
  public:
    explicit Loop(LoopParts parts);
    ~Loop();
    Loop(Loop const&) = delete;
    Loop& operator=(Loop const&) = delete;

    // Until `stop_fd` is readable. An error is one that going on would make worse: a store that is
    // corrupt.
    base::Status run(Started started, int stop_fd);

  private:
    void collect(int stop_fd);
    base::Duration patience() const;
    void serve();
    void post(Event event);
    base::Status drain();
    base::Status commit(Effects const& effects);
    void perform_all(Effects const& effects);
    void perform(Publish const& effect);
    void perform(SendBatch const& effect);
    void perform(AnnounceHead const& effect);
    void perform(ToHand const& effect);
    void perform(TakeReadings const& effect);
    void perform(AskProbes const& effect);
    void perform(WakeAt const& effect);
    // Store effects are the spool's.
    void perform(Append const&) {}
    void perform(SaveCommand const&) {}
    void perform(ForgetJournal const&) {}
    void perform(SaveDocument const&) {}
    void perform(SaveFix const&) {}
    void perform(KeepAnchor const&) {}

    LoopParts parts_;
    int timer_fd_ = -1;
    std::vector<pollfd> fds_;
    std::deque<Event> queue_;
    // Effects that could not be stored (the disk is full): tried again once a second; until then
    // nothing is decided, because nothing that is decided could be kept.
    std::optional<Effects> held_;
    base::BootTime hold_until_{};
    std::optional<base::BootTime> complain_at_;
};

}  // namespace agent
