// Fleet, Feed and Notifier that remember what they were told. Thread-safe: the loop writes, tests
// read.
#pragma once

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "coordinator/ports/feed.hpp"
#include "coordinator/ports/fleet.hpp"
#include "coordinator/ports/notifier.hpp"

namespace fakes {

class RecordingFleet final : public coordinator::Fleet {
  public:
    void send(coordinator::SendCommand const& effect) override { note(effect); }
    void send(coordinator::SendCancel const& effect) override { note(effect); }
    void send(coordinator::SendWelcome const& effect, base::WallTime) override { note(effect); }
    void send(coordinator::AcknowledgeJournal const& effect) override { note(effect); }
    void send(coordinator::SendRemedies const& effect) override { note(effect); }
    void send(coordinator::SendFreeze const& effect) override { note(effect); }
    void send(coordinator::SendLease const& effect) override { note(effect); }
    void beat(base::WallTime, bool no_store) override {
        std::lock_guard const guard{mutex_};
        beats_.push_back(no_store);
    }
    void tell_status(base::WallTime, std::string_view state,
                     std::vector<std::string> const&) override {
        std::lock_guard const guard{mutex_};
        statuses_.emplace_back(state);
    }
    bool connected() const override { return true; }

    template <class Sent>
    std::vector<Sent> sent() const {
        std::lock_guard const guard{mutex_};
        std::vector<Sent> found;
        for (auto const& effect : sent_)
            if (auto const* one = std::get_if<Sent>(&effect)) found.push_back(*one);
        return found;
    }
    std::size_t count() const {
        std::lock_guard const guard{mutex_};
        return sent_.size();
    }
    // Of each beat: was the store away?
    std::vector<bool> beats() const {
        std::lock_guard const guard{mutex_};
        return beats_;
    }

    std::vector<std::string> statuses() const {
        std::lock_guard const guard{mutex_};
        return statuses_;
    }

  private:
    void note(coordinator::Effect effect) {
        std::lock_guard const guard{mutex_};
        sent_.push_back(std::move(effect));
    }

    mutable std::mutex mutex_;
    std::vector<coordinator::Effect> sent_;
    std::vector<bool> beats_;
    std::vector<std::string> statuses_;
};

class RecordingFeed final : public coordinator::Feed {
  public:
    void publish(base::WallTime, coordinator::Record const& fact) override {
        std::lock_guard const guard{mutex_};
        facts_.push_back(fact);
    }
    std::vector<coordinator::Record> facts() const {
        std::lock_guard const guard{mutex_};
        return facts_;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<coordinator::Record> facts_;
};

class RecordingNotifier final : public coordinator::Notifier {
  public:
    void tell(coordinator::Tell const& notice) override {
        std::lock_guard const guard{mutex_};
        told_.push_back(notice);
    }
    std::vector<coordinator::Tell> told() const {
        std::lock_guard const guard{mutex_};
        return told_;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<coordinator::Tell> told_;
};

}  // namespace fakes
