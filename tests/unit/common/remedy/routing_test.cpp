#include "common/remedy/routing.hpp"

#include <gtest/gtest.h>

using remedy::Routing;

namespace {

remedy::HostNames names() {
    auto const nexus = *domain::HostId::parse("nexus");
    auto const skynet = *domain::HostId::parse("skynet");
    return {{"nexus", nexus},       {"nexus.local", nexus}, {"10.0.0.5", nexus},
            {"fd00::5", nexus},     {"skynet", skynet},     {"home assistant", skynet}};
}

domain::Signal signal(std::string name, domain::Labels labels) {
    domain::Signal made;
    made.name = std::move(name);
    made.labels = std::move(labels);
    return made;
}

// "host by way", or the refusal.
std::string asked(Routing const& routing, domain::Signal const& about) {
    auto const where = routing.where(about, names());
    return where ? where->host.text() + " by " + where->by : where.error().message;
}

Routing parse(std::string const& text) {
    auto routing = Routing::parse({"routing.toml", text});
    EXPECT_TRUE(routing) << routing.error().message;
    return routing.value_or(Routing{});
}

std::string refusal(std::string const& text) {
    auto const routing = Routing::parse({"routing.toml", text});
    return routing ? "accepted" : routing.error().message;
}

}  // namespace

TEST(RoutingTest, AsksTheLabelsInOrder) {
    Routing const routing;

    EXPECT_EQ(asked(routing, signal("S", {{"host", "nexus"}, {"instance", "skynet:9100"}})),
              "nexus by label host");
    EXPECT_EQ(asked(routing, signal("S", {{"host", "nexus"}, {"remediation_host", "skynet"}})),
              "skynet by label remediation_host");
    EXPECT_EQ(asked(routing, signal("S", {{"instance", "10.0.0.5:9100"}})),
              "nexus by label instance");
    EXPECT_EQ(asked(routing, signal("S", {{"instance", "[fd00::5]:9100"}})),
              "nexus by label instance");
    EXPECT_EQ(asked(routing, signal("S", {{"instance", "fd00::5"}})), "nexus by label instance");
    EXPECT_EQ(asked(routing, signal("S", {{"host", ""}, {"system", "home assistant"}})),
              "skynet by label system");
}

TEST(RoutingTest, NeverTakesAPartOfANameOrADefaultHost) {
    Routing const routing;

    for (auto const* host : {"nex", "nexus2", "my-nexus", "NEXUS", "nexus.local.evil.org",
                             "nexus:9100", " nexus", "nexus; ls"})
        EXPECT_EQ(asked(routing, signal("S", {{"host", host}})),
                  std::string{"no known host is called '"} + host + "' (label host)");
    EXPECT_EQ(asked(routing, signal("S", {{"severity", "critical"}})),
              "the signal names no host (no label remediation_host, host, hostname, nodename, "
              "instance, system)");
    EXPECT_EQ(Routing{}.where(signal("S", {}), names()).error().code, base::Code::not_found);
}

// The fix would otherwise run on a host the signal did not mean.
TEST(RoutingTest, AnUnknownFirstLabelIsNotReplacedByALaterOne) {
    EXPECT_EQ(asked(Routing{}, signal("S", {{"host", "pi9"}, {"instance", "nexus:9100"}})),
              "no known host is called 'pi9' (label host)");
}

TEST(RoutingTest, AProbesSubjectIsWhereItsFixRuns) {
    auto probe = signal("ServiceDown", {{"host", "skynet"}});
    probe.subject = domain::Subject{*domain::HostId::parse("nexus"), domain::SubjectKind::service,
                                    "nginx.service"};

    EXPECT_EQ(asked(Routing{}, probe), "nexus by subject");
}

TEST(RoutingTest, TheFirstFittingRouteDecides) {
    auto const routing = parse(R"(
[[route]]
signal = "BackupStale"
labels = { system = "home assistant" }
host = "nexus"
params = { remediation_job = "ha-backup" }

[[route]]
signal = "BackupStale"
host_from = ["system"]
params = { remediation_job = "backup" }
)");

    auto const first =
        routing.where(signal("BackupStale", {{"system", "home assistant"}}), names());
    auto const second = routing.where(
        signal("BackupStale", {{"system", "skynet"}, {"instance", "nexus:9100"}}), names());
    auto const other = routing.where(signal("Other", {{"system", "home assistant"}}), names());

    ASSERT_TRUE(first && second && other);
    EXPECT_EQ(first->host.text(), "nexus");
    EXPECT_EQ(first->by, "route routing.toml:2");
    EXPECT_EQ(first->params.at("remediation_job"), "ha-backup");
    EXPECT_EQ(second->host.text(), "skynet");
    EXPECT_EQ(second->params.at("remediation_job"), "backup");
    EXPECT_EQ(other->host.text(), "skynet");
    EXPECT_TRUE(other->params.empty());
}

TEST(RoutingTest, ARouteMayDependOnLabelsThatAreNotThere) {
    auto const routing = parse(R"(
[[route]]
signal = "PostgreSQLDown"
without = ["container"]
params = { unit = "postgresql" }
)");
    domain::Labels const at_nexus{{"host", "nexus"}};
    domain::Labels const in_box{{"host", "nexus"}, {"container", "db"}};

    EXPECT_FALSE(routing.where(signal("PostgreSQLDown", at_nexus), names())->params.empty());
    EXPECT_TRUE(routing.where(signal("PostgreSQLDown", in_box), names())->params.empty());
}

TEST(RoutingTest, ARouteToAnUnknownHostSaysWhichRoute) {
    auto const routing = parse("[[route]]\nhost = \"pi9\"\n");

    EXPECT_EQ(asked(routing, signal("S", {{"host", "nexus"}})),
              "no known host is called 'pi9' (route routing.toml:1)");
}

TEST(RoutingTest, TheFileMayNameOtherLabels) {
    auto const routing = parse("labels = [\"machine\"]\n");

    EXPECT_EQ(asked(routing, signal("S", {{"machine", "nexus"}, {"host", "skynet"}})),
              "nexus by label machine");
}

TEST(RoutingTest, RefusesAFileWithAMistake) {
    EXPECT_EQ(refusal("[[route]]\nhots = \"nexus\"\n"),
              "routing.toml:2: unknown key 'hots'; did you mean 'host'?");
    EXPECT_EQ(refusal("[[route]]\nsignal = \"S\"\n"),
              "routing.toml:1: a route without 'host', 'host_from' or 'params' says nothing");
    EXPECT_NE(refusal("[[route]]\nhost = \"a\"\nhost_from = [\"b\"]\n").find("not both"),
              std::string::npos);
    EXPECT_NE(refusal("[route]\nhost = \"a\"\n").find("write [[route]]"), std::string::npos);
    EXPECT_NE(refusal("[[route]]\nhost = \"a\"\nlabels = { a = 1 }\n").find("a text in quotes"),
              std::string::npos);
    EXPECT_NE(refusal("[[route]]\nhost = \"a\"\nparams = \"x\"\n").find("must be a table"),
              std::string::npos);
}
