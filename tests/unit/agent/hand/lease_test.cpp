// A host that heals itself under its lease: what the hand allows while nobody else is there.
#include <gtest/gtest.h>

#include "tests/unit/agent/hand/bench.hpp"

namespace hand::bench {
namespace {

using domain::CommandState;
using domain::ResultCode;

domain::Lease lease(std::int64_t rev = 1) {
    return {.host = *domain::HostId::parse("nexus"),
            .rev = rev,
            .incarnation = 1,
            .remedies = {"restart_service"},
            .per_hour = 4,
            .lasts = std::chrono::hours{24},
            .expires_at = Lane::kNow + std::chrono::hours{24}};
}

// A lane whose patient is ill until it is started, and that never was welcomed: no clock, no
// network.
class CutOff : public Lane {
  public:
    CutOff() {
        programs.answer = [this](Program const& program) -> base::Result<Exit> {
            Exit exit;
            if (program.argv[1] == "start") well = true;
            if (program.argv[1] == "status") exit.code = well ? 0 : 3;
            return exit;
        };
        start();
        give({restart_service()});
    }
    void hold(domain::Lease const& held) {
        desk->handle(wire::HandDocument{"lease", sign(trust::Purpose::document, held)});
    }
    domain::CommandResult heal(std::string const& id, std::string const& remedy = "restart_service",
                               std::string const& unit = "patient.service") {
        desk->handle(wire::HandLease{id, remedy, {{"unit", unit}}});
        return result_of(id);
    }
    void restart(std::string const& boot) {
        stop();
        boot_id = boot;
        start();
    }

    std::atomic<bool> well = false;
};

TEST(Lease, Heals_what_is_ill_without_a_welcome_and_after_a_restart) {
    CutOff lane;
    lane.hold(lease());
    lane.restart("boot-2");  // neither remedies nor lease are told again
    auto const result = lane.heal("lease-00000001");
    EXPECT_EQ(result.state, CommandState::succeeded) << result.detail;
    EXPECT_EQ(lane.programs.count("start"), 1);
}

TEST(Lease, Leaves_alone_what_is_well) {
    CutOff lane;
    lane.hold(lease());
    lane.well = true;
    auto const result = lane.heal("lease-00000001");
    EXPECT_EQ(result.state, CommandState::rejected);
    EXPECT_EQ(result.code, ResultCode::precondition);
    EXPECT_EQ(lane.programs.count("start"), 0);
}

TEST(Lease, Runs_an_id_once) {
    CutOff lane;
    lane.hold(lease());
    EXPECT_EQ(lane.heal("lease-00000001").state, CommandState::succeeded);
    lane.well = false;
    lane.forget_replies();
    EXPECT_EQ(lane.heal("lease-00000001").state, CommandState::succeeded) << "the stored result";
    EXPECT_EQ(lane.programs.count("start"), 1);
}

struct Without {
    char const* what;
    ResultCode code;
    std::function<void(CutOff&, domain::Lease&)> spoil;
};

TEST(Lease, Needs_each_of_its_conditions) {
    std::vector<Without> const table = {
        {"a remedy", ResultCode::not_allowed, [](auto&, auto& one) { one.remedies.clear(); }},
        {"this remedy", ResultCode::not_allowed,
         [](auto&, auto& one) { one.remedies = {"prune_images"}; }},
        {"its time", ResultCode::not_allowed,
         [](auto&, auto& one) { one.lasts = base::Duration{0}; }},
        {"a date the coordinator has not passed", ResultCode::not_allowed,
         [](auto& lane, auto& one) {
             one.expires_at = Lane::kNow - 1s;
             lane.welcome();
         }},
        {"room in this hour", ResultCode::not_allowed, [](auto&, auto& one) { one.per_hour = 0; }},
        {"a host that is not frozen", ResultCode::frozen,
         [](auto& lane, auto&) { write(lane.settings.freeze_file, ""); }},
    };
    for (auto const& row : table) {
        CutOff lane;
        auto one = lease();
        row.spoil(lane, one);
        lane.hold(one);
        auto const result = lane.heal("lease-00000001");
        EXPECT_EQ(result.state, CommandState::rejected) << row.what;
        EXPECT_EQ(result.code, row.code) << row.what << ": " << result.detail;
        EXPECT_EQ(lane.programs.count("start"), 0) << row.what;
    }
}

TEST(Lease, Obeys_the_policy_like_any_order) {
    CutOff lane;
    lane.hold(lease());
    EXPECT_EQ(lane.heal("lease-00000001", "restart_service", "nginx.service").code,
              ResultCode::not_allowed);
    EXPECT_EQ(lane.heal("lease-00000002", "restart_service", "ssh.service").code,
              ResultCode::not_allowed);
    EXPECT_EQ(lane.programs.runs().size(), 0u);
}

TEST(Lease, Counts_the_runs_of_an_hour_across_restarts) {
    CutOff lane;
    auto one = lease();
    one.per_hour = 1;
    lane.hold(one);
    EXPECT_EQ(lane.heal("lease-00000001").state, CommandState::succeeded);
    lane.well = false;
    lane.restart("boot-1");
    auto const second = lane.heal("lease-00000002", "restart_service", "other.service");
    EXPECT_EQ(second.code, ResultCode::not_allowed);
    EXPECT_NE(second.detail.find("1 an hour"), std::string::npos) << second.detail;
}

TEST(Lease, Of_another_host_or_an_older_revision_or_another_key_is_refused) {
    CutOff lane;
    auto const taken = [&lane] { return lane.last<wire::HandTaken>().applied; };
    lane.hold(lease(5));
    EXPECT_TRUE(taken());
    lane.hold(lease(4));
    EXPECT_FALSE(taken());
    auto other = lease(6);
    other.host = *domain::HostId::parse("skynet");
    lane.hold(other);
    EXPECT_FALSE(taken());
    lane.desk->handle(wire::HandDocument{
        "lease", trust::sign(trust::Purpose::document, lane.approver, wire::encode(lease(6)))});
    EXPECT_FALSE(taken());
    // Not even after its file was lost: the log knows the revision.
    lane.stop();
    std::filesystem::remove(lane.settings.state_folder + "/lease.jws");
    lane.start();
    lane.hold(lease(4));
    EXPECT_FALSE(taken());
}

TEST(Lease, A_document_of_another_kind_is_no_lease) {
    CutOff lane;
    wire::RemediesDocument const remedies{1, {restart_service()}};
    lane.desk->handle(
        wire::HandDocument{"lease", lane.sign(trust::Purpose::document, remedies)});
    EXPECT_FALSE(lane.last<wire::HandTaken>().applied);
    lane.desk->handle(
        wire::HandDocument{"remedies", lane.sign(trust::Purpose::document, lease())});
    EXPECT_FALSE(lane.last<wire::HandTaken>().applied);
}

TEST(Lease, An_id_that_is_not_of_a_lease_is_refused) {
    CutOff lane;
    lane.hold(lease());
    lane.desk->handle(wire::HandLease{ulid(), "restart_service", {{"unit", "patient.service"}}});
    EXPECT_FALSE(lane.last<wire::HandTaken>().applied);
    EXPECT_EQ(lane.programs.runs().size(), 0u);
}

TEST(LeaseBook, Counts_powered_on_time_over_reboots) {
    Folder folder;
    using base::BootTime;
    auto const hour = std::chrono::hours{1};
    auto const at = [](base::Duration boot) { return BootTime{boot}; };
    auto one = lease();
    one.lasts = 2 * hour;
    {
        auto log = IdLog::open(folder / "state", "boot-1", {});
        ASSERT_TRUE(log);
        LeaseBook book{**log};
        ASSERT_TRUE(book.take(one, "nexus", at(10s)));
        EXPECT_FALSE(book.forbids("restart_service", at(10s + hour), {}));
        ASSERT_TRUE(book.save_use(at(10s + hour), true));
    }
    auto log = IdLog::open(folder / "state", "boot-2", {});
    ASSERT_TRUE(log);
    LeaseBook book{**log};
    ASSERT_TRUE(book.take(one, "nexus", at(0s)));  // the same again: it does not begin anew
    EXPECT_FALSE(book.forbids("restart_service", at(hour - 1s), {}));
    EXPECT_TRUE(book.forbids("restart_service", at(hour + 1s), {}));
}

TEST(LeaseBook, Keeps_what_was_used_every_ten_minutes_and_not_more_often) {
    Folder folder;
    auto log = IdLog::open(folder / "state", "boot-1", {});
    ASSERT_TRUE(log);
    LeaseBook book{**log};
    ASSERT_TRUE(book.take(lease(), "nexus", base::BootTime{0s}));
    ASSERT_TRUE(book.save_use(base::BootTime{9min}, false));
    EXPECT_EQ((*log)->lease_use().used, base::Duration{0});
    ASSERT_TRUE(book.save_use(base::BootTime{10min}, false));
    EXPECT_EQ((*log)->lease_use().used, base::Duration{10min});
}

}  // namespace
}  // namespace hand::bench
