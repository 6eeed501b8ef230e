// The catalogue as it is shipped: every alert a home was told to expect finds its remedy, with its
// parameters filled and its steps runnable.
#include <gtest/gtest.h>

#include "common/base/files.hpp"
#include "common/remedy/catalog.hpp"
#include "common/remedy/fill.hpp"
#include "common/remedy/routing.hpp"

namespace {

std::string const kCatalog = std::string{TOMTE_SOURCE_DIR} + "/coordinator/catalog";

struct Sample {
    std::string name;  // of the case; also the signal's up to '_'
    domain::Labels labels;
    std::string host;    // where the fix must run
    std::string remedy;  // the first that binds
    domain::Params params;

    friend void PrintTo(Sample const& sample, std::ostream* out) { *out << sample.name; }
};

class ShippedCatalogTest : public testing::TestWithParam<Sample> {};

remedy::HostNames house() {
    auto const nexus = *domain::HostId::parse("nexus");
    auto const skynet = *domain::HostId::parse("skynet");
    auto const outpost = *domain::HostId::parse("outpost");
    return {{"nexus", nexus},
            {"service host", nexus},
            {"skynet", skynet},
            {"home assistant", skynet},
            {"management host", skynet},
            {"outpost", outpost},
            {"vps", outpost},
            {"10.99.0.2", outpost}};
}

remedy::Catalog shipped_catalog() {
    auto catalog = remedy::Catalog::load(kCatalog + "/remedies");
    EXPECT_TRUE(catalog) << catalog.error().message;
    return catalog.value_or(remedy::Catalog{});
}

remedy::Routing shipped_routing() {
    auto const text = base::read_file(kCatalog + "/routing.toml");
    EXPECT_TRUE(text) << text.error().message;
    auto routing = remedy::Routing::parse({"routing.toml", *text});
    EXPECT_TRUE(routing) << routing.error().message;
    return routing.value_or(remedy::Routing{});
}

std::vector<Sample> samples() {
    domain::Params const caddy{{"container", "caddy"}};
    domain::Params const root{{"mount", "/"}, {"percent", "15"}};
    domain::Params const backup{{"job", "backup"}};
    return {
        {"BackupStale_home_assistant", {{"system", "home assistant"}, {"instance", "nexus:9100"}},
         "skynet", "run_job", backup},
        {"BackupStale_management", {{"system", "management host"}, {"instance", "nexus:9100"}},
         "skynet", "run_job", backup},
        {"BackupStale_service", {{"system", "service host"}, {"job", "node"}}, "nexus", "run_job",
         backup},
        {"BackupStale_vps", {{"system", "vps"}, {"instance", "nexus:9100"}}, "outpost", "run_job",
         backup},
        {"BackupHealthCheckStale", {{"remediation_host", "skynet"}, {"instance", "nexus:9100"}},
         "skynet", "run_job", {{"job", "backup-health-check"}}},
        {"ContainerUnhealthy", {{"host", "nexus"}, {"container", "caddy"}}, "nexus",
         "restart_container", caddy},
        {"ContainerDown", {{"instance", "nexus:8080"}, {"name", "caddy"}}, "nexus",
         "start_container", caddy},
        {"ContainerRestartLoop", {{"host", "nexus"}, {"container", "caddy"}}, "nexus",
         "restart_container", caddy},
        {"HighMemoryUsage", {{"host", "nexus"}, {"container", "caddy"}}, "nexus",
         "restart_container", caddy},
        {"ContainerOOM", {{"host", "nexus"}, {"container", "caddy"}}, "nexus",
         "restart_container", caddy},
        {"PostgreSQLDown", {{"instance", "10.99.0.2:9187"}}, "outpost", "restart_service",
         {{"unit", "postgresql.service"}}},
        {"PostgreSQLDown_in_a_container", {{"host", "nexus"}, {"container", "db"}}, "nexus",
         "restart_container", {{"container", "db"}}},
        {"DatabaseConnectionPoolExhausted", {{"host", "nexus"}, {"container", "db"}}, "nexus",
         "restart_container", {{"container", "db"}}},
        {"ServiceUnreachable", {{"remediation_host", "nexus"}, {"container", "caddy"},
                                {"instance", "https://grafana.example.org"}},
         "nexus", "restart_container", caddy},
        {"WireGuardVPNDown", {{"host", "outpost"}}, "outpost", "restart_vpn_tunnel",
         {{"tunnel", "wg0"}}},
        {"DiskSpaceHigh", {{"instance", "nexus:9100"}, {"mountpoint", "/var"}}, "nexus",
         "free_disk", {{"mount", "/var"}, {"percent", "15"}}},
        {"TLSCertificateExpiringSoon",
         {{"host", "nexus"}, {"instance", "https://vault.example.org:8443/alive"}}, "nexus",
         "restart_certificate_holder",
         {{"holder", "caddy"}, {"host", "vault.example.org"}, {"port", "443"}, {"days", "15"}}},
        {"HighCPUUsage", {{"host", "nexus"}, {"container", "caddy"}}, "nexus",
         "restart_container", caddy},
        {"SystemdServiceFailed", {{"instance", "nexus:9100"}, {"name", "nginx.service"}}, "nexus",
         "restart_service", {{"unit", "nginx.service"}}},
        {"TargetDown", {{"instance", "nexus:9113"}, {"container", "caddy"}, {"job", "caddy"}},
         "nexus", "restart_container", caddy},
        {"TargetDown_of_a_service", {{"instance", "nexus:9113"}, {"service", "nginx"}}, "nexus",
         "restart_service", {{"unit", "nginx.service"}}},
        {"ServiceDown", {{"host", "nexus"}, {"service", "patient"}}, "nexus", "restart_service",
         {{"unit", "patient.service"}}},
        {"HostDiskFull", {{"host", "nexus"}}, "nexus", "free_disk", root},
        {"HostClockNotSynced", {{"host", "nexus"}}, "nexus", "restart_time_service",
         {{"unit", "systemd-timesyncd.service"}}},
    };
}

}  // namespace

TEST_P(ShippedCatalogTest, FindsItsHostItsRemedyAndItsParameters) {
    auto const& sample = GetParam();
    auto const catalog = shipped_catalog();
    domain::Signal signal;
    signal.name = sample.name.substr(0, sample.name.find('_'));
    signal.labels = sample.labels;

    auto const where = shipped_routing().where(signal, house());
    ASSERT_TRUE(where) << where.error().message;
    EXPECT_EQ(where->host.text(), sample.host);
    auto labels = sample.labels;
    for (auto const& [name, value] : where->params) labels.insert_or_assign(name, value);
    domain::Remedy const* chosen = nullptr;
    domain::Params params;
    for (auto const* remedy : catalog.answering(signal.name, labels)) {
        auto bound = remedy::bind(*remedy, labels);
        if (!bound) continue;
        chosen = remedy;
        params = std::move(*bound);
        break;
    }

    ASSERT_NE(chosen, nullptr);
    EXPECT_EQ(chosen->name, sample.remedy);
    EXPECT_EQ(params, sample.params);
    EXPECT_TRUE(remedy::check_params(*chosen, params));
    auto steps = chosen->preconditions;
    steps.insert(steps.end(), chosen->steps.begin(), chosen->steps.end());
    steps.push_back(chosen->check.value().step);
    for (auto const& step : steps) {
        auto const filled = remedy::fill(step, params);
        ASSERT_TRUE(filled) << filled.error().message;
        for (auto const& [name, value] : filled->args)
            EXPECT_EQ(value.find('{'), std::string::npos) << value;
    }
}

INSTANTIATE_TEST_SUITE_P(Alerts, ShippedCatalogTest, testing::ValuesIn(samples()),
                         [](auto const& row) { return row.param.name; });

TEST(ShippedCatalogWholeTest, HasEveryRemedyThatWasPromised) {
    auto const catalog = shipped_catalog();

    for (auto const* name :
         {"restart_service", "start_service", "restart_container", "start_container",
          "reset_failed_unit", "vacuum_journal", "prune_dangling_images", "free_disk",
          "restart_time_service", "restart_certificate_holder", "restart_vpn_tunnel", "run_job"})
        EXPECT_NE(catalog.find(name), nullptr) << name;
}

TEST(ShippedCatalogWholeTest, NothingIsRiskyAndEverythingIsChecked) {
    auto const catalog = shipped_catalog();
    for (auto const& remedy : catalog.all()) {
        EXPECT_EQ(remedy.risk, domain::Risk::reversible) << remedy.name;
        EXPECT_TRUE(remedy.check) << remedy.name;
        EXPECT_EQ(remedy.hash.size(), 64U) << remedy.name;
    }
}

// A home whose backups are all made by one host says so in its own routing file.
TEST(ShippedCatalogWholeTest, AStaleBackupWithoutASystemIsNobodysGuess) {
    domain::Signal signal;
    signal.name = "BackupStale";
    signal.labels = {{"instance", "nexus:9100"}};

    auto const where = shipped_routing().where(signal, house());

    ASSERT_FALSE(where);
    EXPECT_EQ(where.error().code, base::Code::not_found);
}
