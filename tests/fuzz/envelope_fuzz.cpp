// Bytes from the broker to a host's decision: as they came, as an envelope, and as the payload of a
// genuine one, so that what lies behind the signature is reached too.
#include "agent/adapters/link_messages.hpp"
#include "agent/core/agent.hpp"
#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"
#include "tests/fuzz/target.hpp"

namespace {

domain::HostId host() { return *domain::HostId::parse("nexus"); }

void decide(std::optional<agent::Event> const& event) {
    if (!event) return;
    agent::Agent core{{.host = host()}};
    base::Time const now{base::BootTime{base::Duration{1'000}}, {}, true};
    core.step(now, agent::Started{"session", "boot", 0, 0, {}});
    core.step(now, agent::LinkUp{});
    core.step(now, *event);
}

}  // namespace

TOMTE_FUZZ_TARGET(envelope) {
    static auto const key = trust::PrivateKey::generate();
    static auto const pub = key.public_key();
    static std::vector<trust::PublicKey> const approvers{pub};
    agent::Believed const believed{pub, approvers};
    if (data.empty()) return;
    auto const payload = data.substr(1);
    struct Way {
        char const* topic;
        trust::Purpose purpose;
    };
    static constexpr Way kWays[] = {
        {"tomte/v1/host/nexus/cmd", trust::Purpose::command},
        {"tomte/v1/host/nexus/cancel", trust::Purpose::cancel},
        {"tomte/v1/host/nexus/welcome", trust::Purpose::welcome},
        {"tomte/v1/host/nexus/journal/ack", trust::Purpose::journal_ack},
        {"tomte/v1/host/nexus/desired/remedies", trust::Purpose::document},
        {"tomte/v1/host/nexus/press/backup", trust::Purpose::command},
        {"tomte/v1/site/home/coordinator/heartbeat", trust::Purpose::heartbeat},
        {"tomte/v1/site/home/freeze", trust::Purpose::freeze},
    };
    auto const& way = kWays[static_cast<unsigned char>(data[0]) % std::size(kWays)];
    agent::LinkDelivery raw{
        .topic = way.topic, .payload = payload, .fallback_id = "press-12345678"};
    decide(agent::read_delivery(host(), "home", believed, raw));
    auto const sealed = trust::sign(way.purpose, key, payload);
    raw.payload = sealed;
    decide(agent::read_delivery(host(), "home", believed, raw));
}
