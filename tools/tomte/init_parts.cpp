#include "tools/tomte/init_parts.hpp"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "common/base/files.hpp"
#include "common/trust/certificates.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/join_secrets.hpp"
#include "common/trust/ledger.hpp"
#include "common/trust/revocation.hpp"
#include "common/trust/secret_hash.hpp"
#include "common/wire/broker_acl.hpp"
#include "tools/tomte/files.hpp"

namespace tomte {
namespace {

namespace fs = std::filesystem;
using base::Result;
using base::Status;

// What is carried to its place by hand is renewed by hand: nothing may run out while nobody looks.
// Hosts that join by invitation get thirty days and renew by themselves.
constexpr auto kCaLife = std::chrono::years{25};
constexpr auto kLeafLife = std::chrono::years{20};

base::WallTime now() {
    return std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
}

// A server shows the authority's certificate too: who joins knows only its fingerprint.
std::string shown(std::string const& certificate, Authority const& ca, bool server) {
    return server ? certificate + ca.certificate : certificate;
}

Status write_certificate(fs::path const& folder, std::string_view name, Authority& ca,
                         trust::PrivateKey const& key, trust::CertificateRequest const& request) {
    auto certificate = trust::issue(ca.key, ca.certificate, key.public_key(), request);
    if (!certificate)
        return tl::make_unexpected(
            base::with_context("certificate of " + request.common_name)(certificate.error()));
    auto const facts = trust::read_certificate(*certificate);
    if (!facts) return tl::make_unexpected(facts.error());
    ca.issued += trust::ledger_line(
        {facts->common_name, facts->serial_hex, facts->not_after, std::nullopt});
    return Steps{}
        .then([&] { return key.save(folder / fmt::format("{}.key", name)); })
        .then([&] {
            return create_file(folder / fmt::format("{}.crt", name),
                               shown(*certificate, ca, request.server), kFileMode);
        })
        .then([&] { return create_file(folder / "ca.crt", ca.certificate, kFileMode); })
        .result();
}

trust::CertificateRequest client_request(std::string common_name) {
    trust::CertificateRequest request;
    request.common_name = std::move(common_name);
    request.not_before = base::WallTime{};
    request.not_after = now() + kLeafLife;
    return request;
}

Status make_tokens(fs::path const& folder, std::string const& homeassistant) {
    auto const password = trust::random_token();
    auto const admin = trust::random_token();
    auto const scrape = trust::random_token();
    std::vector<TokenEntry> const tokens = {
        {"alertmanager", "basic", "alertmanager", {"webhook"}, trust::hash_secret(password)},
        {"admin",
         "bearer",
         "",
         {"read", "act", "scrape", "webhook", "admin"},
         trust::hash_secret(admin)},
        {"scrape", "bearer", "", {"scrape"}, trust::hash_secret(scrape)},
    };
    auto const secrets = fmt::format(
        "# For Alertmanager's webhook (user alertmanager), for people, for Prometheus, and for\n"
        "# Home Assistant at the broker (user homeassistant).\n"
        "alertmanager_password = \"{}\"\n"
        "admin_token = \"{}\"\n"
        "scrape_token = \"{}\"\n"
        "homeassistant_password = \"{}\"\n",
        password, admin, scrape, homeassistant);
    return Steps{}
        .then([&] {
            return create_file(folder / "tokens.toml", tokens_toml(tokens), kSecretMode);
        })
        .then([&] { return create_file(folder / "secrets.toml", secrets, kSecretMode); })
        .result();
}

Status save_pair(fs::path const& folder, std::string_view name, trust::PrivateKey const& key) {
    return Steps{}
        .then([&] { return key.save(folder / fmt::format("{}.key", name)); })
        .then([&] {
            return create_file(folder / fmt::format("{}.pub", name), key.public_key().to_pem(),
                               kFileMode);
        })
        .result();
}

}  // namespace

Result<Authority> make_authority(std::string const& site) {
    auto key = trust::PrivateKey::generate();
    auto certificate = trust::make_ca(key, "Tomte fleet " + site, now() + kCaLife);
    if (!certificate) return tl::make_unexpected(certificate.error());
    return Authority{std::move(key), std::move(*certificate), {}};
}

Result<HostEntry> make_host(FleetFacts const& facts, Authority& ca, PinnedKeys const& pinned,
                            domain::HostId const& host,
                            std::vector<std::string> aliases) {
    fs::path const folder = fs::path{facts.folder} / "hosts" / host.text();
    auto const key = trust::PrivateKey::generate();
    auto const made =
        Steps{}
            .then([&] { return make_folder(folder); })
            .then([&] { return make_folder(folder / "state"); })
            .then([&] {
                return write_certificate(folder, "host", ca, key, client_request(host.text()));
            })
            .then([&] {
                return create_file(folder / "coordinator.pub", pinned.command_pem, kFileMode);
            })
            .then([&] {
                return create_file(folder / "approver.pub", pinned.approver_pem, kFileMode);
            })
            .then([&] {
                return create_file(folder / "agent.toml", agent_toml(facts, host), kFileMode);
            })
            .then([&] {
                return create_file(folder / "hand.toml", hand_toml(facts, host), kFileMode);
            })
            .then([&] {
                return create_file(folder / "policy.toml", policy_toml(facts), kFileMode);
            })
            .result();
    if (!made) return tl::make_unexpected(made.error());
    return HostEntry{host, std::move(aliases), key.public_key().to_pem()};
}

Status make_broker(FleetFacts const& facts, Authority& ca,
                   std::vector<domain::HostId> const& hosts, std::string const& homeassistant) {
    fs::path const folder = fs::path{facts.folder} / "broker";
    auto request = client_request("localhost");
    request.server = true;
    request.dns_names = {"localhost"};
    request.ip_addresses = {"127.0.0.1"};
    if (facts.broker_host != "localhost" && facts.broker_host != "127.0.0.1") {
        bool const is_address =
            facts.broker_host.find_first_not_of("0123456789.") == std::string::npos;
        (is_address ? request.ip_addresses : request.dns_names).push_back(facts.broker_host);
    }
    auto const key = trust::PrivateKey::generate();
    return Steps{}
        .then([&] { return make_folder(folder); })
        .then([&] { return make_folder(folder / "data"); })
        .then([&] { return write_certificate(folder, "server", ca, key, request); })
        .then([&] {
            return create_file(folder / "mosquitto.conf", mosquitto_conf(facts), kFileMode);
        })
        .then([&] {
            // Mosquitto wants nobody else to read it (later versions refuse it otherwise).
            return create_file(folder / "acl", wire::broker_acl(facts.site, hosts), kSecretMode);
        })
        .then([&] {
            return create_file(folder / "passwords",
                               "homeassistant:" + trust::mosquitto_password_hash(homeassistant) +
                                   "\n",
                               kSecretMode);
        })
        .then([&]() -> Status {
            auto const none = trust::make_revocation_list(ca.key, ca.certificate, {}, 1);
            if (!none) return tl::make_unexpected(none.error());
            return create_file(folder / "revoked.pem", *none, kFileMode);
        })
        .result();
}

Status make_operator(fs::path const& folder, trust::PrivateKey const& approver_key) {
    return Steps{}
        .then([&] { return make_folder(folder); })
        .then([&] { return save_pair(folder, "approver", approver_key); })
        .result();
}

Status make_coordinator(InitOptions const& options, Authority& ca,
                        trust::PrivateKey const& command_key, std::string const& approver_pem,
                        std::string const& homeassistant) {
    fs::path const folder = fs::path{options.facts.folder} / "coordinator";
    auto const key = trust::PrivateKey::generate();
    auto const routing = base::read_file(options.routing_file);
    if (!routing)
        return tl::make_unexpected(base::with_context("the shipped routing")(routing.error()));
    return Steps{}
        .then([&] { return ca.key.save(folder / "ca.key"); })
        .then([&] {
            return write_certificate(folder, "coordinator", ca, key,
                                     client_request("@coordinator"));
        })
        .then([&] { return save_pair(folder, "command", command_key); })
        .then([&] { return create_file(folder / "approver.pub", approver_pem, kFileMode); })
        .then([&] { return make_tokens(folder, homeassistant); })
        .then([&] { return create_file(folder / "routing.toml", *routing, kFileMode); })
        .then([&] {
            return create_file(folder / "coordinator.toml", coordinator_toml(options.facts),
                               kFileMode);
        })
        .result();
}

}  // namespace tomte
