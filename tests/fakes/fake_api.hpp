// The coordinator's Api with answers that a test chooses. Thread-safe; answers before it returns
// unless told to hold them.
#pragma once

#include <map>
#include <mutex>
#include <utility>

#include "coordinator/ports/api.hpp"

namespace fakes {

using coordinator::Accepted;

class FakeHistory : public coordinator::History {
  public:
    std::vector<domain::Incident> incident_rows;
    std::map<std::string, coordinator::IncidentDetail> details;
    std::vector<coordinator::HostRow> host_rows;
    std::map<std::string, coordinator::CommandRow> command_rows;
    std::optional<base::Error> failure;

    base::Result<std::vector<domain::Incident>> incidents(std::string const& state,
                                                          int limit) override {
        if (failure) return tl::make_unexpected(*failure);
        std::vector<domain::Incident> found;
        for (auto const& row : incident_rows)
            if ((state.empty() || domain::to_string(row.state) == state) &&
                found.size() < static_cast<std::size_t>(limit))
                found.push_back(row);
        return found;
    }
    base::Result<std::optional<coordinator::IncidentDetail>> incident(
        std::string const& id) override {
        if (failure) return tl::make_unexpected(*failure);
        auto const found = details.find(id);
        if (found == details.end()) return std::nullopt;
        return found->second;
    }
    base::Result<std::vector<coordinator::HostRow>> hosts() override {
        if (failure) return tl::make_unexpected(*failure);
        return host_rows;
    }
    base::Result<std::optional<coordinator::CommandRow>> command(std::string const& id) override {
        if (failure) return tl::make_unexpected(*failure);
        auto const found = command_rows.find(id);
        if (found == command_rows.end()) return std::nullopt;
        return found->second;
    }
};

class FakeApi : public coordinator::Api {
  public:
    using Answer = std::function<void(base::Result<Accepted>)>;

    // Set before the service starts.
    std::optional<base::Error> refuse;  // of signals and orders
    bool hold = false;                  // keep the answers of submit_signals until release()
    coordinator::StatusReport report;
    coordinator::FreezeRow freeze_row;
    std::vector<coordinator::ApprovalWanted> wanted;
    FakeHistory rows;
    std::map<std::string, std::vector<coordinator::TelemetrySeries>> series;
    std::optional<domain::CommandResult> finished;  // what wait_finished answers; none: timeout

    void submit_signals(std::vector<domain::Signal> signals, Answer answer) override {
        if (refuse) {
            answer(tl::make_unexpected(*refuse));
            return;
        }
        Accepted accepted;
        for (auto const& signal : signals)
            accepted.alerts.push_back({signal.fingerprint,
                                       signal.firing ? "new_incident" : "resolved",
                                       "incident-of-" + signal.fingerprint, ""});
        std::unique_lock lock{mutex_};
        for (auto& signal : signals) received_.push_back(std::move(signal));
        if (hold) {
            held_.emplace_back(std::move(answer), std::move(accepted));
            return;
        }
        lock.unlock();
        answer(std::move(accepted));
    }

    void order_command(coordinator::OrderRequest request,
                       std::function<void(base::Result<std::string>)> answer) override {
        if (refuse) {
            answer(tl::make_unexpected(*refuse));
            return;
        }
        {
            std::lock_guard const lock{mutex_};
            orders_.push_back(std::move(request));
        }
        answer("01J00000000000000000000000");
    }

    void freeze(coordinator::FreezeRequest request,
                std::function<void(base::Result<std::string>)> answer) override {
        if (refuse) {
            answer(tl::make_unexpected(*refuse));
            return;
        }
        {
            std::lock_guard const lock{mutex_};
            freezes_.push_back(std::move(request));
        }
        answer("7");
    }
    void lease(coordinator::LeaseRequest request,
               std::function<void(base::Result<std::string>)> answer) override {
        if (refuse) {
            answer(tl::make_unexpected(*refuse));
            return;
        }
        {
            std::lock_guard const lock{mutex_};
            leases_.push_back(std::move(request));
        }
        answer("8");
    }
    std::vector<coordinator::LeaseRequest> leases() {
        std::lock_guard const lock{mutex_};
        return leases_;
    }
    std::vector<coordinator::ApprovalWanted> approvals() override { return wanted; }
    void approve(std::string const& id, std::string jws,
                 std::function<void(base::Result<std::string>)> answer) override {
        if (refuse) {
            answer(tl::make_unexpected(*refuse));
            return;
        }
        {
            std::lock_guard const lock{mutex_};
            approved_.emplace_back(id, std::move(jws));
        }
        answer(id);
    }
    std::vector<std::pair<std::string, std::string>> approved() {
        std::lock_guard const lock{mutex_};
        return approved_;
    }
    coordinator::FreezeRow freeze_now() override { return freeze_row; }
    std::string site() override { return "home"; }
    std::vector<coordinator::FreezeRequest> freezes() {
        std::lock_guard const lock{mutex_};
        return freezes_;
    }

    void wait_finished(std::string const&, base::Duration,
                       std::function<void(base::Result<domain::CommandResult>)> answer) override {
        if (finished)
            answer(*finished);
        else
            answer(base::fail(base::Code::timeout, "it still runs"));
    }

    coordinator::StatusReport status() override { return report; }
    coordinator::History& history() override { return rows; }
    std::optional<std::vector<coordinator::TelemetrySeries>> telemetry(domain::HostId const& host,
                                                                       bool) override {
        auto const found = series.find(host.text());
        if (found == series.end()) return std::nullopt;
        return found->second;
    }
    std::string metrics_text() override { return "tomte_fake 1\n"; }

    std::size_t held_count() {
        std::lock_guard const lock{mutex_};
        return held_.size();
    }
    void release() {
        std::vector<std::pair<Answer, Accepted>> answers;
        {
            std::lock_guard const lock{mutex_};
            answers.swap(held_);
        }
        for (auto& [answer, accepted] : answers) answer(std::move(accepted));
    }
    std::vector<domain::Signal> received() {
        std::lock_guard const lock{mutex_};
        return received_;
    }
    std::vector<coordinator::OrderRequest> orders() {
        std::lock_guard const lock{mutex_};
        return orders_;
    }

  private:
    std::mutex mutex_;
    // guarded by mutex_
    std::vector<domain::Signal> received_;
    std::vector<coordinator::OrderRequest> orders_;
    std::vector<coordinator::FreezeRequest> freezes_;
    std::vector<coordinator::LeaseRequest> leases_;
    std::vector<std::pair<std::string, std::string>> approved_;
    std::vector<std::pair<Answer, Accepted>> held_;
};

}  // namespace fakes
