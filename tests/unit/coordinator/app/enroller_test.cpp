#include "coordinator/app/enroller.hpp"

#include <gtest/gtest.h>

#include "common/base/files.hpp"
#include "common/trust/certificates.hpp"
#include "common/trust/join_secrets.hpp"
#include "common/trust/requests.hpp"
#include "tests/fakes/temp_folder.hpp"
#include "tools/farm/process.hpp"
#include "tools/tomte/init.hpp"

namespace coordinator {
namespace {

using wire::EnrollLeaf;

// A fleet as `tomte init` makes it, an enroller in it, and a host that wants to join.
class EnrollerTest : public testing::Test {
  protected:
    void SetUp() override {
        tomte::InitOptions init;
        init.folder = temp_ / "fleet";
        init.hosts = {"nexus"};
        init.routing_file = temp_ / "routing.toml";
        farm::write_text(init.routing_file, "# none\n");
        ASSERT_TRUE(tomte::init(init));
        registry_.emplace(Registry::load(file("coordinator/hosts.toml")).value(),
                          file("coordinator/hosts.toml"));
        EnrollerSettings settings;
        settings.site = "home";
        settings.broker_host = "broker.lan";
        settings.listener = "broker.lan:8884";
        settings.broker_files = temp_ / "fleet/broker";
        settings.command_key_pem = text("coordinator/command.pub");
        settings.approver_keys_pem = text("coordinator/approver.pub");
        EnrollerSinks sinks;
        sinks.post = [this](Event event) { events_.push_back(std::move(event)); };
        sinks.know = [this](domain::HostId const& host, trust::PublicKey const& key) {
            known_.insert_or_assign(host.text(), key.id());
        };
        sinks.forget = [this](domain::HostId const& host) { known_.erase(host.text()); };
        sinks.tell = [this](std::string const&, std::string payload) { told_ = payload; };
        sinks.now = [this] { return now_; };
        auto authority =
            Authority::load(file("coordinator/ca.key"), file("coordinator/ca.crt"),
                            file("coordinator/certificates.jsonl"));
        ASSERT_TRUE(authority) << authority.error().message;
        enroller_.emplace(settings, *std::move(authority), *registry_, std::move(sinks));
        ASSERT_TRUE(enroller_->start());
    }

    std::string file(std::string const& name) const { return temp_ / ("fleet/" + name); }
    std::string text(std::string const& name) const {
        return base::read_file(file(name)).value_or("");
    }
    wire::JoinLink invited(std::string const& host, bool replace = false, bool token_only = true) {
        auto const made = enroller_->invite({host, replace, token_only});
        EXPECT_TRUE(made) << made.error().message;
        return wire::parse_join_link(made->link).value();
    }
    // What the coordinator answers to this claimant: a decoded answer, if it is vouched for.
    std::optional<wire::JoinAnswer> claim(wire::JoinLink const& link, trust::PrivateKey const& key,
                                          std::string const& as = "") {
        auto const name = as.empty() ? link.host.text() : as;
        auto const host = domain::HostId::parse(name).value();
        auto& request = requests_[key.public_key().id()];
        if (request.empty()) request = trust::make_request(key, name).value();
        auto const mac_key = trust::join_key(link.token);
        auto body = wire::encode(wire::JoinRequest{host, request, "0.1"});
        auto mac = trust::join_mac(mac_key, "request|" + body);
        auto const reply =
            enroller_->heard(wire::enroll_topic(link.invite, EnrollLeaf::request),
                             wire::encode(wire::Sealed{std::move(body), std::move(mac)}));
        return reply ? opened(mac_key, reply->second) : std::nullopt;
    }
    static std::optional<wire::JoinAnswer> opened(std::string const& key,
                                                  std::string const& payload) {
        auto const sealed = wire::decode_sealed(payload);
        if (!sealed || trust::join_mac(key, "answer|" + sealed->body) != sealed->mac)
            return std::nullopt;
        return wire::decode_join_answer(sealed->body).value();
    }
    std::optional<wire::Renewed> renew(std::string const& host, trust::PrivateKey const& key) {
        auto const reply = enroller_->heard(wire::enroll_topic(host, EnrollLeaf::renewal),
                                            trust::make_request(key, host).value());
        if (!reply) return std::nullopt;
        return wire::decode_renewed(reply->second).value();
    }
    bool revoked(std::string const& certificate) const {
        auto const serial = trust::read_certificate(certificate)->serial_hex;
        auto const ledger = trust::parse_ledger(text("coordinator/certificates.jsonl")).value();
        for (auto const& one : ledger)
            if (one.serial_hex == serial) return one.revoked.has_value();
        return false;
    }
    void pass(base::Duration span) {
        now_.boot += span;
        now_.wall += span;
    }

    fakes::TempFolder temp_;
    base::Time now_{base::BootTime{base::Duration{1'000}},
                    base::parse_rfc3339("2026-12-01T00:00:00Z").value(), true};
    std::optional<RegistryBook> registry_;
    std::vector<Event> events_;
    std::map<std::string, std::string> known_;
    std::map<std::string, std::string> requests_;
    std::string told_;
    std::optional<Enroller> enroller_;
};

TEST_F(EnrollerTest, Lets_a_host_in_that_holds_the_token) {
    auto const link = invited("pi");
    auto const key = trust::PrivateKey::generate();
    EXPECT_NE(text("broker/acl").find("user @invite-" + link.invite), std::string::npos);
    EXPECT_NE(text("broker/passwords").find("@invite-" + link.invite + ":$7$"),
              std::string::npos);
    EXPECT_NE(text("broker/passwords").find("homeassistant:$7$"), std::string::npos);

    auto const answer = claim(link, key);

    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->state, wire::JoinState::issued) << answer->reason;
    auto const facts = trust::read_certificate(answer->certificate_pem).value();
    EXPECT_EQ(facts.common_name, "pi");
    EXPECT_LE(facts.not_after - now_.wall, std::chrono::days{30});
    EXPECT_TRUE(trust::verify_chain(answer->certificate_pem, text("coordinator/ca.crt"),
                                    now_.wall));
    EXPECT_EQ(answer->command_key_pem, text("coordinator/command.pub"));
    EXPECT_EQ(known_["pi"], key.public_key().id());
    EXPECT_NE(text("broker/acl").find("\nuser pi\n"), std::string::npos);
    auto const registry = Registry::load(file("coordinator/hosts.toml"));
    ASSERT_TRUE(registry) << registry.error().message;
    EXPECT_EQ(registry->hosts().size(), 2u);
    ASSERT_EQ(events_.size(), 1u);
    EXPECT_EQ(std::get<HostEnrolled>(events_[0]).incarnation, 1);
}

TEST_F(EnrollerTest, Answers_nobody_without_the_token_and_nobody_twice) {
    auto const link = invited("pi");
    auto foreign = link;
    foreign.token = std::string(32, '0');
    EXPECT_FALSE(claim(foreign, trust::PrivateKey::generate()));

    auto const first = trust::PrivateKey::generate();
    ASSERT_EQ(claim(link, first)->state, wire::JoinState::issued);
    EXPECT_EQ(claim(link, first)->state, wire::JoinState::issued) << "the answer was lost, say";
    auto const second = claim(link, trust::PrivateKey::generate());
    ASSERT_TRUE(second);
    EXPECT_EQ(second->state, wire::JoinState::refused);
    EXPECT_EQ(known_["pi"], first.public_key().id());
}

TEST_F(EnrollerTest, Refuses_another_name_a_known_host_and_who_comes_too_late) {
    auto const link = invited("pi");
    auto const wrong_name = claim(link, trust::PrivateKey::generate(), "nas");
    ASSERT_TRUE(wrong_name);
    EXPECT_EQ(wrong_name->state, wire::JoinState::refused);
    EXPECT_EQ(enroller_->invite({"nexus", false, true}).error().code, base::Code::denied);
    EXPECT_EQ(enroller_->invite({"operator", false, true}).error().code, base::Code::invalid);

    pass(Invites::kLife);
    EXPECT_FALSE(claim(link, trust::PrivateKey::generate()));
    enroller_->tidy();
    EXPECT_EQ(text("broker/acl").find(link.invite), std::string::npos);
    EXPECT_EQ(text("broker/passwords").find(link.invite), std::string::npos);
    EXPECT_TRUE(known_.empty());
}

TEST_F(EnrollerTest, Waits_for_the_operator_who_sees_the_same_words) {
    auto const link = invited("pi", false, false);
    auto const key = trust::PrivateKey::generate();
    ASSERT_EQ(claim(link, key)->state, wire::JoinState::waiting);
    EXPECT_TRUE(known_.empty());
    auto const seen = enroller_->invites().at(0);
    EXPECT_EQ(seen.state, "claimed");
    EXPECT_EQ(seen.words, trust::six_words(link.invite + "|" + link.ca_fingerprint + "|" +
                                           requests_.begin()->second));
    EXPECT_FALSE(enroller_->decide(link.invite, "other words", true));
    EXPECT_TRUE(known_.empty());

    ASSERT_TRUE(enroller_->decide(link.invite, seen.words, true));

    EXPECT_EQ(known_["pi"], key.public_key().id());
    EXPECT_EQ(opened(trust::join_key(link.token), told_)->state, wire::JoinState::issued);
    EXPECT_EQ(claim(link, key)->state, wire::JoinState::issued);
}

TEST_F(EnrollerTest, Keeps_out_whom_the_operator_refused) {
    auto const link = invited("pi", false, false);
    auto const key = trust::PrivateKey::generate();
    ASSERT_EQ(claim(link, key)->state, wire::JoinState::waiting);
    ASSERT_TRUE(enroller_->decide(link.invite, "", false));
    EXPECT_EQ(claim(link, key)->state, wire::JoinState::refused);
    EXPECT_TRUE(known_.empty());
}

TEST_F(EnrollerTest, Replacing_a_host_revokes_what_it_had_and_raises_its_incarnation) {
    auto const before = text("hosts/nexus/host.crt");
    auto const answer = claim(invited("nexus", true), trust::PrivateKey::generate());
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->state, wire::JoinState::issued) << answer->reason;
    EXPECT_EQ(answer->incarnation, 2);
    EXPECT_TRUE(revoked(before));
    EXPECT_FALSE(revoked(answer->certificate_pem));
    EXPECT_EQ(std::get<HostEnrolled>(events_.at(0)).incarnation, 2);
}

TEST_F(EnrollerTest, A_revoked_host_is_unknown_everywhere) {
    auto const list = text("broker/revoked.pem");
    ASSERT_TRUE(enroller_->revoke("nexus"));
    EXPECT_TRUE(revoked(text("hosts/nexus/host.crt")));
    EXPECT_NE(text("broker/revoked.pem"), list);
    EXPECT_EQ(text("broker/acl").find("user nexus\n"), std::string::npos);
    EXPECT_TRUE(Registry::load(file("coordinator/hosts.toml"))->hosts().empty());
    EXPECT_EQ(enroller_->revoke("nexus").error().code, base::Code::not_found);
}

TEST_F(EnrollerTest, Renews_for_the_key_it_knows_until_long_after_the_end) {
    auto const key = trust::PrivateKey::generate();
    ASSERT_EQ(claim(invited("pi"), key)->state, wire::JoinState::issued);
    auto const stranger = renew("pi", trust::PrivateKey::generate());
    ASSERT_TRUE(stranger);
    EXPECT_EQ(stranger->certificate_pem, "");

    pass(std::chrono::days{30 + 179});
    auto const renewed = renew("pi", key);
    ASSERT_TRUE(renewed);
    ASSERT_NE(renewed->certificate_pem, "") << renewed->reason;
    EXPECT_TRUE(trust::verify_chain(renewed->certificate_pem, text("coordinator/ca.crt"),
                                    now_.wall));
    EXPECT_FALSE(renew("pi", key)) << "asked again at once";

    pass(std::chrono::days{30 + 181});
    EXPECT_EQ(renew("pi", key)->certificate_pem, "");
    ASSERT_TRUE(enroller_->revoke("pi"));
    EXPECT_EQ(renew("pi", key)->certificate_pem, "");
}

}  // namespace
}  // namespace coordinator
