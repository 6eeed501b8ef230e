#include "agent/core/outbox.hpp"

#include <algorithm>

namespace agent {

using namespace std::chrono_literals;

Outbox::Outbox(Facts const& facts) : facts_(facts), resend_(facts.settings.journal_resend) {}

void Outbox::load(std::int64_t first, std::int64_t last) {
    last_ = last;
    acknowledged_ = first > 0 ? first - 1 : last;
    start_over();
}

std::int64_t Outbox::append(Step& step, decltype(wire::JournalRecord::body) body) {
    wire::JournalRecord record;
    record.seq = ++last_;
    record.time = facts_.wall(step.now);
    record.synced = facts_.synced(step.now);
    bool const note = std::holds_alternative<wire::NoteRecord>(body);
    record.body = std::move(body);
    step.add(Append{std::move(record)});
    if (note) {
        if (!notes_at_) notes_at_ = step.now.boot + kNoteDelay;
    } else {
        urgent_ = last_;
        step.effects.durable = true;
    }
    return last_;
}

bool Outbox::acknowledged(Step& step, std::int64_t through) {
    if (through <= acknowledged_) return false;
    bool const ahead = through > last_;
    acknowledged_ = through;
    last_ = std::max(last_, through);
    sent_ = std::max(sent_, through);
    while (!in_flight_.empty() && in_flight_.front().through <= through) in_flight_.pop_front();
    resend_ = facts_.settings.journal_resend;
    step.add(ForgetJournal{through});
    return ahead;
}

void Outbox::sent(Step const& step, BatchSent const& answer) {
    if (!asked_) return;  // the link went down in between; everything is sent again anyway
    asked_ = false;
    if (!answer.ok) {
        retry_at_ = step.now.boot + 1s;
        return;
    }
    if (answer.through_seq <= sent_) return;
    sent_ = std::min(answer.through_seq, last_);
    in_flight_.push_back({sent_, step.now.boot});
    if (sent_ >= last_) notes_at_.reset();
}

void Outbox::start_over() {
    sent_ = acknowledged_;
    urgent_ = last_;  // what was written before is late already
    in_flight_.clear();
    asked_ = false;
    retry_at_.reset();
    resend_ = facts_.settings.journal_resend;
}

void Outbox::pump(Step& step) {
    if (!facts_.link_up || asked_) return;
    auto const now = step.now.boot;
    if (retry_at_ && now < *retry_at_) return;
    retry_at_.reset();
    if (!in_flight_.empty() && now >= in_flight_.front().sent_at + resend_) {
        auto const slower = std::min(resend_ * 2, kResendMost);
        start_over();
        resend_ = slower;
    }
    if (sent_ >= last_ || in_flight_.size() >= facts_.settings.journal_window) return;
    bool const due = urgent_ > sent_ || (notes_at_ && now >= *notes_at_);
    if (!due) return;
    step.add(SendBatch{sent_ + 1, std::min(last_, sent_ + kBatchRecords)});
    asked_ = true;
}

std::optional<base::BootTime> Outbox::next_wake() const {
    std::optional<base::BootTime> wake;
    if (!facts_.link_up || asked_) return wake;
    if (retry_at_) return retry_at_;
    if (!in_flight_.empty()) sooner(wake, in_flight_.front().sent_at + resend_);
    if (sent_ < last_ && in_flight_.size() < facts_.settings.journal_window)
        sooner(wake, notes_at_);
    return wake;
}

}  // namespace agent
