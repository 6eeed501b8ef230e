// Healing while cut off: when the coordinator is away and the host holds a lease, its own signals
// are matched to leased remedies here, and the hand is asked to run them. The hand has the last
// word; this decides when to ask, how often, and what to tell afterwards.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/lanes.hpp"
#include "agent/core/outbox.hpp"
#include "agent/core/watch.hpp"

namespace agent {

class Fallback {
  public:
    Fallback(Facts const& facts, Lanes& lanes, Outbox& outbox, Watch const& watch)
        : facts_(facts), lanes_(lanes), outbox_(outbox), watch_(watch) {}

    void load(Step& step, Started const& started);
    // Keeps what it says, and on the disk if it is news.
    void document(Step& step, DocumentArrived const& document);
    // The coordinator of our site lives, by its signature; without a store it is as good as away.
    void heard(Step const& step, bool no_store);

    bool owns(std::string const& id) const { return running_ && running_->result.id == id; }
    void reported(Step& step, domain::CommandResult const& result);
    // The hand has never seen this id: it did not begin.
    void unknown(Step& step, std::string const& id);
    // A lane that came back: what became of it?
    void resume(Step& step) const;
    bool busy() const { return running_.has_value(); }

    void tick(Step& step);  // at the end of each step
    std::optional<base::BootTime> next_wake(base::BootTime now) const;

    // Three heartbeats of eight seconds, by their arrival.
    static constexpr base::Duration kAwayAfter{24'000};
    static constexpr int kAttemptsMax = 3;                      // per signal …
    static constexpr base::Duration kAttemptsWindow{7'200'000};  // … and window
    static constexpr base::Duration kBackoffFirst{30'000};

  private:
    // What of a remedy is needed to match and order it.
    struct Leasable {
        std::string name;
        std::string hash;
        std::vector<domain::Answer> answers;
        std::vector<domain::ParamSpec> params;
        base::Duration timeout{};
    };
    struct Illness {
        std::deque<base::BootTime> attempts;  // within the window, the oldest first
        std::optional<base::BootTime> not_before;
        std::string told;  // why nothing is done about it; empty: nothing was told
    };

    bool away(base::BootTime now) const;
    bool leased(std::string const& remedy) const;
    std::vector<Leasable const*> answering(domain::Signal const& signal) const;
    void consider(Step& step, domain::Signal const& signal);
    void begin(Step& step, domain::Signal const& signal, Leasable const& remedy,
               domain::Params params);
    void end(Step& step, domain::CommandResult result);
    void hold(Step& step, domain::Signal const& signal, std::string why);

    Facts const& facts_;
    Lanes& lanes_;
    Outbox& outbox_;
    Watch const& watch_;

    std::map<std::string, std::string> documents_;  // as last saved
    std::vector<Leasable> remedies_;
    std::optional<domain::Lease> lease_;
    base::BootTime heard_at_{};
    bool no_store_ = false;
    std::int64_t count_ = 0;  // ids of this process
    std::optional<domain::LocalFix> running_;
    base::BootTime running_until_{};
    std::map<std::string, Illness> illnesses_;  // by fingerprint
};

}  // namespace agent
