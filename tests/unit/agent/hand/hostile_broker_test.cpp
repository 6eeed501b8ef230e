// Whoever owns the broker owns every envelope that was ever sent, and no key. A recorded trace of
// commands is mutated in every way that is left to them: nothing runs that should not, nothing runs
// twice, and each refusal says why. TOMTE_SOAK=1 plays the whole trace.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <numeric>
#include <random>

#include "tests/unit/agent/hand/bench.hpp"

namespace hand::bench {
namespace {

using domain::CommandState;
using domain::ResultCode;

constexpr std::size_t kWhole = 1'000;
constexpr std::size_t kSample = 100;
constexpr std::uint32_t kSeed = 20261125;
constexpr std::size_t kReorder = 16;

policy::Policy without_limits() {
    auto policy = patient_policy();
    policy.limits = {1'000'000, 1'000'000, base::Duration{0}, 1'000'000, base::Duration{0}};
    return policy;
}

class HostileBroker : public testing::Test {
  protected:
    void SetUp() override {
        count_ = std::getenv("TOMTE_SOAK") != nullptr ? kWhole : kSample;
        std::cout << count_ << " of " << kWhole << " commands, seed " << kSeed << "\n";
        lane_.start_ready();
        for (std::size_t i = 0; i < count_; ++i) {
            auto command = lane_.command(ulid(), i % 3 == 0 ? "other.service" : "patient.service");
            trace_.push_back(lane_.sign(trust::Purpose::command, command));
            ids_.push_back(command.id);
        }
    }

    std::size_t any(std::size_t below) {
        return std::uniform_int_distribution<std::size_t>{0, below - 1}(random_);
    }
    int executions() { return lane_.programs.count("start"); }

    // The code it was refused with; "ran" if it was not.
    std::string deliver(std::string const& jws, std::string const& id = "") {
        lane_.forget_replies();
        lane_.desk->handle(wire::HandOrder{jws});
        if (!id.empty()) {
            auto const result = lane_.result_of(id);
            return result.state == CommandState::succeeded
                       ? "ran"
                       : std::string{domain::to_string(result.code)};
        }
        auto const taken = lane_.last<wire::HandTaken>();
        if (taken.applied || lane_.still_running()) return "ran";
        return taken.reason.substr(0, taken.reason.find(':'));
    }
    void play_all() {
        std::vector<std::size_t> order(trace_.size());
        std::iota(order.begin(), order.end(), 0);
        for (std::size_t at = 0; at < order.size(); at += kReorder)
            std::shuffle(order.begin() + static_cast<std::ptrdiff_t>(at),
                         order.begin() + static_cast<std::ptrdiff_t>(
                                             std::min(at + kReorder, order.size())),
                         random_);
        for (auto const i : order) EXPECT_EQ(deliver(trace_[i], ids_[i]), "ran") << i;
    }
    std::string part(std::size_t of, int which) const {
        auto const& jws = trace_[of];
        auto const first = jws.find('.');
        auto const second = jws.find('.', first + 1);
        if (which == 0) return jws.substr(0, first);
        return which == 1 ? jws.substr(first + 1, second - first - 1) : jws.substr(second + 1);
    }

    Lane lane_{command::Lane::fix, without_limits()};
    std::size_t count_ = 0;
    std::vector<std::string> trace_;
    std::vector<std::string> ids_;
    std::mt19937 random_{kSeed};
};

TEST_F(HostileBroker, Can_forge_nothing_out_of_what_it_has_heard) {
    auto const foreign = trust::PrivateKey::generate();
    for (std::size_t i = 0; i < trace_.size(); ++i) {
        auto const other = (i + 1 + any(trace_.size() - 1)) % trace_.size();
        auto flipped = trace_[i];
        auto& byte = flipped[any(flipped.size())];
        byte = static_cast<char>(byte ^ (1 << any(7)));
        auto const payload = trust::from_base64url(part(i, 1)).value();
        for (auto const& [what, jws] : std::vector<std::pair<char const*, std::string>>{
                 {"a flipped bit", flipped},
                 {"cut short", trace_[i].substr(0, any(trace_[i].size()))},
                 {"with something after it", trace_[i] + "A"},
                 {"another's payload", part(i, 0) + "." + part(other, 1) + "." + part(i, 2)},
                 {"another's signature", part(i, 0) + "." + part(i, 1) + "." + part(other, 2)},
                 {"signed by somebody", trust::sign(trust::Purpose::command, foreign, payload)},
                 {"signed for another purpose",
                  trust::sign(trust::Purpose::cancel, lane_.coordinator, payload)},
                 {"with no signature", part(i, 0) + "." + part(i, 1) + "."}})
            EXPECT_EQ(deliver(jws), "bad_signature") << what << ": " << jws;
    }
    EXPECT_EQ(executions(), 0);
    play_all();
    EXPECT_EQ(executions(), static_cast<int>(count_)) << "the forgeries spent nothing";
}

TEST_F(HostileBroker, Can_repeat_and_reorder_at_will_and_everything_runs_once) {
    play_all();
    EXPECT_EQ(executions(), static_cast<int>(count_));
    for (std::size_t i = 0; i < trace_.size(); ++i)
        EXPECT_EQ(deliver(trace_[i], ids_[i]), "ran") << "the stored result";
    EXPECT_EQ(executions(), static_cast<int>(count_)) << "at once";

    lane_.stop();
    lane_.session = trust::random_token();
    lane_.start_ready();
    for (std::size_t i = 0; i < trace_.size(); ++i)
        EXPECT_EQ(deliver(trace_[i], ids_[i]), "ran") << "the stored result";
    EXPECT_EQ(executions(), static_cast<int>(count_)) << "after a restart";
}

TEST_F(HostileBroker, Cannot_wait_for_a_reinstallation) {
    play_all();
    lane_.stop();
    std::filesystem::remove_all(lane_.settings.state_folder);
    lane_.session = trust::random_token();
    lane_.start_ready();
    for (std::size_t i = 0; i < trace_.size(); ++i)
        EXPECT_EQ(deliver(trace_[i], ids_[i]), "replayed");
    EXPECT_EQ(executions(), static_cast<int>(count_));
}

TEST_F(HostileBroker, Cannot_bring_what_was_meant_for_another_host_time_or_enrolment) {
    struct Wrong {
        ResultCode code;
        std::function<void(domain::Command&)> change;
    };
    std::vector<Wrong> const wrongs{
        {ResultCode::wrong_target, [](auto& c) { c.host = *domain::HostId::parse("pi"); }},
        {ResultCode::wrong_target, [](auto& c) { c.incarnation = 2; }},
        {ResultCode::replayed, [](auto& c) { c.session = trust::random_token(); }},
        {ResultCode::stale_epoch, [](auto& c) { c.epoch = 0; }},
        {ResultCode::expired, [](auto& c) { c.expires_at = Lane::kNow; }},
    };
    for (std::size_t i = 0; i < count_; ++i) {
        auto const& wrong = wrongs[i % wrongs.size()];
        auto command = lane_.command(ulid());
        wrong.change(command);
        EXPECT_EQ(deliver(lane_.sign(trust::Purpose::command, command), command.id),
                  domain::to_string(wrong.code));
    }
    EXPECT_EQ(executions(), 0);
}

}  // namespace
}  // namespace hand::bench
