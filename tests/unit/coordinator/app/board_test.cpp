#include "coordinator/app/board.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/sample_rows.hpp"

namespace coordinator {
namespace {

TEST(Board, Is_healthy_only_with_store_broker_and_room_in_the_mailbox) {
    Board board{"0.1", fakes::at(0)};
    EXPECT_EQ(board.report(fakes::at(1), 0, 100).state, "degraded");  // no broker yet
    board.broker(true, "");
    EXPECT_EQ(board.report(fakes::at(1), 0, 100).state, "healthy");
    EXPECT_EQ(board.report(fakes::at(1), 79, 100).state, "healthy");
    EXPECT_EQ(board.report(fakes::at(1), 80, 100).state, "degraded");
    EXPECT_TRUE(board.broker(false, "connection refused"));
    EXPECT_FALSE(board.broker(false, "connection refused")) << "no news, no second log line";
    auto const away = board.report(fakes::at(1), 0, 100);
    EXPECT_EQ(away.state, "degraded");
    EXPECT_EQ(away.reasons, std::vector<std::string>{"broker: connection refused"});
    board.store("disk full");
    auto const report = board.report(fakes::at(1), 0, 100);
    EXPECT_EQ(report.state, "unhealthy");
    EXPECT_EQ(report.reasons[0], "no_store: disk full");
    EXPECT_FALSE(report.database_connected);
    EXPECT_TRUE(board.store_is_away());
    board.store(std::nullopt);
    EXPECT_FALSE(board.store_is_away());
}

TEST(Board, Counts_hosts_and_open_incidents_from_what_was_committed) {
    Board board{"0.1", fakes::at(0)};
    Tables tables;
    tables.epoch = 7;
    tables.hosts = {fakes::sample_host("a")};
    tables.incidents = {fakes::sample_incident("i1")};
    board.loaded(tables);
    auto closed = fakes::sample_incident("i1");
    closed.state = domain::IncidentState::resolved;
    auto off = fakes::sample_host("b");
    off.online = false;
    board.committed({{SaveIncident{closed}, SaveIncident{fakes::sample_incident("i2")},
                      SaveIncident{fakes::sample_incident("i3")}, SaveHost{off}},
                     true});
    board.journal_at(42);
    auto const report = board.report(fakes::at(1), 3, 100);
    EXPECT_EQ(report.epoch, 7);
    EXPECT_EQ(report.hosts_known, 2);
    EXPECT_EQ(report.hosts_online, 1);
    EXPECT_EQ(report.incidents_open, 2);
    EXPECT_EQ(report.journal_seq, 42);
    EXPECT_EQ(report.queue_depth, 3);
    EXPECT_EQ(report.queue_limit, 100);
}

}  // namespace
}  // namespace coordinator
