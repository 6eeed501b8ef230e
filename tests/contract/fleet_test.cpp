// The coordinator's fleet against a real broker, first with a host that says what it likes, then
// with the agent's own link.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <mutex>

#include "common/trust/hash.hpp"
#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"
#include "common/wire/topics.hpp"
#include "coordinator/adapters/paho_fleet.hpp"
#include "tests/contract/link_peer.hpp"

namespace {

using contract::host;
using contract::LinkPeer;
using contract::link_settings;
using contract::sample_command;
using trust::Purpose;
using wire::Channel;

// What the fleet posted, taken from its threads.
class Heard {
  public:
    coordinator::FleetSinks sinks() {
        coordinator::FleetSinks sinks;
        sinks.post = [this](coordinator::Event event) {
            std::lock_guard lock(mutex_);
            events_.push_back(std::move(event));
        };
        sinks.telemetry = [this](wire::Telemetry const& one) {
            std::lock_guard lock(mutex_);
            telemetry_.push_back(one);
        };
        sinks.refused = [this](std::string_view kind) {
            std::lock_guard lock(mutex_);
            refused_.emplace_back(kind);
        };
        return sinks;
    }
    template <class Kind>
    std::vector<Kind> all() {
        std::lock_guard lock(mutex_);
        std::vector<Kind> found;
        for (auto const& event : events_)
            if (auto const* one = std::get_if<Kind>(&event)) found.push_back(*one);
        return found;
    }
    std::vector<std::string> refused() {
        std::lock_guard lock(mutex_);
        return refused_;
    }
    std::vector<wire::Telemetry> telemetry() {
        std::lock_guard lock(mutex_);
        return telemetry_;
    }

  private:
    std::mutex mutex_;
    std::vector<coordinator::Event> events_;
    std::vector<wire::Telemetry> telemetry_;
    std::vector<std::string> refused_;
};

class Fleet : public testing::Test {
  protected:
    coordinator::PahoFleetSettings settings() {
        coordinator::PahoFleetSettings settings{
            .broker_host = "127.0.0.1",
            .broker_port = broker.port(),
            .ca_file = broker.ca_file(),
            .cert_file = broker.coordinator_file("coordinator.crt"),
            .key_file = broker.coordinator_file("coordinator.key"),
            .command_key = broker.command_key(),
            .host_keys = {},
            .remedies_document = wire::encode(wire::RemediesDocument{1, {}})};
        settings.host_keys.emplace(host("alpha"), broker.host_key("alpha").public_key());
        settings.epoch = 3;
        settings.reconnect_min = base::Duration{20};
        settings.reconnect_max = base::Duration{200};
        return settings;
    }
    void start() {
        ASSERT_TRUE(fleet.start());
        ASSERT_TRUE(farm::eventually([&] { return fleet.connected(); }));
    }
    fakes::RawClient alpha() {
        return {broker, broker.host_file("alpha", "host.crt"),
                broker.host_file("alpha", "host.key")};
    }
    std::string topic(Channel channel, std::string_view rest = {}) {
        return wire::host_topic(host("alpha"), channel, rest);
    }
    wire::Birth birth() {
        return {.host = host("alpha"),
                .session = "abcdef0123456789",
                .boot_id = "5d1f3b0c-8a4e-4b57-9f0a-3c2d1e0f9a8b",
                .version = "0.1.0",
                .arch = "x86_64",
                .capabilities = {"script"},
                .offers = {},
                .mode = "auto",
                .policy_digest = std::string(64, 'a'),
                .remedies_digest = std::string(64, 'b'),
                .metric_groups = {"cpu"}};
    }

    fakes::RealBroker broker{{"alpha", "beta"}};
    Heard heard;
    coordinator::PahoFleet fleet{settings(), heard.sinks()};
};

TEST_F(Fleet, Posts_only_what_the_host_signed) {
    start();
    auto voice = alpha();
    auto payload = wire::encode(birth());
    auto foreign = trust::sign_detached(Purpose::birth, trust::PrivateKey::generate(), payload);
    auto genuine = trust::sign_detached(Purpose::birth, broker.host_key("alpha"), payload);
    auto borrowed = trust::sign_detached(Purpose::ack, broker.host_key("alpha"), payload);
    voice.publish(topic(Channel::birth), payload, true);
    voice.publish(topic(Channel::birth), payload, true, foreign);
    voice.publish(topic(Channel::birth), payload, true, borrowed);
    voice.publish(topic(Channel::birth), payload + " ", true, genuine);
    ASSERT_TRUE(farm::eventually([&] { return heard.refused().size() == 4; }));
    EXPECT_EQ(heard.refused(), std::vector<std::string>(4, "denied"));
    EXPECT_TRUE(heard.all<coordinator::HostBorn>().empty());

    voice.publish(topic(Channel::birth), payload, true, genuine);
    ASSERT_TRUE(farm::eventually([&] { return !heard.all<coordinator::HostBorn>().empty(); }));
    EXPECT_EQ(heard.all<coordinator::HostBorn>()[0].session, "abcdef0123456789");
}

TEST_F(Fleet, Does_not_let_a_host_speak_for_another) {
    start();
    auto voice = alpha();
    auto lie = birth();
    lie.host = host("beta");
    auto payload = wire::encode(lie);
    voice.publish(topic(Channel::birth), payload, true,
                  trust::sign_detached(Purpose::birth, broker.host_key("alpha"), payload));
    ASSERT_TRUE(farm::eventually([&] { return !heard.refused().empty(); }));
    EXPECT_EQ(heard.refused()[0], "invalid");
}

TEST_F(Fleet, Does_not_listen_to_a_host_that_is_not_in_the_registry) {
    start();
    fakes::RawClient beta(broker, broker.host_file("beta", "host.crt"),
                          broker.host_file("beta", "host.key"));
    beta.publish(wire::host_topic(host("beta"), Channel::avail), "online");
    ASSERT_TRUE(farm::eventually([&] { return !heard.refused().empty(); }));
    EXPECT_EQ(heard.refused()[0], "not_found");
}

TEST_F(Fleet, Signs_and_sends_everything_the_core_asks_for) {
    auto voice = alpha();
    for (auto channel : {Channel::cmd, Channel::cancel, Channel::welcome, Channel::journal_ack,
                         Channel::desired})
        voice.subscribe(wire::host_filter(host("alpha"), channel));
    voice.subscribe(wire::site_topic("home", wire::SiteChannel::heartbeat));
    voice.subscribe(wire::site_topic("home", wire::SiteChannel::avail));
    voice.subscribe(wire::site_topic("home", wire::SiteChannel::status));
    start();
    auto command = sample_command("alpha");
    fleet.send(coordinator::SendCommand{command});
    fleet.send(coordinator::SendCancel{host("alpha"), command.id, "s", 2, "enough"});
    fleet.send(coordinator::SendWelcome{host("alpha"), "s", 1}, base::wall_from_unix_ms(1000));
    fleet.send(coordinator::AcknowledgeJournal{host("alpha"), 7});
    fleet.send(coordinator::SendRemedies{host("alpha")});
    fleet.beat(base::wall_from_unix_ms(2000), true);
    fleet.tell_status(base::wall_from_unix_ms(3000), "unhealthy", {"no_store: disk full"});
    ASSERT_TRUE(farm::eventually([&] {
        voice.pump();
        return voice.heard.size() >= 8;
    }));
    auto key = broker.command_key().public_key();
    auto read = [&](Purpose purpose, std::string const& at) {
        auto const* one = voice.find(at);
        return one ? trust::verify(purpose, key, one->payload).value_or("") : std::string();
    };
    auto order = wire::decode<domain::Command>(read(Purpose::command, topic(Channel::cmd)));
    ASSERT_TRUE(order) << order.error().message;
    EXPECT_EQ(*order, command);
    auto cancel = wire::decode<wire::Cancel>(read(Purpose::cancel, topic(Channel::cancel)));
    ASSERT_TRUE(cancel);
    EXPECT_EQ(cancel->epoch, 3);
    auto welcome = wire::decode<wire::Welcome>(read(Purpose::welcome, topic(Channel::welcome)));
    ASSERT_TRUE(welcome);
    EXPECT_EQ(welcome->remedies_digest, fleet.remedies_digest());
    auto document = read(Purpose::document, topic(Channel::desired, "remedies"));
    EXPECT_EQ(trust::sha256_hex(document), fleet.remedies_digest());
    auto ack =
        wire::decode<wire::JournalAck>(read(Purpose::journal_ack, topic(Channel::journal_ack)));
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->through_seq, 7);
    auto beat = wire::decode<wire::CoordinatorHeartbeat>(
        read(Purpose::heartbeat, wire::site_topic("home", wire::SiteChannel::heartbeat)));
    ASSERT_TRUE(beat);
    EXPECT_TRUE(beat->no_store);
    auto const* status = voice.find(wire::site_topic("home", wire::SiteChannel::status));
    ASSERT_NE(status, nullptr);
    auto told = wire::decode<wire::CoordinatorStatus>(status->payload);
    ASSERT_TRUE(told) << told.error().message;
    EXPECT_EQ(told->state, "unhealthy");
    EXPECT_EQ(told->reasons, std::vector<std::string>{"no_store: disk full"});
    EXPECT_EQ(voice.find(wire::site_topic("home", wire::SiteChannel::avail))->payload, "online");
}

TEST_F(Fleet, Loses_nothing_of_a_burst) {
    auto voice = alpha();
    voice.subscribe(wire::host_filter(host("alpha"), Channel::journal_ack));
    start();
    constexpr int kBurst = 2'000;
    for (int i = 1; i <= kBurst; ++i) fleet.send(coordinator::AcknowledgeJournal{host("alpha"), i});
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (voice.heard.size() < kBurst && std::chrono::steady_clock::now() < end) voice.pump();
    EXPECT_EQ(voice.heard.size(), static_cast<std::size_t>(kBurst));
}

// Nagle's algorithm turns an acknowledgement followed by a message into a pause of 44 ms.
TEST_F(Fleet, Sends_without_delay) {
    start();
    int found = 0;
    for (int fd = 0; fd < 256; ++fd) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
        if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != broker.port()) continue;
        int on = 0;
        size = sizeof on;
        ::getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &size);
        EXPECT_EQ(on, 1);
        ++found;
    }
    EXPECT_EQ(found, 1);
}

TEST_F(Fleet, Stops_at_once_while_a_broker_does_not_answer) {
    broker.stop();
    contract::Mute mute(broker.port());
    ASSERT_TRUE(fleet.start());
    ASSERT_TRUE(farm::eventually([&] { return mute.was_called(); }));
    auto before = std::chrono::steady_clock::now();
    fleet.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds{8});
}

TEST_F(Fleet, Says_goodbye_when_it_stops) {
    auto voice = alpha();
    voice.subscribe(wire::site_topic("home", wire::SiteChannel::avail));
    start();
    ASSERT_TRUE(farm::eventually([&] {
        voice.pump();
        return !voice.heard.empty();
    }));
    fleet.stop();
    ASSERT_TRUE(farm::eventually([&] {
        voice.pump();
        return voice.heard.back().payload == "offline";
    }));
    EXPECT_FALSE(fleet.connected());
}

TEST_F(Fleet, Starts_without_a_broker_and_comes_back_after_every_loss) {
    broker.stop();
    ASSERT_TRUE(fleet.start());
    fleet.send(coordinator::SendCommand{sample_command("alpha")});  // dropped, not kept
    EXPECT_FALSE(fleet.connected());
    for (int round = 0; round < 2; ++round) {
        broker.start();
        ASSERT_TRUE(farm::eventually([&] { return fleet.connected(); }));
        broker.stop();
        ASSERT_TRUE(farm::eventually([&] { return !fleet.connected(); }));
    }
    broker.start();
    ASSERT_TRUE(farm::eventually([&] { return fleet.connected(); }));
    auto voice = alpha();
    voice.publish(topic(Channel::avail), "online", true);
    EXPECT_TRUE(
        farm::eventually([&] { return !heard.all<coordinator::HostAvailability>().empty(); }));
}

TEST_F(Fleet, Carries_an_order_to_the_agents_link_and_the_proof_back) {
    LinkPeer peer{link_settings(broker, "alpha")};
    start();
    ASSERT_TRUE(peer.link.start());
    ASSERT_TRUE(peer.until_one<agent::LinkUp>());
    peer.link.publish(birth(), {});
    ASSERT_TRUE(peer.until([&] { return !heard.all<coordinator::HostBorn>().empty(); }));

    fleet.send(coordinator::SendWelcome{host("alpha"), "abcdef0123456789", 1},
               base::wall_from_unix_ms(1'000));
    ASSERT_TRUE(peer.until_one<agent::WelcomeArrived>());
    auto command = sample_command("alpha");
    fleet.send(coordinator::SendCommand{command});
    ASSERT_TRUE(peer.until_one<agent::CommandArrived>());

    peer.link.publish(wire::Ack{.host = host("alpha"),
                                .id = command.id,
                                .session = "abcdef0123456789",
                                .detail = ""},
                      {});
    ASSERT_TRUE(peer.until([&] { return !heard.all<coordinator::CommandAcknowledged>().empty(); }));
    EXPECT_EQ(heard.all<coordinator::CommandAcknowledged>()[0].id, command.id);

    auto result = contract::sample_result(command.id, domain::CommandState::succeeded);
    ASSERT_TRUE(peer.link.send_batch({contract::sample_record(1, result)}));
    ASSERT_TRUE(peer.until([&] { return !heard.all<coordinator::JournalArrived>().empty(); }));
    auto record = heard.all<coordinator::JournalArrived>()[0].records.at(0);
    EXPECT_EQ(std::get<domain::CommandResult>(record.body), result);

    fleet.send(coordinator::AcknowledgeJournal{host("alpha"), 1});
    ASSERT_TRUE(peer.until_one<agent::JournalAcknowledged>());

    domain::ReadingGroup cpu{"cpu", {{"load1", 1.5}}};
    peer.link.publish(wire::Telemetry{host("alpha"), base::wall_from_unix_ms(5), cpu}, {});
    ASSERT_TRUE(peer.until([&] { return !heard.telemetry().empty(); }));
    EXPECT_EQ(heard.telemetry()[0].group.readings[0].value, 1.5);
    EXPECT_TRUE(heard.refused().empty());
}

}  // namespace
