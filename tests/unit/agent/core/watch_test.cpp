#include "agent/core/watch.hpp"

#include "tests/unit/agent/core/core_fixture.hpp"

namespace agent::test {
namespace {

using namespace std::chrono_literals;

Core watching(bool above = true) {
    auto settings = Core::default_settings();
    settings.watches.push_back({.signal = "HostDiskFull",
                                .group = "disk",
                                .metric = "used_percent_root",
                                .above = above,
                                .line = above ? 90.0 : 10.0,
                                .clear = above ? 85.0 : 15.0,
                                .for_at_least = 60s,
                                .severity = "warning"});
    return Core(std::move(settings));
}

void read(Core& core, double value) {
    core.step(ReadingsTaken{{{"mem", {{"used_percent_root", 99}}},
                             {"disk", {{"other", 99}, {"used_percent_root", value}}}}});
}

std::vector<bool> firings(Core const& core) {
    std::vector<bool> list;
    for (auto const& signal : core.journalled<domain::Signal>()) list.push_back(signal.firing);
    return list;
}

TEST(Watch, Fires_once_when_a_reading_was_over_its_line_for_long_enough) {
    auto core = watching();
    core.ready();
    read(core, 91);
    core.pass(59'999ms);
    read(core, 95);
    EXPECT_TRUE(firings(core).empty());
    core.pass(1ms);
    read(core, 91);
    read(core, 99);
    ASSERT_EQ(firings(core), (std::vector<bool>{true}));
    auto const signal = core.journalled<domain::Signal>()[0];
    EXPECT_EQ(signal.name, "HostDiskFull");
    EXPECT_EQ(signal.source, domain::SignalSource::watch);
    EXPECT_EQ(signal.labels.at("alertname"), "HostDiskFull");
    EXPECT_EQ(signal.labels.at("host"), "nexus");
    EXPECT_EQ(signal.severity, "warning");
    ASSERT_TRUE(signal.subject);
    EXPECT_EQ(signal.subject->kind, domain::SubjectKind::host);
}

TEST(Watch, Begins_to_count_anew_when_the_reading_was_under_the_line_in_between) {
    auto core = watching();
    core.ready();
    read(core, 91);
    core.pass(30s);
    read(core, 90);  // on the line is not over it
    core.pass(30s);
    read(core, 91);
    core.pass(59s);
    read(core, 91);
    EXPECT_TRUE(firings(core).empty());
}

TEST(Watch, Resolves_below_the_clear_line_and_does_not_flap_between_the_lines) {
    auto core = watching();
    core.ready();
    read(core, 91);
    core.pass(60s);
    read(core, 91);
    for (double const value : {89.0, 86.0, 91.0, 85.0}) read(core, value);
    EXPECT_EQ(firings(core), (std::vector<bool>{true}));
    read(core, 84.9);
    read(core, 50);
    ASSERT_EQ(firings(core), (std::vector<bool>{true, false}));
    auto const signals = core.journalled<domain::Signal>();
    EXPECT_EQ(signals[0].fingerprint, signals[1].fingerprint);
    EXPECT_EQ(signals[0].starts_at, signals[1].starts_at);
    EXPECT_TRUE(signals[1].ends_at.has_value());
}

TEST(Watch, Watches_a_floor_as_well_as_a_ceiling) {
    auto core = watching(false);
    core.ready();
    read(core, 9);
    core.pass(60s);
    read(core, 9);
    read(core, 14);
    EXPECT_EQ(firings(core), (std::vector<bool>{true}));
    read(core, 16);
    EXPECT_EQ(firings(core), (std::vector<bool>{true, false}));
}

TEST(Watch, Takes_a_missing_reading_neither_for_illness_nor_for_health) {
    auto core = watching();
    core.ready();
    read(core, 91);
    core.pass(60s);
    core.step(ReadingsTaken{});
    EXPECT_TRUE(firings(core).empty());
    read(core, 91);
    core.step(ReadingsTaken{});
    EXPECT_EQ(firings(core), (std::vector<bool>{true}));
}

TEST(Watch, Ends_a_signal_that_an_earlier_process_left_firing) {
    auto core = watching();
    core.ready();
    read(core, 50);
    read(core, 50);
    EXPECT_EQ(firings(core), (std::vector<bool>{false}));
}

ProbeAnswered probe(bool healthy, std::string name = "patient") {
    return {{host_id(), domain::SubjectKind::service, std::move(name)},
            "ServiceDown",
            healthy,
            healthy ? "" : "no such process"};
}

TEST(Watch, Makes_a_signal_of_as_many_failed_probes_in_a_row_as_are_set) {
    auto settings = Core::default_settings();
    settings.probe_failures = 3;
    Core core(settings);
    core.ready();
    core.step(probe(true));
    core.forget();
    core.step(probe(false));
    core.step(probe(false));
    core.step(probe(true));
    core.step(probe(false));
    core.step(probe(false));
    EXPECT_TRUE(firings(core).empty());
    core.step(probe(false));
    core.step(probe(false));
    ASSERT_EQ(firings(core), (std::vector<bool>{true}));
    auto const signal = core.journalled<domain::Signal>()[0];
    EXPECT_EQ(signal.source, domain::SignalSource::probe);
    EXPECT_EQ(signal.labels.at("service"), "patient");
    EXPECT_EQ(signal.labels.at("alertname"), "ServiceDown");
    EXPECT_EQ(signal.annotations.at("summary"), "no such process");
    ASSERT_TRUE(signal.subject);
    EXPECT_EQ(domain::to_text(*signal.subject), "nexus/service/patient");
    core.step(probe(true));
    core.step(probe(true));
    EXPECT_EQ(firings(core), (std::vector<bool>{true, false}));
}

TEST(Watch, Gives_one_series_one_fingerprint_in_every_process_and_others_another) {
    std::vector<std::string> fingerprints;
    for (auto const* name : {"patient", "patient", "other"}) {
        Core core;
        core.ready();
        core.step(probe(false, name));
        core.step(probe(false, name));
        fingerprints.push_back(core.journalled<domain::Signal>().at(0).fingerprint);
    }
    EXPECT_EQ(fingerprints[0], fingerprints[1]);
    EXPECT_NE(fingerprints[0], fingerprints[2]);
    EXPECT_EQ(fingerprints[0].size(), 16U);
}

TEST(Watch, Tells_a_new_coordinator_what_is_ill_and_nothing_else) {
    Core core;
    core.ready();
    core.step(probe(true, "well"));
    core.step(probe(false));
    core.step(probe(false));
    core.forget();
    core.welcome(3);
    EXPECT_TRUE(firings(core).empty());
    // It may be known by its heartbeat before its welcome comes.
    core.step(CoordinatorBeat{{.site = "home", .time = kCoordinatorNow, .epoch = 4}});
    core.welcome(4);
    EXPECT_EQ(firings(core), (std::vector<bool>{true}));
}

}  // namespace
}  // namespace agent::test
