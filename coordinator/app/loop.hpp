// The one thread that owns the core: take events from the mailbox, step each, commit all they want
// recorded, and only then perform the rest. What a commit could not write is neither performed nor
// forgotten: it is tried again, and meanwhile nothing else is taken.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

#include "coordinator/app/board.hpp"
#include "coordinator/app/mailbox.hpp"
#include "coordinator/app/waiters.hpp"
#include "coordinator/core/coordinator.hpp"
#include "coordinator/ports/advisor.hpp"
#include "coordinator/ports/feed.hpp"
#include "coordinator/ports/fleet.hpp"
#include "coordinator/ports/journal.hpp"
#include "coordinator/ports/metrics_source.hpp"
#include "coordinator/ports/notifier.hpp"

namespace coordinator {

// Told on the loop thread.
class LoopObserver {
  public:
    virtual ~LoopObserver() = default;
    virtual void committed(Event const& event, Effects const& effects) = 0;
    virtual void commit_took(base::Duration took, int steps) = 0;
    virtual void commit_failed() = 0;
};

// Borrowed; all must outlive the loop. The optional ones may be null: then the core gets the answer
// "away" or "failed" at once.
struct LoopParts {
    Journal& journal;
    Coordinator& core;
    Mailbox& mailbox;
    Fleet& fleet;
    Notifier& notifier;
    Waiters& waiters;
    Board& board;
    LoopObserver* observer = nullptr;
    MetricsSource* metrics = nullptr;
    Advisor* advisor = nullptr;
    Feed* feed = nullptr;
    std::function<base::Time()> now;
    std::function<void(base::Time)> housekeeping;  // may be empty; called when nothing else waits
    std::function<void(base::Time)> before_beat{};  // may be empty
};

class Loop {
  public:
    static constexpr std::size_t kBatchMax = 64;             // events per commit …
    static constexpr base::Duration kBatchFor{2};            // … or this long
    static constexpr base::Duration kBeatEvery{8'000};
    static constexpr base::Duration kStatusEvery{120'000};   // the broker keeps it for 5 min
    static constexpr base::Duration kTick{250};              // how late a waiter may time out
    static constexpr base::Duration kRetryCommit{250};
    static constexpr base::Duration kHousekeepingEvery{10'000};
    static constexpr base::Duration kDrainFor{2'000};        // what is waiting at the end

    explicit Loop(LoopParts parts) : parts_(std::move(parts)) {}

    // Runs until `stop` is asked for and the mailbox is empty (or kDrainFor is over). An error:
    // the journal is corrupt or refuses what the core wants written; the process should end.
    base::Status run(std::int64_t epoch, std::stop_token stop);

  private:
    struct Step {
        base::Time time;
        Event event;
        Effects effects;
    };

    void step(Event event);
    base::Status gather_and_commit(std::optional<Event> first, std::stop_token stop);
    base::Status commit(std::stop_token stop);
    void commit_is_refused(base::Error const& error);
    void perform(Effects const& effects);
    void look_after_time();
    void tell_status(base::Time now);
    void feed(Step const& step);
    void keep_house();
    base::Duration patience(base::Time now) const;

    void perform_one(Accepted const& effect) { parts_.waiters.answer(effect); }
    void perform_one(Ordered const& effect) { parts_.waiters.answer(effect); }
    void perform_one(Finished const& effect) { parts_.waiters.finished(effect.result); }
    void perform_one(SendCommand const& effect) { parts_.fleet.send(effect); }
    void perform_one(SendCancel const& effect) { parts_.fleet.send(effect); }
    void perform_one(SendWelcome const& effect) { parts_.fleet.send(effect, parts_.now().wall); }
    void perform_one(AcknowledgeJournal const& effect) { parts_.fleet.send(effect); }
    void perform_one(SendRemedies const& effect) { parts_.fleet.send(effect); }
    void perform_one(SendFreeze const& effect) { parts_.fleet.send(effect); }
    void perform_one(SendLease const& effect) { parts_.fleet.send(effect); }
    void perform_one(AskMetrics const& effect);
    void perform_one(AskAdvisor const& effect);
    void perform_one(Tell const& effect) { parts_.notifier.tell(effect); }
    void perform_one(WakeAt const& effect) { wake_at_ = effect.at; }
    template <class Saved>
    void perform_one(Saved const&) {}  // the journal's

    LoopParts parts_;
    std::vector<Step> batch_;
    std::vector<Event> own_;  // answers of parts that are not there, for the next batch
    std::optional<base::BootTime> wake_at_;
    std::optional<base::BootTime> beaten_at_;
    base::BootTime kept_house_at_{};
    std::optional<base::BootTime> told_status_at_;
    std::string told_state_;
    std::vector<std::string> told_reasons_;
};

}  // namespace coordinator
