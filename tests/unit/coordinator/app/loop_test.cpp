// The loop with the real core, real mailbox and API, and a journal that can be told to fail.
#include "coordinator/app/loop.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "common/adapters/system_clock.hpp"
#include "coordinator/app/api_impl.hpp"
#include "tests/fakes/eventually.hpp"
#include "tests/fakes/memory_journal.hpp"
#include "tests/fakes/recording_parts.hpp"
#include "tests/fakes/sample_rows.hpp"

namespace coordinator {
namespace {

class NoHistory final : public History {
  public:
    base::Result<std::vector<domain::Incident>> incidents(std::string const&, int) override {
        return std::vector<domain::Incident>{};
    }
    base::Result<std::optional<IncidentDetail>> incident(std::string const&) override {
        return std::nullopt;
    }
    base::Result<std::vector<HostRow>> hosts() override { return std::vector<HostRow>{}; }
    base::Result<std::optional<CommandRow>> command(std::string const& id) override {
        if (id == stored.command.id) return stored;
        return std::nullopt;
    }
    CommandRow stored = fakes::sample_command();
};

class LoopTest : public testing::Test {
  protected:
    LoopTest() {
        settings_.gather = base::Duration{20};
        Tables tables;
        tables.hosts = {fakes::sample_host("nexus")};
        core_ = std::make_unique<Coordinator>(settings_, catalog_, routing_, tables);
        loop_ = std::make_unique<Loop>(LoopParts{journal_, *core_, mailbox_, fleet_, notifier_,
                                                 waiters_, board_, nullptr, nullptr, nullptr,
                                                 &feed_, [this] { return now(); },
                                                 [this](base::Time) { ++kept_house_; }});
    }
    ~LoopTest() override { stop(); }

    void start() {
        thread_ = std::jthread{
            [this](std::stop_token const& stop) { ended_ = loop_->run(1, stop); }};
    }
    void stop() {
        if (!thread_.joinable()) return;
        thread_.request_stop();
        thread_.join();
    }

    base::Time now() const {
        auto time = adapters::system_now();
        time.boot += base::Duration{ahead_ms_};
        return time;
    }

    using Answer = std::future<base::Result<Accepted>>;
    Answer submit(std::string fingerprint) {
        auto promise = std::make_shared<std::promise<base::Result<Accepted>>>();
        api_.submit_signals({fakes::sample_signal(std::move(fingerprint))},
                            [promise](base::Result<Accepted> const& accepted) {
                                promise->set_value(accepted);
                            });
        return promise->get_future();
    }
    static base::Result<Accepted> answer_of(Answer& answer) {
        if (answer.wait_for(std::chrono::seconds{20}) != std::future_status::ready)
            return base::fail(base::Code::timeout, "no answer came");
        return answer.get();
    }
    static Event a_birth() {
        return HostBorn{fakes::host_id(), "new session", "boot", "0.1", "auto", "p", "r", {}, {},
                        0, 0};
    }
    std::size_t events_of_kind(std::size_t index) const {
        auto const all = journal_.events();
        return static_cast<std::size_t>(std::count_if(
            all.begin(), all.end(), [&](Event const& event) { return event.index() == index; }));
    }

    CoreSettings settings_;
    remedy::Catalog catalog_;
    remedy::Routing routing_;
    fakes::MemoryJournal journal_;
    fakes::RecordingFleet fleet_;
    fakes::RecordingNotifier notifier_;
    Mailbox mailbox_{1'000};
    Waiters waiters_;
    Board board_{"0.1", fakes::at(0)};
    TelemetryRing telemetry_{1 << 20};
    NoHistory history_;
    std::unique_ptr<Coordinator> core_;
    std::unique_ptr<Loop> loop_;
    ApiImpl api_{{mailbox_, waiters_, board_, telemetry_, history_, adapters::system_now,
                  [](StatusReport const& status) { return status.state; }, {}}};
    fakes::RecordingFeed feed_;
    std::atomic<std::int64_t> ahead_ms_{0};
    std::atomic<int> kept_house_{0};
    base::Status ended_;
    std::jthread thread_;
};

TEST_F(LoopTest, Begins_with_Started_and_beats_at_once) {
    start();
    EXPECT_TRUE(fakes::eventually([&] { return !journal_.events().empty(); }));
    EXPECT_EQ(journal_.events().front(), Event{Started{1}});
    EXPECT_TRUE(fakes::eventually([&] { return fleet_.beats() == std::vector<bool>{false}; }));
}

TEST_F(LoopTest, Tells_its_status_when_it_changes_and_before_the_broker_forgets_it) {
    start();
    auto told = [this](std::vector<std::string> const& all) {
        return fakes::eventually([&] { return fleet_.statuses() == all; });
    };
    EXPECT_TRUE(told({"degraded"}));  // there is no broker yet
    board_.broker(true, "");
    ahead_ms_ += Loop::kBeatEvery.count();
    EXPECT_TRUE(told({"degraded", "healthy"}));
    auto const beats = fleet_.beats().size();
    ahead_ms_ += Loop::kBeatEvery.count();
    EXPECT_TRUE(fakes::eventually([&] { return fleet_.beats().size() > beats; }));
    EXPECT_EQ(fleet_.statuses().size(), 2U) << "nothing changed and it is fresh";
    ahead_ms_ += Loop::kStatusEvery.count();
    EXPECT_TRUE(told({"degraded", "healthy", "healthy"}));
}

TEST_F(LoopTest, Feeds_the_facts_of_a_step_after_its_commit) {
    journal_.fail_with(base::Error{base::Code::unavailable, "disk full"});
    start();
    auto refused = submit("f1");
    ASSERT_FALSE(answer_of(refused));
    EXPECT_TRUE(feed_.facts().empty()) << "nothing is on the disk yet";
    journal_.fail_with(std::nullopt);
    EXPECT_TRUE(fakes::eventually([&] { return !feed_.facts().empty(); }));
    EXPECT_EQ(feed_.facts().front().stage, "signal");
}

TEST_F(LoopTest, Says_goodbye_as_one_that_keeps_nothing_any_more) {
    start();
    EXPECT_TRUE(fakes::eventually([&] { return !fleet_.beats().empty(); }));
    stop();
    EXPECT_EQ(fleet_.beats(), (std::vector<bool>{false, true}));
}

TEST_F(LoopTest, Answers_a_signal_only_after_its_commit) {
    start();
    auto answer = submit("f1");
    auto const accepted = answer_of(answer);
    ASSERT_TRUE(accepted) << accepted.error().message;
    EXPECT_EQ(accepted->alerts.size(), 1U);
    EXPECT_EQ(events_of_kind(Event{SignalsArrived{}}.index()), 1U);
}

TEST_F(LoopTest, Wakes_the_core_when_it_asked_to_be_woken) {
    start();
    auto answer = submit("f1");
    ASSERT_TRUE(answer_of(answer));
    EXPECT_TRUE(fakes::eventually(
        [&] { return events_of_kind(Event{TimerFired{}}.index()) >= 1; }));
}

TEST_F(LoopTest, While_the_store_is_away_nothing_is_accepted_or_sent_and_nothing_is_lost) {
    start();
    auto before = submit("f0");
    ASSERT_TRUE(answer_of(before));
    journal_.fail_with(base::Error{base::Code::unavailable, "disk full"});
    auto const sent = fleet_.count();
    ASSERT_TRUE(mailbox_.post(a_birth()));  // answered with a welcome, once it is committed
    auto first = submit("f1");
    auto const refused = answer_of(first);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::Code::unavailable);
    EXPECT_NE(refused.error().message.find("disk full"), std::string::npos);
    EXPECT_EQ(api_.status().state, "unhealthy");
    EXPECT_EQ(fleet_.count(), sent);
    auto second = submit("f2");  // refused at the door: the loop takes nothing
    ASSERT_FALSE(answer_of(second));

    journal_.fail_with(std::nullopt);
    EXPECT_TRUE(fakes::eventually([&] { return api_.status().database_connected; }));
    auto third = submit("f3");
    EXPECT_TRUE(answer_of(third));
    EXPECT_EQ(events_of_kind(Event{SignalsArrived{}}.index()), 3U) << "f1 was kept, f2 never taken";
    EXPECT_FALSE(fleet_.sent<SendWelcome>().empty());
}

TEST_F(LoopTest, Keeps_house_when_nothing_waits) {
    start();
    EXPECT_TRUE(fakes::eventually([&] { return kept_house_ == 1; }));
}

TEST_F(LoopTest, A_corrupt_store_ends_the_loop) {
    start();
    ASSERT_TRUE(fakes::eventually([&] { return !journal_.events().empty(); }));
    journal_.fail_with(base::Error{base::Code::corrupt, "a page is damaged"});
    auto answer = submit("f1");
    EXPECT_FALSE(answer_of(answer));
    thread_.join();
    ASSERT_FALSE(ended_);
    EXPECT_EQ(ended_.error().code, base::Code::corrupt);
}

TEST_F(LoopTest, Many_events_share_one_commit) {
    for (int i = 0; i < 50; ++i)
        ASSERT_TRUE(mailbox_.post(HostAvailability{fakes::host_id(), i % 2 == 0}));
    start();
    ASSERT_TRUE(fakes::eventually([&] { return journal_.events().size() >= 51; }));
    EXPECT_LT(journal_.commits(), 30);
}

TEST_F(LoopTest, Works_off_what_is_in_the_mailbox_before_it_stops) {
    start();
    ASSERT_TRUE(fakes::eventually([&] { return !journal_.events().empty(); }));
    std::vector<Answer> answers;
    for (int i = 0; i < 100; ++i) answers.push_back(submit(std::to_string(i)));
    mailbox_.close();
    stop();
    for (auto& answer : answers) EXPECT_TRUE(answer_of(answer));
    EXPECT_TRUE(ended_);
}

TEST_F(LoopTest, A_metrics_source_or_advisor_that_is_not_there_is_answered_for) {
    settings_.advisor_configured = true;
    core_ = std::make_unique<Coordinator>(settings_, catalog_, routing_, Tables{});
    loop_ = std::make_unique<Loop>(LoopParts{journal_, *core_, mailbox_, fleet_, notifier_,
                                             waiters_, board_, nullptr, nullptr, nullptr,
                                             nullptr, adapters::system_now, {}});
    start();
    auto answer = submit("f1");
    ASSERT_TRUE(answer_of(answer));
    EXPECT_TRUE(fakes::eventually([&] { return !notifier_.told().empty(); }))
        << "nobody advised, so a person must be told";
}

TEST_F(LoopTest, A_full_mailbox_is_busy) {
    Mailbox small{1};
    ApiImpl api{{small, waiters_, board_, telemetry_, history_, adapters::system_now, {}, {}}};
    std::vector<base::Code> codes;
    for (int i = 0; i < 3; ++i)
        api.submit_signals({}, [&](base::Result<Accepted> const& accepted) {
            if (!accepted) codes.push_back(accepted.error().code);
        });
    EXPECT_EQ(codes, (std::vector<base::Code>{base::Code::busy, base::Code::busy}));
}

TEST_F(LoopTest, A_line_that_is_not_in_the_catalogue_is_denied_before_the_loop) {
    std::optional<base::Result<std::string>> heard;
    api_.order_command({"nexus", domain::LineOrder{"rm -rf /"}, "operator:api", "", {}},
                       [&](base::Result<std::string> const& id) { heard = id; });
    ASSERT_TRUE(heard);
    ASSERT_FALSE(*heard);
    EXPECT_EQ(heard->error().code, base::Code::denied);
    EXPECT_EQ(mailbox_.depth(), 0);
}

TEST_F(LoopTest, An_order_for_an_unknown_host_is_not_found) {
    start();
    std::promise<base::Result<std::string>> promise;
    api_.order_command({"moon", domain::LineOrder{"true"}, "me", "", base::Duration{1'000}},
                       [&](base::Result<std::string> const& id) { promise.set_value(id); });
    auto future = promise.get_future();
    ASSERT_EQ(future.wait_for(std::chrono::seconds{20}), std::future_status::ready);
    auto const id = future.get();
    ASSERT_FALSE(id);
    EXPECT_EQ(id.error().code, base::Code::not_found);
}

TEST_F(LoopTest, Waiting_for_a_command_of_an_earlier_process_asks_the_store) {
    std::vector<base::Result<domain::CommandResult>> heard;
    auto const hear = [&](base::Result<domain::CommandResult> const& result) {
        heard.push_back(result);
    };
    history_.stored.state = domain::CommandState::succeeded;
    api_.wait_finished(history_.stored.command.id, base::Duration{1'000}, hear);
    api_.wait_finished("nobody", base::Duration{1'000}, hear);
    ASSERT_EQ(heard.size(), 2U);
    EXPECT_EQ(heard[0].value(), *history_.stored.result);
    EXPECT_EQ(heard[1].error().code, base::Code::not_found);
}

TEST_F(LoopTest, A_wait_that_takes_too_long_is_told_so) {
    history_.stored.state = domain::CommandState::running;
    history_.stored.result.reset();
    start();
    std::promise<base::Code> promise;
    api_.wait_finished(history_.stored.command.id, base::Duration{10},
                       [&](base::Result<domain::CommandResult> const& result) {
                           promise.set_value(result.error().code);
                       });
    auto future = promise.get_future();
    ASSERT_EQ(future.wait_for(std::chrono::seconds{20}), std::future_status::ready);
    EXPECT_EQ(future.get(), base::Code::timeout);
}

}  // namespace
}  // namespace coordinator
