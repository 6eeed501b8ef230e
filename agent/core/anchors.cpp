#include "agent/core/anchors.hpp"

#include <algorithm>

namespace agent {

Anchors::Anchors(Facts const& facts, Outbox& outbox) : facts_(facts), outbox_(outbox) {}

// A journal only grows. One that is shorter than it was, or another at the same row, was set back
// to a copy or rewritten; people must know, and the proof of what it was stays here.
void Anchors::compare(Step& step, wire::JournalHead const& head) {
    if (!anchor_) return;
    auto const row = std::to_string(anchor_->seq);
    if (head.seq < anchor_->seq)
        outbox_.append(step, wire::NoteRecord{"coordinator_journal_went_back",
                                              "the coordinator's journal went back from row " +
                                                  row + " to " + std::to_string(head.seq)});
    else if (head.seq == anchor_->seq && head.hash != anchor_->hash)
        outbox_.append(step, wire::NoteRecord{"coordinator_journal_changed",
                                              "the coordinator's journal up to row " + row +
                                                  " is not what it was"});
    else
        return;
    keep_at_.reset();
}

void Anchors::heard(Step& step, CoordinatorBeat const& event) {
    if (!event.beat.journal) return;
    auto const& head = *event.beat.journal;
    if (anchor_ == head) return;
    compare(step, head);
    anchor_ = head;
    if (keep_at_ && step.now.boot < *keep_at_) return;
    keep_at_ = step.now.boot + kAnchorEvery;
    step.add(KeepAnchor{{"site/" + event.beat.site, head, event.beat.time}, event.jws});
}

void Anchors::tick(Step& step) {
    auto const now = step.now.boot;
    if (told_ != outbox_.last())
        tell_at_ = std::min(tell_at_.value_or(now + kHeadAfterChange), now + kHeadAfterChange);
    if (!facts_.link_up || !tell_at_ || now < *tell_at_) return;
    told_ = outbox_.last();
    tell_at_ = now + kHeadIdle;
    step.add_durable(AnnounceHead{facts_.wall(step.now)});
}

std::optional<base::BootTime> Anchors::next_wake() const {
    return facts_.link_up ? tell_at_ : std::nullopt;
}

}  // namespace agent
