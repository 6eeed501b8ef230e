// What hosts publish, at the coordinator: any topic, any payload, signed and not.
#include "common/trust/jws.hpp"
#include "common/wire/topics.hpp"
#include "coordinator/adapters/event_codec.hpp"
#include "coordinator/adapters/fleet_reader.hpp"
#include "tests/fuzz/target.hpp"

TOMTE_FUZZ_TARGET(delivery) {
    static auto const key = trust::PrivateKey::generate();
    static std::map<domain::HostId, trust::PublicKey> const keys{
        {*domain::HostId::parse("nexus"), key.public_key()}};
    auto const end = data.find('\n');
    auto const topic = data.substr(0, end);
    auto const payload = end == data.npos ? std::string_view{} : data.substr(end + 1);
    (void)wire::parse_site_topic(topic);
    (void)coordinator::read_delivery(keys, {topic, payload, ""});
    (void)coordinator::read_delivery(keys, {topic, payload, payload});
    for (auto const purpose : {trust::Purpose::birth, trust::Purpose::ack, trust::Purpose::journal,
                               trust::Purpose::chain_head}) {
        auto const signature = trust::sign_detached(purpose, key, payload);
        auto const heard = coordinator::read_delivery(keys, {topic, payload, signature});
        if (!heard) continue;
        auto const* event = std::get_if<coordinator::Event>(&*heard);
        if (event == nullptr) continue;
        // What is taken must survive the journal.
        auto const text = coordinator::encode_event(*event);
        auto const back = coordinator::decode_event(coordinator::event_kind(*event), text);
        fuzz::must(back.has_value() && coordinator::encode_event(*back) == text);
    }
}
