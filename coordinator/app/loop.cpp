#include "coordinator/app/loop.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "common/adapters/log.hpp"

namespace coordinator {

using adapters::LogLevel;

base::Status Loop::run(std::int64_t epoch, std::stop_token stop) {
    batch_.reserve(kBatchMax);  // entries point into it
    std::stop_callback const wake{stop, [this] { parts_.mailbox.wake(); }};
    if (auto done = gather_and_commit(Event{Started{epoch}}, stop); !done) return done;

    std::optional<base::BootTime> drain_until;
    while (true) {
        look_after_time();
        auto const now = parts_.now();
        if (stop.stop_requested()) {
            if (!drain_until) drain_until = now.boot + kDrainFor;
            if (parts_.mailbox.depth() == 0 || now.boot >= *drain_until) {
                // A goodbye by signature: who holds a lease need not wait for missed heartbeats.
                parts_.fleet.beat(now.wall, true);
                return {};
            }
        }
        std::optional<Event> event;
        if (!own_.empty()) {
            event = std::move(own_.back());
            own_.pop_back();
        } else if (wake_at_ && *wake_at_ <= now.boot) {
            wake_at_.reset();
            event = TimerFired{};
        } else {
            event = parts_.mailbox.take(stop.stop_requested() ? base::Duration::zero()
                                                              : patience(now));
        }
        if (!event) {
            keep_house();
            continue;
        }
        if (auto done = gather_and_commit(std::move(event), stop); !done) return done;
    }
}

// Takes what else is there already, but never waits for company: group commit costs no latency.
base::Status Loop::gather_and_commit(std::optional<Event> first, std::stop_token stop) {
    auto const since = parts_.now().boot;
    auto event = std::move(first);
    while (event) {
        step(std::move(*event));
        if (batch_.size() >= kBatchMax || parts_.now().boot - since >= kBatchFor) break;
        event = parts_.mailbox.take(base::Duration::zero());
    }
    auto done = commit(stop);
    if (!done) return done;
    for (auto const& each : batch_) {
        parts_.board.committed(each.effects);
        perform(each.effects);
        if (parts_.feed != nullptr) feed(each);
    }
    // Counting can wait until everybody has their answer.
    if (parts_.observer != nullptr)
        for (auto const& each : batch_) parts_.observer->committed(each.event, each.effects);
    batch_.clear();
    return {};
}

void Loop::step(Event event) {
    auto const now = parts_.now();
    auto effects = parts_.core.step(now, event);
    batch_.push_back({now, std::move(event), std::move(effects)});
}

base::Status Loop::commit(std::stop_token stop) {
    std::vector<Entry> entries;
    entries.reserve(batch_.size());
    for (auto const& each : batch_) entries.push_back({each.time, each.event, &each.effects});
    std::mutex mutex;
    std::condition_variable_any pause;
    while (true) {
        auto const began = parts_.now().boot;
        auto done = parts_.journal.commit(entries);
        if (done) {
            if (parts_.board.store_is_away())
                adapters::log(LogLevel::info, "store.back", {});
            parts_.board.store(std::nullopt);
            if (parts_.observer != nullptr)
                parts_.observer->commit_took(parts_.now().boot - began,
                                             static_cast<int>(batch_.size()));
            return {};
        }
        auto const code = done.error().code;
        bool const passing = code == base::Code::busy || code == base::Code::unavailable;
        commit_is_refused(done.error());
        if (!passing || stop.stop_requested()) return done;
        look_after_time();
        std::unique_lock lock{mutex};
        pause.wait_for(lock, stop, kRetryCommit, [] { return false; });
    }
}

void Loop::commit_is_refused(base::Error const& error) {
    if (parts_.observer != nullptr) parts_.observer->commit_failed();
    if (!parts_.board.store_is_away())
        adapters::log(LogLevel::error, "store.away",
                      {{"code", base::to_string(error.code)}, {"reason", error.message}});
    parts_.board.store(error.message);
    // Nobody is told "accepted" of what is not on the disk; the senders try again.
    parts_.waiters.refuse_all(
        {base::Code::unavailable, "the store is away: " + error.message});
}

void Loop::look_after_time() {
    auto const now = parts_.now();
    parts_.waiters.expire(now.boot);
    if (beaten_at_ && now.boot - *beaten_at_ < kBeatEvery) return;
    beaten_at_ = now.boot;
    if (parts_.before_beat) parts_.before_beat(now);
    parts_.fleet.beat(now.wall, parts_.board.store_is_away());
    tell_status(now);
}

// With the beat, so that a broker which came back hears it within one.
void Loop::tell_status(base::Time now) {
    auto report =
        parts_.board.report(now.wall, parts_.mailbox.depth(), parts_.mailbox.limit());
    bool const fresh = told_status_at_ && now.boot - *told_status_at_ < kStatusEvery;
    if (fresh && report.state == told_state_ && report.reasons == told_reasons_) return;
    parts_.fleet.tell_status(now.wall, report.state, report.reasons);
    told_status_at_ = now.boot;
    told_state_ = std::move(report.state);
    told_reasons_ = std::move(report.reasons);
}

void Loop::feed(Step const& step) {
    for (auto const& effect : step.effects.list)
        if (auto const* fact = std::get_if<Record>(&effect))
            parts_.feed->publish(step.time.wall, *fact);
}

void Loop::keep_house() {
    auto const now = parts_.now();
    if (!parts_.housekeeping || now.boot - kept_house_at_ < kHousekeepingEvery) return;
    kept_house_at_ = now.boot;
    parts_.housekeeping(now);
}

base::Duration Loop::patience(base::Time now) const {
    auto wait = std::min(kTick, *beaten_at_ + kBeatEvery - now.boot);
    if (wake_at_) wait = std::min(wait, *wake_at_ - now.boot);
    return std::max(wait, base::Duration{1});
}

void Loop::perform(Effects const& effects) {
    for (auto const& effect : effects.list)
        std::visit([this](auto const& which) { perform_one(which); }, effect);
}

void Loop::perform_one(AskMetrics const& effect) {
    if (parts_.metrics != nullptr)
        parts_.metrics->ask(effect.incident, effect.signal);
    else
        own_.push_back(MetricsAnswered{effect.incident, MetricsAnswer::away});
}

void Loop::perform_one(AskAdvisor const& effect) {
    if (parts_.advisor != nullptr)
        parts_.advisor->ask(effect);
    else
        own_.push_back(AdvisorFailed{effect.incident, "there is no advisor"});
}

}  // namespace coordinator
