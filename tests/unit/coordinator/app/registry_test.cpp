#include "coordinator/app/registry.hpp"

#include <gtest/gtest.h>

#include "coordinator/app/known_hosts_history.hpp"
#include "tests/fakes/sample_rows.hpp"

namespace coordinator {
namespace {

std::string entry(std::string const& host, std::string const& more) {
    static std::string const kPem = trust::PrivateKey::generate().public_key().to_pem();
    return "[hosts." + host + "]\nkey = \"\"\"\n" + kPem + "\"\"\"\n" + more;
}

TEST(Registry, Reads_hosts_with_names_and_keys) {
    auto const registry = Registry::parse(
        entry("nexus", "aliases = [\"nexus.local\", \"10.0.0.1\"]\nincarnation = 3\n") +
            entry("pi", ""),
        "hosts.toml");
    ASSERT_TRUE(registry) << registry.error().message;
    ASSERT_EQ(registry->hosts().size(), 2U);
    EXPECT_EQ(registry->hosts()[0].aliases, (std::vector<std::string>{"nexus.local", "10.0.0.1"}));
    EXPECT_EQ(registry->hosts()[0].incarnation, 3);
    EXPECT_EQ(registry->keys().size(), 2U);
}

TEST(Registry, Says_file_and_line_of_what_is_wrong) {
    for (auto const& [text, mention] : std::vector<std::pair<std::string, std::string>>{
             {entry("Nexus", ""), "Nexus"},
             {entry("coordinator", ""), "coordinator"},
             {entry("nexus", "alias = [\"x\"]\n"), "alias"},
             {entry("nexus", "incarnation = 0\n"), "incarnation"},
             {"[hosts.nexus]\nkey = \"rubbish\"\n", "key"},
             {"[hosts.nexus]\n", "key"},
             {"[hots.nexus]\n", "hosts"},
             {entry("a", "aliases = [\"same\"]\n") + entry("b", "aliases = [\"same\"]\n"), "same"},
             {entry("a", "aliases = [\"b\"]\n") + entry("b", ""), "'b'"}}) {
        auto const registry = Registry::parse(text, "hosts.toml");
        ASSERT_FALSE(registry) << text;
        EXPECT_EQ(registry.error().code, base::Code::invalid);
        EXPECT_NE(registry.error().message.find("hosts.toml:"), std::string::npos)
            << registry.error().message;
        EXPECT_NE(registry.error().message.find(mention), std::string::npos)
            << registry.error().message;
    }
}

TEST(Registry, Merges_what_was_last_heard_into_what_is_registered) {
    auto const registry = Registry::parse(
        entry("nexus", "aliases = [\"new-name\"]\nincarnation = 2\n") + entry("pi", ""), "h");
    ASSERT_TRUE(registry);
    auto const rows = registry->merge({fakes::sample_host("nexus"), fakes::sample_host("gone")});
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].aliases, std::vector<std::string>{"new-name"});
    EXPECT_EQ(rows[0].journal_through, fakes::sample_host().journal_through);
    EXPECT_EQ(rows[1].host, fakes::host_id("pi"));
    EXPECT_EQ(rows[1].session, "");
    EXPECT_FALSE(rows[1].last_heard);
}

class StoredHosts final : public History {
  public:
    base::Result<std::vector<domain::Incident>> incidents(std::string const&, int) override {
        return std::vector{fakes::sample_incident()};
    }
    base::Result<std::optional<IncidentDetail>> incident(std::string const&) override {
        return std::nullopt;
    }
    base::Result<std::vector<HostRow>> hosts() override {
        return std::vector{fakes::sample_host("nexus"), fakes::sample_host("gone")};
    }
    base::Result<std::optional<CommandRow>> command(std::string const&) override {
        return fakes::sample_command();
    }
};

TEST(Registry, History_lists_every_registered_host_and_no_other) {
    auto const registry =
        Registry::parse(entry("nexus", "incarnation = 2\n") + entry("pi", ""), "h");
    ASSERT_TRUE(registry);
    StoredHosts stored;
    RegistryBook const book{*registry, "h"};
    KnownHostsHistory history{stored, book};
    auto const hosts = history.hosts().value();
    ASSERT_EQ(hosts.size(), 2U);
    EXPECT_EQ(hosts[0].session, fakes::sample_host().session);
    EXPECT_EQ(hosts[1].host, fakes::host_id("pi"));
    EXPECT_EQ(history.incidents("", 1).value().size(), 1U);
    EXPECT_TRUE(history.command("x").value());
}

TEST(Registry, A_host_enrolled_anew_starts_without_its_past) {
    auto const registry = Registry::parse(entry("nexus", "incarnation = 3\n"), "h");
    ASSERT_TRUE(registry);
    auto const rows = registry->merge({fakes::sample_host("nexus")});  // of incarnation 2
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].incarnation, 3);
    EXPECT_EQ(rows[0].journal_through, 0);
}

}  // namespace
}  // namespace coordinator
