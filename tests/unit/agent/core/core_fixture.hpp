// A core with a clock of its own and helpers that read its effects. Nothing here waits.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "agent/core/agent.hpp"

namespace agent::test {

using domain::CommandState;
using domain::ResultCode;

inline constexpr std::string_view kHost = "nexus";
inline constexpr std::string_view kSession = "5e55104";
inline constexpr base::WallTime kCoordinatorNow{base::Duration{1'700'000'000'000}};

inline domain::HostId host_id(std::string_view text = kHost) {
    return *domain::HostId::parse(text);
}

// A ULID that ends in `n`.
inline std::string id_of(int n) {
    auto const digits = std::to_string(n);
    return std::string(26 - digits.size(), '0') + digits;
}

struct Core {
    explicit Core(AgentSettings settings = default_settings()) : agent(std::move(settings)) {
        // The wall clock stands in 1970, as on a machine without a battery.
        now.wall = base::WallTime{base::Duration{5'000}};
        now.synced = false;
        now.boot = base::BootTime{base::Duration{100'000}};
    }

    static AgentSettings default_settings() {
        return {.host = host_id()};
    }

    // One step; a SendBatch is answered at once as a link that is up would.
    void step(Event const& event) {
        auto effects = agent.step(now, event);
        durable = durable || effects.durable;
        std::vector<SendBatch> batches;
        for (auto& effect : effects.list) {
            if (auto const* batch = std::get_if<SendBatch>(&effect)) batches.push_back(*batch);
            if (auto const* wake = std::get_if<WakeAt>(&effect)) wake_at = wake->at;
            all.push_back(std::move(effect));
        }
        if (!answer_batches) return;
        for (auto const& batch : batches) step(BatchSent{batch.last_seq, true});
    }
    // Lets time pass, firing the timer as often as it is set.
    void pass(base::Duration duration) {
        auto const end = now.boot + duration;
        int turns = 0;
        while (wake_at && *wake_at <= end) {
            ASSERT_LT(++turns, 10'000) << "the core spins";
            auto const at = std::max(*wake_at, now.boot);
            now.wall += at - now.boot;
            now.boot = at;
            step(TimerFired{});
        }
        now.wall += end - now.boot;
        now.boot = end;
    }
    void forget() {
        all.clear();
        durable = false;
    }

    void start(std::vector<KnownCommand> commands = {}, std::int64_t first = 0,
               std::int64_t last = 0) {
        step(Started{std::string(kSession), "boot-1", first, last, std::move(commands)});
    }
    void welcome(std::int64_t epoch = 3, base::WallTime time = kCoordinatorNow) {
        step(WelcomeArrived{wire::Welcome{.host = host_id(),
                                          .session = std::string(kSession),
                                          .time = time,
                                          .epoch = epoch,
                                          .incarnation = 1,
                                          .remedies_digest = {}},
                            "welcome-jws"});
    }
    // Started, connected and welcomed, with an empty list of effects.
    void ready(std::vector<KnownCommand> commands = {}) {
        start(std::move(commands));
        step(LinkUp{});
        welcome();
        forget();
    }

    static CommandArrived delivery(int n, std::int64_t counter = 1) {
        domain::Command command{.id = id_of(n),
                                .host = host_id(),
                                .incarnation = 1,
                                .epoch = 3,
                                .session = std::string(kSession),
                                .counter = counter,
                                .issued_at = kCoordinatorNow,
                                .expires_at = kCoordinatorNow + base::Duration{60'000},
                                .incident = {},
                                .attempt = 0,
                                .actor = "operator:api",
                                .reason = {},
                                .order = domain::LineOrder{"true"},
                                .limits = {}};
        command.limits.timeout = base::Duration{30'000};
        return {std::move(command), "hash-" + std::to_string(n) + "-0123456789abcdef",
                "jws-" + std::to_string(n), Lane::fix, false};
    }
    static CancelArrived cancel(int n) {
        return {wire::Cancel{.id = id_of(n),
                             .host = host_id(),
                             .epoch = 3,
                             .session = std::string(kSession),
                             .counter = 1,
                             .reason = "a person said so"},
                "cancel-jws"};
    }
    void report(int n, CommandState state, ResultCode code = ResultCode::ok,
                Lane lane = Lane::fix) {
        domain::CommandResult result;
        result.id = id_of(n);
        result.state = state;
        result.code = code;
        step(HandReplied{lane, wire::HandReport{result}});
    }

    template <class One>
    std::vector<One> effects() const {
        std::vector<One> found;
        for (auto const& effect : all)
            if (auto const* one = std::get_if<One>(&effect)) found.push_back(*one);
        return found;
    }
    template <class One>
    std::vector<One> published() const {
        std::vector<One> found;
        for (auto const& publish : effects<Publish>())
            if (auto const* one = std::get_if<One>(&publish.message)) found.push_back(*one);
        return found;
    }
    template <class One>
    std::vector<One> to_hand(Lane lane = Lane::fix) const {
        std::vector<One> found;
        for (auto const& sent : effects<ToHand>())
            if (auto const* one = std::get_if<One>(&sent.request); one && sent.lane == lane)
                found.push_back(*one);
        return found;
    }
    template <class One>
    std::vector<One> journalled() const {
        std::vector<One> found;
        for (auto const& append : effects<Append>())
            if (auto const* one = std::get_if<One>(&append.record.body)) found.push_back(*one);
        return found;
    }

    Agent agent;
    base::Time now;
    std::vector<Effect> all;
    bool durable = false;
    bool answer_batches = true;
    std::optional<base::BootTime> wake_at;
};

inline KnownCommand row(int n, CommandState state, Lane lane = Lane::fix) {
    return {.id = id_of(n),
            .body_hash = "hash-" + std::to_string(n) + "-0123456789abcdef",
            .lane = lane,
            .jws = domain::is_final(state) ? "" : "jws-of-an-earlier-session",
            .expires_at = kCoordinatorNow + base::Duration{60'000},
            .state = state,
            .code = ResultCode::ok,
            .result_seq = 0};
}

}  // namespace agent::test
