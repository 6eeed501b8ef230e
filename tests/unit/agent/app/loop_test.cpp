#include "agent/app/loop.hpp"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <map>

namespace agent::test {
namespace {

using namespace std::chrono_literals;

domain::HostId nexus() { return *domain::HostId::parse("nexus"); }

// What happened, in order, over all parts.
using Log = std::vector<std::string>;

struct FakeSpool : Spool {
    explicit FakeSpool(Log& shared) : log(shared) {}
    base::Result<wire::JournalHead> head() override {
        return wire::JournalHead{1, std::string(64, 'a')};
    }
    base::Result<Started> load() override { return Started{}; }
    base::Status commit(Effects const& effects) override {
        std::string kept;
        for (auto const& effect : effects.list) {
            if (auto const* append = std::get_if<Append>(&effect)) {
                kept = "signal";
                records[append->record.seq] = append->record;
            }
            if (std::holds_alternative<SaveCommand>(effect)) kept = "command";
        }
        if (kept.empty()) return {};
        if (failures > 0) {
            --failures;
            log.push_back("failed");
            return base::fail(code, "no space");
        }
        log.push_back((effects.durable ? "durable " : "") + kept);
        return {};
    }
    base::Result<std::vector<wire::JournalRecord>> read(std::int64_t first,
                                                        std::int64_t last) override {
        std::vector<wire::JournalRecord> found;
        for (auto const& [seq, record] : records)
            if (seq >= first && seq <= last) found.push_back(record);
        return found;
    }
    Log& log;
    std::map<std::int64_t, wire::JournalRecord> records;
    int failures = 0;
    base::Code code = base::Code::unavailable;
};

struct FakeLink : Link {
    explicit FakeLink(Log& shared) : log(shared) {}
    void publish(Message const& message, base::WallTime) override {
        if (std::holds_alternative<wire::Ack>(message)) log.push_back("ack");
        if (auto const* avail = std::get_if<PublishAvail>(&message))
            log.push_back(avail->online ? "online" : "offline");
    }
    base::Result<std::int64_t> send_batch(
        std::vector<wire::JournalRecord> const& records) override {
        log.push_back("batch");
        return records.back().seq;
    }
    int fd() const override { return -1; }
    bool wants_write() const override { return false; }
    base::Duration wait() const override { return 1ms; }
    // One scripted event per turn, then the end.
    void service(base::BootTime) override {
        if (!script.empty()) {
            auto event = script.front();
            script.pop_front();
            deliver(std::move(event));
        } else if (--turns_left < 0) {
            eventfd_write(stop_fd, 1);
        }
    }
    void stop() override { log.push_back("link stopped"); }
    Log& log;
    std::deque<Event> script;
    int turns_left = 0;
    int stop_fd = -1;
};

struct FakeRunner : Runner {
    explicit FakeRunner(Log& shared) : log(shared) {}
    void send(Lane, wire::HandRequest const& request) override {
        if (std::holds_alternative<wire::HandOrder>(request)) log.push_back("order");
    }
    std::vector<int> fds() const override { return {}; }
    void service() override {}
    Log& log;
};

struct FakeMeter : Meter {
    std::vector<domain::ReadingGroup> read(base::BootTime) override {
        ++times;
        return {};
    }
    int times = 0;
};

// Ill from the first look on.
struct FakeProbe : Probe {
    void ask(base::BootTime) override {
        ++times;
        deliver(ProbeAnswered{{nexus(), domain::SubjectKind::service, "patient"},
                              "ServiceDown",
                              false,
                              "no such process"});
    }
    int times = 0;
};

class LoopTest : public testing::Test {
  protected:
    LoopTest() : link(log), spool(log), runner(log), agent(settings()) {
        stop_fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        link.stop_fd = stop_fd;
    }
    ~LoopTest() override { ::close(stop_fd); }

    static AgentSettings settings() {
        AgentSettings settings{.host = nexus()};
        settings.probe_failures = 1;
        return settings;
    }
    // A clock that moves with each question, so that nothing has to wait for a second.
    base::Time clock() {
        boot += tick;
        return {base::BootTime{boot}, base::WallTime{1'700'000'000'000ms}, true};
    }
    base::Status run() {
        Loop loop({agent, spool, link, runner, meter, {&probe}, [this] { return clock(); }, {}});
        return loop.run(Started{"session", "boot", 0, 0, {}}, stop_fd);
    }
    std::ptrdiff_t count(std::string const& what) const {
        return std::count(log.begin(), log.end(), what);
    }
    static CommandArrived order() {
        domain::Command command{.id = "01HX0000000000000000000000",
                                .host = nexus(),
                                .incarnation = 1,
                                .epoch = 1,
                                .session = "session",
                                .counter = 1,
                                .issued_at = {},
                                .expires_at = base::WallTime{1'000'000s},
                                .incident = {},
                                .attempt = 0,
                                .actor = "operator:api",
                                .reason = {},
                                .order = domain::LineOrder{"true"},
                                .limits = {}};
        return {std::move(command), "hash", "jws", Lane::fix, false};
    }
    static WelcomeArrived welcome() {
        return {wire::Welcome{.host = nexus(),
                              .session = "session",
                              .time = base::WallTime{500'000s},
                              .epoch = 1,
                              .incarnation = 1,
                              .remedies_digest = {}},
                "jws"};
    }

    Log log;
    FakeLink link;
    FakeSpool spool;
    FakeRunner runner;
    FakeMeter meter;
    FakeProbe probe;
    Agent agent;
    base::Duration boot{100'000};
    base::Duration tick{0};
    int stop_fd = -1;
};

TEST_F(LoopTest, Keeps_a_signal_before_it_sends_it) {
    link.script = {LinkUp{}};
    ASSERT_TRUE(run());
    EXPECT_EQ(log, (Log{"durable signal", "batch", "online", "offline", "link stopped"}));
    EXPECT_EQ(probe.times, 1);
    EXPECT_EQ(meter.times, 1);
}

TEST_F(LoopTest, Keeps_a_command_before_it_acknowledges_it_and_before_the_hand_has_it) {
    link.script = {LinkUp{}, welcome(), order()};
    ASSERT_TRUE(run());
    auto const kept = std::find(log.begin(), log.end(), "durable command");
    auto const acked = std::find(log.begin(), log.end(), "ack");
    auto const ordered = std::find(log.begin(), log.end(), "order");
    ASSERT_NE(ordered, log.end());
    EXPECT_LT(kept, acked);
    EXPECT_LT(kept, ordered);
}

TEST_F(LoopTest, Does_nothing_that_it_cannot_keep_until_the_disk_has_room_again) {
    link.script = {LinkUp{}, welcome(), order()};
    link.turns_left = 200;
    spool.failures = 3;
    tick = 40ms;
    ASSERT_TRUE(run());
    // Three failures, then everything in its order and once.
    EXPECT_EQ(Log(log.begin(), log.begin() + 4),
              (Log{"failed", "failed", "failed", "durable signal"}));
    EXPECT_EQ(count("durable command"), 1);
    EXPECT_EQ(count("order"), 1);
    EXPECT_EQ(count("ack"), 1);
}

TEST_F(LoopTest, Acknowledges_nothing_while_the_disk_stays_full) {
    link.script = {LinkUp{}, welcome(), order()};
    link.turns_left = 50;
    spool.failures = 1'000'000;
    ASSERT_TRUE(run());
    EXPECT_EQ(count("ack"), 0);
    EXPECT_EQ(count("order"), 0);
    EXPECT_EQ(count("link stopped"), 1);
}

TEST_F(LoopTest, Ends_when_its_store_is_corrupt_because_going_on_would_make_it_worse) {
    spool.failures = 1;
    spool.code = base::Code::corrupt;
    auto const status = run();
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, base::Code::corrupt);
}

TEST_F(LoopTest, Is_woken_by_the_boot_clock_when_the_core_asked_for_it) {
    // Real time here: the timer is the kernel's.
    auto const real = [] {
        timespec now{};
        ::clock_gettime(CLOCK_BOOTTIME, &now);
        return base::Time{base::BootTime{std::chrono::seconds(now.tv_sec) +
                                         base::Duration{now.tv_nsec / 1'000'000}},
                          base::WallTime{1'700'000'000'000ms}, true};
    };
    auto quick = settings();
    quick.interval = 20ms;
    Agent quick_agent(quick);
    link.turns_left = 300;
    Loop loop({quick_agent, spool, link, runner, meter, {}, real, {}});
    ASSERT_TRUE(loop.run(Started{"session", "boot", 0, 0, {}}, stop_fd));
    EXPECT_GE(meter.times, 3);
}

}  // namespace
}  // namespace agent::test
