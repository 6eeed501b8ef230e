#include "agent/app/loop.hpp"

#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/adapters/log.hpp"
#include "common/base/check.hpp"

namespace agent {
namespace {

using adapters::log;
using adapters::LogLevel;
using namespace std::chrono_literals;

constexpr std::size_t kQueueMost = 2'048;
constexpr base::Duration kHold = 1s;
constexpr base::Duration kComplainOncePer = 1min;

}  // namespace

Loop::Loop(LoopParts parts) : parts_(std::move(parts)) {
    timer_fd_ = ::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    CHECK(timer_fd_ >= 0);
    auto const deliver = [this](Event event) { post(std::move(event)); };
    parts_.link.deliver = deliver;
    parts_.runner.deliver = deliver;
    for (auto* const probe : parts_.probes) probe->deliver = deliver;
}

Loop::~Loop() {
    parts_.link.deliver = nullptr;
    parts_.runner.deliver = nullptr;
    for (auto* const probe : parts_.probes) probe->deliver = nullptr;
    ::close(timer_fd_);
}

base::Status Loop::run(Started started, int stop_fd) {
    post(std::move(started));
    while (true) {
        if (auto status = drain(); !status) return status;
        if (parts_.on_turn) parts_.on_turn();
        collect(stop_fd);
        auto const wait = static_cast<int>(patience().count());
        if (::poll(fds_.data(), fds_.size(), wait) < 0) CHECK(errno == EINTR);
        if (fds_[0].revents != 0) break;
        serve();
    }
    post(Stopping{});
    auto status = drain();
    parts_.link.stop();
    return status;
}

// Made anew each turn: sockets come and go with their numbers, and there are only a few. The first
// is the stop, the second the timer.
void Loop::collect(int stop_fd) {
    fds_.clear();
    fds_.push_back({stop_fd, POLLIN, 0});
    fds_.push_back({timer_fd_, POLLIN, 0});
    if (int const fd = parts_.link.fd(); fd >= 0) {
        short const events = parts_.link.wants_write() ? POLLIN | POLLOUT : POLLIN;
        fds_.push_back({fd, events, 0});
    }
    for (int const fd : parts_.runner.fds()) fds_.push_back({fd, POLLIN, 0});
    for (auto const* const probe : parts_.probes)
        if (int const fd = probe->fd(); fd >= 0) fds_.push_back({fd, POLLIN, 0});
}

base::Duration Loop::patience() const {
    auto wait = std::min<base::Duration>(parts_.link.wait(), 1min);
    if (held_) wait = std::min(wait, kHold);
    return std::max(wait, base::Duration{0});
}

void Loop::serve() {
    auto const now = parts_.clock().boot;
    auto const ready = [this](int fd) {
        return std::ranges::any_of(
            fds_, [fd](pollfd const& one) { return one.fd == fd && one.revents != 0; });
    };
    if (fds_[1].revents != 0) {
        std::uint64_t count = 0;
        if (::read(timer_fd_, &count, sizeof count) == sizeof count) post(TimerFired{});
    }
    parts_.link.service(now);  // also when nothing came: it has deadlines of its own
    if (std::ranges::any_of(parts_.runner.fds(), ready)) parts_.runner.service();
    for (auto* const probe : parts_.probes)
        if (int const fd = probe->fd(); fd >= 0 && ready(fd)) probe->service(now);
}

void Loop::post(Event event) {
    if (queue_.size() >= kQueueMost) {
        // Only while the store is away. Whatever is lost here was not acknowledged and comes again.
        log(LogLevel::warning, "loop.queue_full", {{"events", std::uint64_t{queue_.size()}}});
        return;
    }
    queue_.push_back(std::move(event));
}

base::Status Loop::drain() {
    while (true) {
        if (held_) {
            if (parts_.clock().boot < hold_until_) return {};
            auto const effects = *std::exchange(held_, std::nullopt);
            if (auto status = commit(effects); !status) return status;
            if (held_) return {};
            log(LogLevel::info, "spool.back");
            perform_all(effects);
            continue;
        }
        if (queue_.empty()) return {};
        auto const event = std::move(queue_.front());
        queue_.pop_front();
        auto const effects = parts_.agent.step(parts_.clock(), event);
        if (auto status = commit(effects); !status) return status;
        if (!held_) perform_all(effects);
    }
}

base::Status Loop::commit(Effects const& effects) {
    auto status = parts_.spool.commit(effects);
    if (status) {
        complain_at_.reset();
        return {};
    }
    if (status.error().code == base::Code::corrupt) return status;
    auto const now = parts_.clock().boot;
    if (!complain_at_ || now >= *complain_at_) {
        log(LogLevel::error, "spool.away", {{"reason", status.error().message}});
        complain_at_ = now + kComplainOncePer;
    }
    held_ = effects;
    hold_until_ = now + kHold;
    return {};
}

void Loop::perform_all(Effects const& effects) {
    for (auto const& effect : effects.list)
        std::visit([this](auto const& one) { perform(one); }, effect);
}

void Loop::perform(Publish const& effect) {
    parts_.link.publish(effect.message, parts_.clock().wall);
}

void Loop::perform(SendBatch const& effect) {
    auto const records = parts_.spool.read(effect.first_seq, effect.last_seq);
    if (!records) {
        log(LogLevel::error, "spool.unreadable", {{"reason", records.error().message}});
        post(BatchSent{effect.last_seq, false});
        return;
    }
    // All of them were dropped to stay within the spool's bounds: there is nothing to wait for.
    if (records->empty()) {
        post(BatchSent{effect.last_seq, true});
        return;
    }
    auto const sent = parts_.link.send_batch(*records);
    post(BatchSent{sent.value_or(effect.last_seq), sent.has_value()});
}

void Loop::perform(AnnounceHead const& effect) {
    auto head = parts_.spool.head();
    if (!head) {
        log(LogLevel::error, "spool.no_head", {{"reason", head.error().message}});
        return;
    }
    parts_.link.publish(wire::ChainHead{{}, *std::move(head), effect.time}, parts_.clock().wall);
}

void Loop::perform(ToHand const& effect) { parts_.runner.send(effect.lane, effect.request); }

void Loop::perform(TakeReadings const&) {
    post(ReadingsTaken{parts_.meter.read(parts_.clock().boot)});
}

void Loop::perform(AskProbes const&) {
    auto const now = parts_.clock().boot;
    for (auto* const probe : parts_.probes) probe->ask(now);
}

void Loop::perform(WakeAt const& effect) {
    itimerspec when{};
    if (effect.at) {
        // All zeros would disarm it; a moment that has passed fires at once.
        auto const at = std::max<std::int64_t>(effect.at->time_since_epoch().count(), 1);
        when.it_value.tv_sec = at / 1000;
        when.it_value.tv_nsec = at % 1000 * 1'000'000;
    }
    CHECK(::timerfd_settime(timer_fd_, TFD_TIMER_ABSTIME, &when, nullptr) == 0);
}

}  // namespace agent
