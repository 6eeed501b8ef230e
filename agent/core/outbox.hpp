// What was promised stays here until the coordinator has signed that it has it. The records
// themselves lie in the spool; the outbox keeps only numbers: what exists, what is on its way, what
// is acknowledged.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <variant>

#include "agent/core/step.hpp"

namespace agent {

class Outbox {
  public:
    explicit Outbox(Facts const& facts);

    void load(std::int64_t first, std::int64_t last);
    // Writes a record and returns its sequence number. Signals and results are durable and sent at
    // once; notes wait up to kNoteDelay for company.
    std::int64_t append(Step& step, decltype(wire::JournalRecord::body) body);

    // True: the coordinator knows higher numbers than this spool ever used (the spool was lost and
    // made anew), so what was numbered until now counts as read there; say it again.
    bool acknowledged(Step& step, std::int64_t through);
    void sent(Step const& step, BatchSent const& answer);
    // The other side may have lost everything on its way: link up, or a new coordinator.
    void start_over();

    void pump(Step& step);  // at the end of each step
    std::optional<base::BootTime> next_wake() const;

    std::int64_t first() const { return last_ > acknowledged_ ? acknowledged_ + 1 : 0; }
    std::int64_t last() const { return last_; }
    std::int64_t depth() const { return last_ - acknowledged_; }

  private:
    struct Batch {
        std::int64_t through;
        base::BootTime sent_at;
    };

    Facts const& facts_;
    std::int64_t acknowledged_ = 0;  // all up to here are forgotten
    std::int64_t sent_ = 0;          // all up to here are on their way
    std::int64_t last_ = 0;          // highest used
    std::int64_t urgent_ = 0;        // up to here must go at once
    std::deque<Batch> in_flight_;
    bool asked_ = false;  // a SendBatch waits for its BatchSent
    std::optional<base::BootTime> notes_at_;
    std::optional<base::BootTime> retry_at_;
    base::Duration resend_;  // grows while the coordinator is silent, so that it finds no flood
};

inline constexpr base::Duration kNoteDelay{5'000};
inline constexpr base::Duration kResendMost{300'000};
inline constexpr std::int64_t kBatchRecords = 200;

}  // namespace agent
