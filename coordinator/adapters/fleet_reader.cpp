#include "coordinator/adapters/fleet_reader.hpp"

#include "common/audit/heads.hpp"
#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"
#include "common/wire/topics.hpp"

namespace coordinator {

namespace {

using base::Code;
using base::fail;

base::Status check_signature(trust::Purpose purpose, trust::PublicKey const& key,
                             Delivery const& delivery) {
    if (delivery.signature.empty()) return fail(Code::denied, "not signed");
    return trust::verify_detached(purpose, key, delivery.payload, delivery.signature);
}

// Message types that name their host must name the one whose topic they came on.
template <class Message>
base::Result<Message> decode_from(domain::HostId const& host, std::string_view payload) {
    auto message = wire::decode<Message>(payload);
    if (message && message->host != host)
        return fail(Code::invalid, "speaks for host " + message->host.text());
    return message;
}

HostRecord to_host_record(wire::JournalRecord&& record) {
    HostRecord out{record.seq, record.time, HostNote{}};
    if (auto* signal = std::get_if<domain::Signal>(&record.body)) {
        out.body = std::move(*signal);
    } else if (auto* result = std::get_if<domain::CommandResult>(&record.body)) {
        out.body = std::move(*result);
    } else if (auto* fix = std::get_if<domain::LocalFix>(&record.body)) {
        out.body = std::move(*fix);
    } else {
        auto& note = std::get<wire::NoteRecord>(record.body);
        out.body = HostNote{std::move(note.kind), std::move(note.text)};
    }
    return out;
}

base::Result<Heard> read_birth(domain::HostId const& host, trust::PublicKey const& key,
                               Delivery const& delivery) {
    if (auto ok = check_signature(trust::Purpose::birth, key, delivery); !ok)
        return tl::make_unexpected(ok.error());
    auto birth = decode_from<wire::Birth>(host, delivery.payload);
    if (!birth) return tl::make_unexpected(birth.error());
    if (birth->wire_min > wire::kWireVersion || birth->wire_max < wire::kWireVersion)
        return fail(Code::invalid, "no wire version in common");
    return Heard{Event{HostBorn{host, birth->session, birth->boot_id, birth->version, birth->mode,
                                birth->policy_digest, birth->remedies_digest, birth->capabilities,
                                birth->offers, birth->journal_first, birth->journal_last}}};
}

base::Result<Heard> read_ack(domain::HostId const& host, trust::PublicKey const& key,
                             Delivery const& delivery) {
    if (auto ok = check_signature(trust::Purpose::ack, key, delivery); !ok)
        return tl::make_unexpected(ok.error());
    auto ack = decode_from<wire::Ack>(host, delivery.payload);
    if (!ack) return tl::make_unexpected(ack.error());
    return Heard{Event{CommandAcknowledged{host, ack->id, ack->state, ack->code, ack->detail}}};
}

base::Result<Heard> read_journal(domain::HostId const& host, trust::PublicKey const& key,
                                 Delivery const& delivery) {
    if (auto ok = check_signature(trust::Purpose::journal, key, delivery); !ok)
        return tl::make_unexpected(ok.error());
    auto batch = decode_from<wire::JournalBatch>(host, delivery.payload);
    if (!batch) return tl::make_unexpected(batch.error());
    JournalArrived event{host, {}};
    event.records.reserve(batch->records.size());
    for (auto& record : batch->records) event.records.push_back(to_host_record(std::move(record)));
    return Heard{Event{std::move(event)}};
}

base::Result<Heard> read_head(domain::HostId const& host, trust::PublicKey const& key,
                              Delivery const& delivery) {
    if (auto ok = check_signature(trust::Purpose::chain_head, key, delivery); !ok)
        return tl::make_unexpected(ok.error());
    auto head = wire::decode<wire::ChainHead>(delivery.payload);
    if (!head) return tl::make_unexpected(head.error());
    if (head->of != audit::host_owner(host.text()))
        return fail(Code::invalid, "the head of another journal: " + head->of);
    return Heard{Event{HostHead{host, head->head.seq, head->head.hash,
                                trust::attach(delivery.payload, delivery.signature)}}};
}

base::Result<Heard> read_reported(domain::HostId const& host, std::string_view document,
                                  std::string_view payload) {
    auto reported = wire::decode<wire::Reported>(payload);
    if (!reported) return tl::make_unexpected(reported.error());
    if (reported->document != document)
        return fail(Code::invalid, "another document than the topic's");
    return Heard{Event{DocumentReported{host, reported->document, reported->rev, reported->digest,
                                        reported->applied, reported->reason}}};
}

}  // namespace

base::Result<Heard> read_delivery(std::map<domain::HostId, trust::PublicKey> const& keys,
                                  Delivery const& delivery) {
    auto topic = wire::parse_host_topic(delivery.topic);
    if (!topic) return fail(Code::not_found, "no topic of ours");
    auto known = keys.find(topic->host);
    if (known == keys.end()) return fail(Code::not_found, "host is not in the registry");
    auto const& host = topic->host;
    switch (topic->channel) {
        case wire::Channel::birth:
            return read_birth(host, known->second, delivery);
        case wire::Channel::ack:
            return read_ack(host, known->second, delivery);
        case wire::Channel::journal:
            return read_journal(host, known->second, delivery);
        case wire::Channel::reported:
            if (topic->rest == wire::kChainHeadDocument)
                return read_head(host, known->second, delivery);
            return read_reported(host, topic->rest, delivery.payload);
        case wire::Channel::avail:
            if (delivery.payload != "online" && delivery.payload != "offline")
                return fail(Code::invalid, "neither online nor offline");
            return Heard{Event{HostAvailability{host, delivery.payload == "online"}}};
        case wire::Channel::heartbeat: {
            auto beat = decode_from<wire::AgentHeartbeat>(host, delivery.payload);
            if (!beat) return tl::make_unexpected(beat.error());
            return Heard{Event{HostBeat{host}}};
        }
        case wire::Channel::tele: {
            auto telemetry = decode_from<wire::Telemetry>(host, delivery.payload);
            if (!telemetry) return tl::make_unexpected(telemetry.error());
            if (telemetry->group.group != topic->rest)
                return fail(Code::invalid, "another group than the topic's");
            return Heard{*std::move(telemetry)};
        }
        default:
            return fail(Code::not_found, "a channel the coordinator does not listen to");
    }
}

base::Result<wire::Telemetry> read_cost(Delivery const& delivery, base::WallTime now) {
    auto beat = wire::decode<wire::AgentHeartbeat>(delivery.payload);
    if (!beat) return tl::make_unexpected(beat.error());
    auto number = [](std::int64_t value) { return static_cast<double>(value); };
    return wire::Telemetry{beat->host,
                           now,
                           {"agent",
                            {{"cpu_percent", beat->cpu_percent},
                             {"rss_bytes", number(beat->rss_bytes)},
                             {"written_bytes", number(beat->written_bytes)},
                             {"queue_depth", number(beat->queue_depth)},
                             {"uptime_seconds", number(beat->uptime_ms / 1000)}}}};
}

}  // namespace coordinator
