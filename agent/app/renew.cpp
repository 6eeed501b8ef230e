#include "agent/app/renew.hpp"

#include <cstdio>
#include <string>
#include <string_view>

#include "agent/adapters/join_channel.hpp"
#include "agent/app/settings.hpp"
#include "common/base/file_writing.hpp"
#include "common/base/files.hpp"
#include "common/trust/certificates.hpp"
#include "common/trust/join_secrets.hpp"
#include "common/trust/requests.hpp"
#include "common/wire/enroll.hpp"

namespace agent {
namespace {

using base::Code;
using base::fail;

// A third of the thirty days that a certificate lives.
constexpr std::chrono::days kRenewBefore{10};

struct Identity {
    base::Settings settings;
    trust::PrivateKey key;
    std::string ca_pem;
    trust::CertificateFacts certificate;
};

base::Result<Identity> load(std::string const& config) {
    auto settings = base::Settings::load(settings_table(), config);
    if (!settings) return tl::make_unexpected(settings.error());
    auto key = trust::PrivateKey::load(settings->text("broker.key"));
    if (!key) return tl::make_unexpected(key.error());
    auto ca = base::read_file(settings->text("broker.ca"));
    if (!ca) return tl::make_unexpected(ca.error());
    auto const pem = base::read_file(settings->text("broker.cert"));
    if (!pem) return tl::make_unexpected(pem.error());
    auto facts = trust::read_certificate(*pem);
    if (!facts) return tl::make_unexpected(facts.error());
    return Identity{*std::move(settings), *std::move(key), *std::move(ca), *std::move(facts)};
}

base::WallTime wall_now() {
    return std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
}

// Ours, for our key, and signed by the pinned authority: whoever answered.
base::Status check(Identity const& identity, std::string const& pem) {
    auto const facts = trust::read_certificate(pem);
    if (!facts) return tl::make_unexpected(facts.error());
    auto const key = trust::certificate_key(pem);
    if (!key) return tl::make_unexpected(key.error());
    if (facts->common_name != identity.certificate.common_name ||
        key->id() != identity.key.public_key().id())
        return fail(Code::denied, "the new certificate is for somebody else");
    return trust::verify_chain(pem, identity.ca_pem, facts->not_before);
}

base::Result<std::string> ask(Identity const& identity) {
    auto const& settings = identity.settings;
    auto const& host = identity.certificate.common_name;
    auto const ca = trust::read_certificate(identity.ca_pem);
    if (!ca) return tl::make_unexpected(ca.error());
    auto request = trust::make_request(identity.key, host);
    if (!request) return request;
    wire::Renewed answer;
    Talk talk{.say_on = wire::enroll_topic(host, wire::EnrollLeaf::renewal),
              .say = *std::move(request),
              .listen_on = wire::enroll_topic(host, wire::EnrollLeaf::renewed),
              .heard = [&](std::string_view text) {
                  auto renewed = wire::decode_renewed(text);
                  if (renewed) answer = *std::move(renewed);
                  return renewed.has_value();
              }};
    JoinDoor const door{settings.text("broker.host"),
                        static_cast<int>(settings.integer("broker.join_port")),
                        std::string{wire::kRenewalUser},
                        trust::renewal_password(ca->fingerprint_hex), settings.text("broker.ca")};
    if (auto talked = converse(door, talk); !talked) return tl::make_unexpected(talked.error());
    if (answer.certificate_pem.empty()) return fail(Code::denied, answer.reason);
    return answer.certificate_pem;
}

base::Status renew(std::string const& config, bool now) {
    auto const identity = load(config);
    if (!identity) return tl::make_unexpected(identity.error());
    auto const& until = identity->certificate.not_after;
    if (!now && wall_now() + kRenewBefore < until) {
        std::printf("the certificate holds until %s: nothing to do\n",
                    base::to_rfc3339(until).c_str());
        return {};
    }
    auto const pem = ask(*identity);
    if (!pem) return tl::make_unexpected(pem.error());
    if (auto ours = check(*identity, *pem); !ours) return ours;
    if (auto kept = base::replace_file(identity->settings.text("broker.cert"), *pem,
                                       base::kPublicMode);
        !kept)
        return kept;
    std::printf("renewed; restart the agent to use it (the package does that by itself)\n");
    return {};
}

}  // namespace

int run_renew(int argc, char const* const* argv) {
    std::string config = "/etc/tomte/agent.toml";
    bool now = false;
    for (int i = 0; i < argc; ++i) {
        std::string_view const word = argv[i];
        if (word == "--now") {
            now = true;
        } else if (word == "--config" && i + 1 < argc) {
            config = argv[++i];
        } else {
            std::fprintf(stderr, "Usage: tomte-agent renew [--config FILE] [--now]\n");
            return word == "--help" ? 0 : 2;
        }
    }
    auto const done = renew(config, now);
    if (done) return 0;
    std::fprintf(stderr, "tomte-agent renew: %s\n", done.error().message.c_str());
    return 1;
}

}  // namespace agent
