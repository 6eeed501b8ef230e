#include "tools/tomte/init.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/base/toml.hpp"
#include "common/base/toml_text.hpp"
#include "common/trust/certificates.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/keys.hpp"
#include "common/trust/secret_hash.hpp"

namespace tomte {
namespace {

namespace fs = std::filesystem;

std::string text_of(fs::path const& path) {
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    return text.str();
}

mode_t mode_of(fs::path const& path) {
    struct stat facts {};
    EXPECT_EQ(::stat(path.c_str(), &facts), 0) << path;
    return facts.st_mode & 07777;
}

base::WallTime in_2030() { return base::parse_rfc3339("2030-01-01T00:00:00Z").value(); }
base::WallTime unset_clock() { return base::parse_rfc3339("1970-01-01T00:01:00Z").value(); }

class InitTest : public testing::Test {
  protected:
    void SetUp() override {
        outside_ = fs::temp_directory_path() / ("tomte-init-" + trust::random_token());
        fs::create_directories(outside_);
        std::ofstream{outside_ / "routing.toml"} << "# shipped\n";
    }
    void TearDown() override { fs::remove_all(outside_); }

    InitOptions options(std::vector<std::string> hosts) const {
        InitOptions options;
        options.folder = folder();
        options.hosts = std::move(hosts);
        options.facts.agent_user = "1000";
        options.routing_file = outside_ / "routing.toml";
        return options;
    }
    fs::path folder() const { return outside_ / "fleet"; }
    std::string refusal(InitOptions const& options) const {
        auto const made = init(options);
        return made ? "made" : made.error().message;
    }

    fs::path outside_;
};

TEST_F(InitTest, Writes_every_file_and_keeps_secrets_to_their_owner) {
    auto const made = init(options({"nexus", "pi"}));

    ASSERT_TRUE(made) << made.error().message;
    for (auto const* path :
         {"coordinator/coordinator.toml", "coordinator/hosts.toml", "coordinator/routing.toml",
          "coordinator/ca.crt", "coordinator/command.pub", "coordinator/approver.pub",
          "coordinator/coordinator.crt", "broker/mosquitto.conf", "broker/ca.crt",
          "broker/server.crt", "hosts/nexus/agent.toml", "hosts/nexus/hand.toml",
          "hosts/nexus/policy.toml", "hosts/nexus/host.crt", "hosts/nexus/ca.crt",
          "hosts/nexus/coordinator.pub", "hosts/pi/agent.toml"})
        EXPECT_TRUE(fs::is_regular_file(folder() / path)) << path;
    for (auto const* path :
         {"coordinator/ca.key", "coordinator/command.key", "operator/approver.key",
          "coordinator/coordinator.key", "coordinator/secrets.toml", "coordinator/tokens.toml",
          "broker/server.key", "broker/acl", "hosts/nexus/host.key", "hosts/pi/host.key"})
        EXPECT_EQ(mode_of(folder() / path), 0600u) << path;
    for (auto const* path :
         {"", "coordinator", "broker", "broker/data", "hosts/nexus", "hosts/nexus/state"})
        EXPECT_EQ(mode_of(folder() / path), 0750u) << path;
}

TEST_F(InitTest, Issues_certificates_that_hold_now_and_with_an_unset_clock) {
    ASSERT_TRUE(init(options({"nexus"})));
    auto const ca = text_of(folder() / "coordinator/ca.crt");

    struct Expected {
        char const* path;
        char const* name;
    };
    for (auto const& [path, name] : {Expected{"coordinator/coordinator.crt", "@coordinator"},
                                     Expected{"broker/server.crt", "localhost"},
                                     Expected{"hosts/nexus/host.crt", "nexus"}}) {
        auto const pem = text_of(folder() / path);
        auto const facts = trust::read_certificate(pem);
        ASSERT_TRUE(facts) << path;
        EXPECT_EQ(facts->common_name, name);
        EXPECT_TRUE(trust::verify_chain(pem, ca, in_2030())) << path;
        EXPECT_TRUE(trust::verify_chain(pem, ca, unset_clock())) << path;
    }
}

TEST_F(InitTest, Registers_the_key_that_the_host_got) {
    auto with_alias = options({"nexus", "pi"});
    with_alias.aliases = {"nexus=nexus.local", "nexus=10.0.0.7:9100"};
    ASSERT_TRUE(init(with_alias));

    auto const registry =
        base::toml::Document::parse(text_of(folder() / "coordinator/hosts.toml"), "hosts.toml");
    ASSERT_TRUE(registry) << registry.error().message;
    auto const nexus = registry->root()["hosts"]["nexus"];
    auto const key = trust::PrivateKey::load(folder() / "hosts/nexus/host.key");
    ASSERT_TRUE(key);
    EXPECT_EQ(trust::PublicKey::from_pem(nexus["key"].string().value_or("")).value().id(),
              key->public_key().id());
    EXPECT_EQ(base::toml::strings_or(nexus, "aliases", {}).value(),
              (std::vector<std::string>{"nexus.local", "10.0.0.7:9100"}));
    EXPECT_EQ(nexus["incarnation"].integer(), 1);
}

TEST_F(InitTest, Writes_tokens_whose_secrets_open_them) {
    ASSERT_TRUE(init(options({"nexus"})));
    auto const tokens =
        base::toml::Document::parse(text_of(folder() / "coordinator/tokens.toml"), "t").value();
    auto const secrets =
        base::toml::Document::parse(text_of(folder() / "coordinator/secrets.toml"), "s").value();

    std::map<std::string, std::string> hashes;
    for (auto const& token : tokens.root()["token"].children())
        hashes[token["name"].string().value_or("")] = token["hash"].string().value_or("");
    auto const opens = [&](char const* secret, char const* token) {
        return trust::secret_matches(secrets.root()[secret].string().value_or(""), hashes[token]);
    };
    EXPECT_TRUE(opens("alertmanager_password", "alertmanager"));
    EXPECT_TRUE(opens("admin_token", "admin"));
    EXPECT_TRUE(opens("scrape_token", "scrape"));
    EXPECT_FALSE(opens("scrape_token", "admin"));
}

TEST_F(InitTest, Lets_every_host_speak_only_as_itself) {
    ASSERT_TRUE(init(options({"nexus", "pi"})));
    std::istringstream acl{text_of(folder() / "broker/acl")};

    std::string line, user;
    std::map<std::string, int> rights;
    while (std::getline(acl, line)) {
        if (line.starts_with("user ")) user = line.substr(5);
        if (!line.starts_with("topic ")) continue;
        ++rights[user];
        EXPECT_EQ(line.find('#') == std::string::npos, true) << line;
        if (user == "nexus") {
            EXPECT_EQ(line.find("/pi/"), std::string::npos) << line;
            EXPECT_EQ(line.find("host/+"), std::string::npos) << line;
            EXPECT_FALSE(line == "topic write tomte/v1/host/nexus/cmd");
        }
    }
    EXPECT_EQ(rights.size(), 5u);  // with Home Assistant and the renewals
    EXPECT_GT(rights["@coordinator"], 20);
    EXPECT_EQ(rights["nexus"], rights["pi"]);
}

TEST_F(InitTest, Gives_the_broker_an_explicit_listener_and_no_anonymous_door) {
    auto wanted = options({"nexus"});
    wanted.facts.broker_port = 18883;
    wanted.facts.as_root = true;
    ASSERT_TRUE(init(wanted));
    auto const conf = text_of(folder() / "broker/mosquitto.conf");

    for (auto const* line :
         {"user root\n", "listener 18883 127.0.0.1\n", "require_certificate true\n",
          "use_identity_as_username true\n", "use_username_as_clientid true\n",
          "allow_anonymous false\n", "set_tcp_nodelay true\n", "max_packet_size 262144\n",
          "max_queued_messages 20000\n", "max_queued_bytes 0\n", "max_inflight_messages 64\n"})
        EXPECT_NE(conf.find(line), std::string::npos) << line;
    EXPECT_NE(conf.find("acl_file " + (folder() / "broker/acl").string()), std::string::npos);
}

TEST_F(InitTest, Adds_a_host_and_leaves_the_others_as_they_are) {
    ASSERT_TRUE(init(options({"nexus"})));
    auto const key_before = text_of(folder() / "hosts/nexus/host.key");
    auto more = options({"pi"});
    more.add_host = true;

    ASSERT_TRUE(init(more)) << refusal(more);

    EXPECT_EQ(text_of(folder() / "hosts/nexus/host.key"), key_before);
    auto const registry = text_of(folder() / "coordinator/hosts.toml");
    EXPECT_NE(registry.find("[hosts.nexus]"), std::string::npos);
    EXPECT_NE(registry.find("[hosts.pi]"), std::string::npos);
    auto const acl = text_of(folder() / "broker/acl");
    EXPECT_NE(acl.find("user nexus\n"), std::string::npos);
    EXPECT_NE(acl.find("user pi\n"), std::string::npos);
    EXPECT_TRUE(trust::verify_chain(text_of(folder() / "hosts/pi/host.crt"),
                                    text_of(folder() / "coordinator/ca.crt"), in_2030()));
    EXPECT_NE(refusal(more).find("belongs to this fleet already"), std::string::npos);
}

TEST_F(InitTest, Refuses_what_it_cannot_do_and_leaves_nothing_behind) {
    EXPECT_NE(refusal(options({"Nexus"})).find("not a host name"), std::string::npos);
    EXPECT_NE(refusal(options({"coordinator"})).find("not a host name"), std::string::npos);
    EXPECT_NE(refusal(options({"a", "a"})).find("named twice"), std::string::npos);
    auto doubtful = options({"a", "b"});
    doubtful.aliases = {"x.local"};
    EXPECT_NE(refusal(doubtful).find("HOST=x.local"), std::string::npos);
    doubtful.aliases = {"c=x.local"};
    EXPECT_NE(refusal(doubtful).find("no host 'c'"), std::string::npos);
    auto wrong_site = options({"a"});
    wrong_site.facts.site = "My Home";
    EXPECT_NE(refusal(wrong_site).find("--site"), std::string::npos);
    auto too_long = options({"a"});
    too_long.folder = folder() / std::string(100, 'x');
    EXPECT_NE(refusal(too_long).find("too long for a socket"), std::string::npos);
    auto nobody = options({});
    nobody.add_host = true;
    EXPECT_NE(refusal(nobody).find("--host"), std::string::npos);
    auto no_fleet = options({"a"});
    no_fleet.add_host = true;
    EXPECT_NE(refusal(no_fleet).find("there is no fleet in"), std::string::npos);
    EXPECT_FALSE(fs::exists(folder()));

    auto no_routing = options({"a"});
    no_routing.routing_file = outside_ / "missing.toml";
    EXPECT_NE(refusal(no_routing).find("missing.toml"), std::string::npos);
    EXPECT_TRUE(!fs::exists(folder()) || fs::is_empty(folder()));
}

TEST_F(InitTest, Refuses_a_folder_that_holds_something) {
    ASSERT_TRUE(init(options({"nexus"})));
    auto const key = text_of(folder() / "coordinator/ca.key");

    EXPECT_NE(refusal(options({"nexus"})).find("is not empty"), std::string::npos);

    EXPECT_EQ(text_of(folder() / "coordinator/ca.key"), key);
}

TEST(TomlText, Quotes_what_could_end_a_string) {
    auto const document = base::toml::Document::parse(
        "x = " + base::toml::to_quoted("a\"b\\c\nd\x01\x7f"
                             "é"),
        "x");
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_EQ(document->root()["x"].string(), "a\"b\\c\nd\x01\x7f"
                                              "é");
}

}  // namespace
}  // namespace tomte
