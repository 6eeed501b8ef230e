#include "agent/adapters/link_messages.hpp"

#include <algorithm>

#include "common/base/check.hpp"
#include "common/base/json.hpp"
#include "common/command/classify.hpp"
#include "common/remedy/hash.hpp"
#include "common/trust/freeze.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"
#include "common/wire/topics.hpp"

namespace agent {

namespace {

constexpr std::size_t kBatchBytes = 32 * 1024;
constexpr std::size_t kRecordBytesMax = 160 * 1024;  // far below the broker's packet limit

Event refused(std::string_view channel, domain::ResultCode code, std::string reason) {
    return DeliveryRefused{std::string(channel), code, std::move(reason)};
}

// Signature, then parse, then the event; each failure with its own code.
template <class Read, class Make>
Event verified(std::string_view channel, trust::Purpose purpose, trust::PublicKey const& key,
               std::string_view payload, Read read, Make make) {
    auto content = trust::verify(purpose, key, payload);
    if (!content)
        return refused(channel, domain::ResultCode::bad_signature, content.error().message);
    auto message = read(*content);
    if (!message)
        return refused(channel, domain::ResultCode::bad_arguments, message.error().message);
    return make(*std::move(message));
}

Lane lane_of(domain::Command const& command) {
    auto const* line = std::get_if<domain::LineOrder>(&command.order);
    if (line == nullptr) return Lane::fix;
    return command::classify(line->line).lane == command::Lane::read ? Lane::read : Lane::fix;
}

std::optional<Event> read_host_delivery(wire::HostTopic const& topic, trust::PublicKey const& key,
                                        LinkDelivery const& delivery) {
    auto const& payload = delivery.payload;
    switch (topic.channel) {
        case wire::Channel::cmd:
            return verified("cmd", trust::Purpose::command, key, payload,
                            wire::decode<domain::Command>, [&](domain::Command command) -> Event {
                                auto hash = command_body_hash(command);
                                auto lane = lane_of(command);
                                return CommandArrived{std::move(command), std::move(hash),
                                                      std::string(payload), lane,
                                                      delivery.retained};
                            });
        case wire::Channel::cancel:
            return verified("cancel", trust::Purpose::cancel, key, payload,
                            wire::decode<wire::Cancel>, [&](wire::Cancel cancel) -> Event {
                                return CancelArrived{std::move(cancel), std::string(payload)};
                            });
        case wire::Channel::welcome:
            return verified("welcome", trust::Purpose::welcome, key, payload,
                            wire::decode<wire::Welcome>, [&](wire::Welcome welcome) -> Event {
                                return WelcomeArrived{std::move(welcome), std::string(payload)};
                            });
        case wire::Channel::journal_ack:
            return verified("journal/ack", trust::Purpose::journal_ack, key, payload,
                            wire::decode<wire::JournalAck>, [&](wire::JournalAck ack) -> Event {
                                if (ack.host != topic.host)
                                    return refused("journal/ack", domain::ResultCode::wrong_target,
                                                   "for host " + ack.host.text());
                                return JournalAcknowledged{ack.through_seq};
                            });
        case wire::Channel::desired: {
            auto document = read_document(topic.rest, key, payload);
            if (document) return *std::move(document);
            bool const forged = document.error().code == base::Code::denied;
            return refused("desired",
                           forged ? domain::ResultCode::bad_signature
                                  : domain::ResultCode::bad_arguments,
                           document.error().message);
        }
        case wire::Channel::press: {
            auto press = wire::decode_press(topic.rest, payload, delivery.fallback_id);
            if (!press)
                return refused("press", domain::ResultCode::bad_arguments, press.error().message);
            return PressArrived{*std::move(press), delivery.retained};
        }
        default:
            return std::nullopt;
    }
}

Event read_freeze(std::string_view site, Believed const& believed, std::string_view payload) {
    constexpr std::string_view kChannel = "freeze";
    auto const opened = trust::open_freeze(believed.coordinator, believed.approvers, payload);
    if (!opened)
        return refused(kChannel, domain::ResultCode::bad_signature, opened.error().message);
    auto const freeze = wire::decode<wire::Freeze>(opened->payload);
    if (!freeze)
        return refused(kChannel, domain::ResultCode::bad_arguments, freeze.error().message);
    if (freeze->frozen == opened->thaw)
        return refused(kChannel, domain::ResultCode::bad_arguments,
                       "it was signed as the other of freeze and thaw");
    if (freeze->site != site)
        return refused(kChannel, domain::ResultCode::wrong_target, "for site " + freeze->site);
    return FreezeArrived{std::string(payload)};
}

std::optional<Event> read_site_delivery(wire::SiteTopic const& topic, Believed const& believed,
                                        LinkDelivery const& delivery) {
    auto const& payload = delivery.payload;
    switch (topic.channel) {
        case wire::SiteChannel::heartbeat:
            return verified("coordinator/heartbeat", trust::Purpose::heartbeat,
                            believed.coordinator, payload,
                            wire::decode<wire::CoordinatorHeartbeat>,
                            [&](wire::CoordinatorHeartbeat beat) -> Event {
                                return CoordinatorBeat{std::move(beat), std::string(payload)};
                            });
        case wire::SiteChannel::freeze: return read_freeze(topic.site, believed, payload);
        default: return std::nullopt;
    }
}

std::uint32_t seconds(base::Duration duration) {
    auto count = std::chrono::ceil<std::chrono::seconds>(duration).count();
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(count, 1, 1 << 30));
}

struct Writer {
    domain::HostId const& host;
    trust::PrivateKey const& key;
    base::Duration telemetry_expiry;

    Outgoing plain(wire::Channel channel, std::string payload, int qos, bool retain,
                   std::uint32_t expiry_s, std::string_view rest = {}) const {
        auto topic = wire::host_topic(host, channel, rest);
        return {std::move(topic), std::move(payload), {}, qos, retain, expiry_s};
    }
    Outgoing sealed(trust::Purpose purpose, Outgoing out) const {
        out.signature = trust::sign_detached(purpose, key, out.payload);
        return out;
    }

    Outgoing operator()(PublishAvail const& avail) const {
        return plain(wire::Channel::avail, avail.online ? "online" : "offline", 1, true, 0);
    }
    Outgoing operator()(wire::Birth const& birth) const {
        return sealed(trust::Purpose::birth,
                      plain(wire::Channel::birth, wire::encode(birth), 1, true, 0));
    }
    Outgoing operator()(wire::AgentHeartbeat const& beat) const {
        return plain(wire::Channel::heartbeat, wire::encode(beat), 0, false, 60);
    }
    Outgoing operator()(wire::Telemetry const& telemetry) const {
        return plain(wire::Channel::tele, wire::encode(telemetry), 0, false,
                     seconds(telemetry_expiry), telemetry.group.group);
    }
    Outgoing operator()(wire::Ack const& ack) const {
        return sealed(trust::Purpose::ack,
                      plain(wire::Channel::ack, wire::encode(ack), 1, false, 600));
    }
    Outgoing operator()(wire::Reported const& reported) const {
        return plain(wire::Channel::reported, wire::encode(reported), 1, true, 0,
                     reported.document);
    }
    // The loop does not know whose journal it is; the key's holder does.
    Outgoing operator()(wire::ChainHead head) const {
        head.of = "host/" + host.text();
        return sealed(trust::Purpose::chain_head,
                      plain(wire::Channel::reported, wire::encode(head), 1, true, 0,
                            wire::kChainHeadDocument));
    }
    Outgoing operator()(PublishResult const& publish) const {
        return sealed(trust::Purpose::result,
                      plain(wire::Channel::result, wire::encode(publish.result), 1, true,
                            seconds(publish.expiry), publish.result.id));
    }
    Outgoing operator()(PublishEvent const& event) const {
        base::json::Writer json;
        json.begin_object()
            .member("v", wire::kWireVersion)
            .member("event_type", event.type)
            .member("text", event.text)
            .end_object();
        return plain(wire::Channel::event, json.take(), 1, false, 24 * 3600);
    }
};

// Outputs are the only part of a record that can be large; the longest loses its second half until
// the record fits. A multi-byte character cut in two is repaired by the writer.
wire::JournalRecord shortened(wire::JournalRecord record) {
    auto* result = std::get_if<domain::CommandResult>(&record.body);
    if (result == nullptr) return record;
    while (wire::encode(record).size() > kRecordBytesMax) {
        auto longest = std::max_element(
            result->steps.begin(), result->steps.end(),
            [](auto const& a, auto const& b) { return a.output.size() < b.output.size(); });
        if (longest == result->steps.end() || longest->output.size() < 64) break;
        longest->output.resize(longest->output.size() / 2);
    }
    return record;
}

}  // namespace

std::string command_body_hash(domain::Command command) {
    command.session.clear();
    command.counter = 0;
    command.epoch = 0;
    command.issued_at = {};
    return trust::sha256_hex(wire::encode(command));
}

base::Result<DocumentArrived> read_document(std::string const& name, trust::PublicKey const& key,
                                            std::string_view jws) {
    auto const content = trust::verify(trust::Purpose::document, key, jws);
    if (!content) return base::fail(base::Code::denied, content.error().message);
    DocumentArrived document{name, std::string{jws}};
    if (name == "remedies") {
        auto parsed = wire::decode<wire::RemediesDocument>(*content);
        if (!parsed) return tl::make_unexpected(parsed.error());
        document.remedies = std::move(parsed->remedies);
        for (auto& remedy : document.remedies) remedy.hash = remedy::content_hash(remedy);
    } else if (name == "lease") {
        auto parsed = wire::decode<domain::Lease>(*content);
        if (!parsed) return tl::make_unexpected(parsed.error());
        document.lease = std::move(*parsed);
    }
    return document;
}

std::optional<Event> read_delivery(domain::HostId const& host, std::string_view site,
                                   Believed const& believed, LinkDelivery const& delivery) {
    if (auto topic = wire::parse_host_topic(delivery.topic)) {
        if (topic->host != host) return std::nullopt;
        return read_host_delivery(*topic, believed.coordinator, delivery);
    }
    if (auto topic = wire::parse_site_topic(delivery.topic)) {
        if (topic->site != site) return std::nullopt;
        return read_site_delivery(*topic, believed, delivery);
    }
    return std::nullopt;
}

Outgoing write_message(domain::HostId const& host, trust::PrivateKey const& host_key,
                       base::Duration telemetry_expiry, Message const& message) {
    return std::visit(Writer{host, host_key, telemetry_expiry}, message);
}

OutgoingBatch write_batch(domain::HostId const& host, trust::PrivateKey const& host_key,
                          std::vector<wire::JournalRecord> const& records) {
    CHECK(!records.empty());
    wire::JournalBatch batch{host, {}};
    std::size_t bytes = 0;
    for (auto const& record : records) {
        bytes += wire::encode(record).size() + 1;
        if (!batch.records.empty() && bytes > kBatchBytes) break;
        batch.records.push_back(bytes > kRecordBytesMax ? shortened(record) : record);
        if (bytes > kBatchBytes) break;
    }
    OutgoingBatch made;
    made.through_seq = batch.records.back().seq;
    made.out.topic = wire::host_topic(host, wire::Channel::journal);
    made.out.payload = wire::encode(batch);
    made.out.signature = trust::sign_detached(trust::Purpose::journal, host_key, made.out.payload);
    made.out.expiry_s = 3600;
    return made;
}

}  // namespace agent
