// The agent's link against a real broker: what it says, what it believes, and how it comes back.
#include <gtest/gtest.h>

#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"
#include "common/wire/topics.hpp"
#include "tests/contract/link_peer.hpp"

namespace {

using contract::host;
using contract::LinkPeer;
using contract::link_settings;
using contract::sample_command;
using contract::sample_record;
using contract::sample_result;
using trust::Purpose;
using wire::Channel;

class Link : public testing::Test {
  protected:
    void connect() {
        ASSERT_TRUE(peer.link.start());
        ASSERT_TRUE(peer.until_one<agent::LinkUp>());
    }
    // The coordinator's voice, free to say what the real one never would.
    fakes::RawClient coordinator() {
        return {broker, broker.coordinator_file("coordinator.crt"),
                broker.coordinator_file("coordinator.key")};
    }
    std::string order(domain::Command const& command) const {
        return trust::sign(Purpose::command, broker.command_key(), wire::encode(command));
    }

    fakes::RealBroker broker{{"alpha", "beta"}};
    std::string cmd = wire::host_topic(host("alpha"), Channel::cmd);
    LinkPeer peer{link_settings(broker, "alpha")};
};

TEST_F(Link, Delivers_a_signed_command_with_its_hash_and_lane) {
    connect();
    auto voice = coordinator();
    auto command = sample_command("alpha");
    auto envelope = order(command);
    ASSERT_EQ(voice.publish(cmd, envelope), 0);
    ASSERT_TRUE(peer.until_one<agent::CommandArrived>());
    auto const& arrived = *peer.last<agent::CommandArrived>();
    EXPECT_EQ(arrived.command, command);
    EXPECT_EQ(arrived.jws, envelope);
    EXPECT_EQ(arrived.lane, agent::Lane::read);
    EXPECT_FALSE(arrived.retained);

    // Sent again in the next session: another envelope, the same order.
    command.session = "ffeeddccbbaa99887766554433221100";
    command.counter = 2;
    command.issued_at += base::Duration{5};
    auto hash = arrived.body_hash;
    ASSERT_EQ(voice.publish(cmd, order(command)), 0);
    ASSERT_TRUE(peer.until([&] { return peer.count<agent::CommandArrived>() == 2; }));
    EXPECT_EQ(peer.last<agent::CommandArrived>()->body_hash, hash);

    command.order = domain::LineOrder{"uptime"};
    ASSERT_EQ(voice.publish(cmd, order(command)), 0);
    ASSERT_TRUE(peer.until([&] { return peer.count<agent::CommandArrived>() == 3; }));
    EXPECT_NE(peer.last<agent::CommandArrived>()->body_hash, hash);
}

TEST_F(Link, Passes_on_a_freeze_of_the_coordinator_and_a_thaw_of_an_approver_only) {
    auto const approver = trust::PrivateKey::generate();
    auto settings = link_settings(broker, "alpha");
    settings.approver_keys = {trust::PrivateKey::generate().public_key(), approver.public_key()};
    LinkPeer told{std::move(settings)};
    ASSERT_TRUE(told.link.start());
    ASSERT_TRUE(told.until_one<agent::LinkUp>());
    auto voice = coordinator();
    auto const topic = wire::site_topic("home", wire::SiteChannel::freeze);
    auto const say = [&](wire::Freeze const& freeze, Purpose purpose,
                         trust::PrivateKey const& key) {
        ASSERT_EQ(voice.publish(topic, trust::sign(purpose, key, wire::encode(freeze))), 0);
    };
    say({"home", 1, true, "", ""}, Purpose::freeze, broker.command_key());
    ASSERT_TRUE(told.until([&] { return told.count<agent::FreezeArrived>() == 1; }));
    say({"home", 2, false, "", ""}, Purpose::thaw, approver);
    ASSERT_TRUE(told.until([&] { return told.count<agent::FreezeArrived>() == 2; }));

    say({"home", 3, false, "", ""}, Purpose::thaw, broker.command_key());
    say({"home", 3, false, "", ""}, Purpose::freeze, broker.command_key());
    say({"home", 3, false, "", ""}, Purpose::thaw, trust::PrivateKey::generate());
    say({"cabin", 3, false, "", ""}, Purpose::thaw, approver);
    ASSERT_TRUE(told.until([&] { return told.count<agent::DeliveryRefused>() == 4; }));
    EXPECT_EQ(told.count<agent::FreezeArrived>(), 2);
    EXPECT_EQ(told.last<agent::DeliveryRefused>()->code, domain::ResultCode::wrong_target);
}

TEST_F(Link, Marks_a_command_that_was_published_retained) {
    connect();
    auto voice = coordinator();
    ASSERT_EQ(voice.publish(cmd, order(sample_command("alpha")), true), 0);
    ASSERT_TRUE(peer.until_one<agent::CommandArrived>());
    EXPECT_TRUE(peer.last<agent::CommandArrived>()->retained);
    voice.publish(cmd, "", true);
}

TEST_F(Link, Is_not_given_a_command_that_lay_retained_before_it_came) {
    auto voice = coordinator();
    voice.publish(cmd, order(sample_command("alpha")), true);
    auto beat = trust::sign(Purpose::heartbeat, broker.command_key(),
                            wire::encode(wire::CoordinatorHeartbeat{"home", {}, 1, false}));
    connect();
    // Whatever was stored would come before this. Said until it is heard: LinkUp does not wait for
    // the broker to have taken the subscriptions.
    auto topic = wire::site_topic("home", wire::SiteChannel::heartbeat);
    ASSERT_TRUE(peer.until([&] {
        voice.publish(topic, beat);
        return peer.last<agent::CoordinatorBeat>() != nullptr;
    }));
    EXPECT_EQ(peer.count<agent::CommandArrived>(), 0);
}

TEST_F(Link, Refuses_what_is_tampered_with_or_signed_by_another_key) {
    connect();
    auto voice = coordinator();
    auto tampered = order(sample_command("alpha"));
    auto at = tampered.find('.') + 10;
    tampered[at] = tampered[at] == 'A' ? 'B' : 'A';
    auto foreign = trust::sign(Purpose::command, trust::PrivateKey::generate(),
                               wire::encode(sample_command("alpha")));
    // A genuine signature of the coordinator, but given for something else.
    auto borrowed = trust::sign(Purpose::cancel, broker.command_key(),
                                wire::encode(sample_command("alpha")));
    int refused = 0;
    for (auto const& envelope : {tampered, foreign, borrowed, std::string("{}"), std::string()}) {
        ASSERT_EQ(voice.publish(cmd, envelope), 0);
        ++refused;
        ASSERT_TRUE(peer.until([&] { return peer.count<agent::DeliveryRefused>() == refused; }));
        EXPECT_EQ(peer.last<agent::DeliveryRefused>()->code, domain::ResultCode::bad_signature);
    }
    EXPECT_EQ(peer.count<agent::CommandArrived>(), 0);
}

TEST_F(Link, Refuses_a_signed_command_with_a_key_it_does_not_know) {
    connect();
    auto voice = coordinator();
    auto body = wire::encode(sample_command("alpha"));
    body.insert(1, "\"surprise\":1,");
    ASSERT_EQ(voice.publish(cmd, trust::sign(Purpose::command, broker.command_key(), body)), 0);
    ASSERT_TRUE(peer.until_one<agent::DeliveryRefused>());
    EXPECT_EQ(peer.last<agent::DeliveryRefused>()->code, domain::ResultCode::bad_arguments);
}

TEST_F(Link, Speaks_with_the_hosts_signature) {
    auto voice = coordinator();
    voice.subscribe(wire::any_host_filter(Channel::ack));
    voice.subscribe(wire::any_host_filter(Channel::result));
    connect();
    peer.link.publish(wire::Ack{.host = host("alpha"),
                                .id = "01HZY3V7Q4J5K6M7N8P9QRSTVW",
                                .session = "0123456789abcdef",
                                .detail = ""},
                      {});
    auto result = sample_result("01HZY3V7Q4J5K6M7N8P9QRSTVW", domain::CommandState::running);
    peer.link.publish(agent::PublishResult{result, base::Duration{60'000}}, {});
    auto ack = wire::host_topic(host("alpha"), Channel::ack);
    auto told = wire::host_topic(host("alpha"), Channel::result, result.id);
    ASSERT_TRUE(peer.until([&] {
        voice.pump();
        return voice.find(ack) && voice.find(told);
    }));
    auto key = broker.host_key("alpha").public_key();
    EXPECT_TRUE(trust::verify_detached(Purpose::ack, key, voice.find(ack)->payload,
                                       voice.find(ack)->signature));
    EXPECT_TRUE(trust::verify_detached(Purpose::result, key, voice.find(told)->payload,
                                       voice.find(told)->signature));
}

TEST_F(Link, Sends_the_journal_in_batches_and_hears_that_it_was_taken) {
    auto voice = coordinator();
    voice.subscribe(wire::any_host_filter(Channel::journal));
    connect();
    std::vector<wire::JournalRecord> records;
    for (int i = 1; i <= 40; ++i)
        records.push_back(sample_record(i, wire::NoteRecord{"note", std::string(1500, 'x')}));
    auto through = peer.link.send_batch(records);
    ASSERT_TRUE(through);
    EXPECT_GT(*through, 1);
    EXPECT_LT(*through, 40);
    auto topic = wire::host_topic(host("alpha"), Channel::journal);
    ASSERT_TRUE(peer.until([&] {
        voice.pump();
        return voice.find(topic) != nullptr;
    }));
    auto const& heard = *voice.find(topic);
    EXPECT_LE(heard.payload.size(), 33'000U);
    EXPECT_TRUE(trust::verify_detached(Purpose::journal, broker.host_key("alpha").public_key(),
                                       heard.payload, heard.signature));
    auto batch = wire::decode<wire::JournalBatch>(heard.payload);
    ASSERT_TRUE(batch) << batch.error().message;
    EXPECT_EQ(batch->records.back().seq, *through);

    auto ack = trust::sign(Purpose::journal_ack, broker.command_key(),
                           wire::encode(wire::JournalAck{host("alpha"), *through}));
    voice.publish(wire::host_topic(host("alpha"), Channel::journal_ack), ack);
    ASSERT_TRUE(peer.until_one<agent::JournalAcknowledged>());
    EXPECT_EQ(peer.last<agent::JournalAcknowledged>()->through_seq, *through);
}

TEST_F(Link, Leaves_a_will_that_says_offline) {
    auto voice = coordinator();
    voice.subscribe(wire::any_host_filter(Channel::avail));
    {
        LinkPeer doomed{link_settings(broker, "beta")};
        ASSERT_TRUE(doomed.link.start());
        ASSERT_TRUE(doomed.until_one<agent::LinkUp>());
        doomed.link.publish(agent::PublishAvail{true}, {});
        ASSERT_TRUE(doomed.until([&] {
            voice.pump();
            return !voice.heard.empty();
        }));
        EXPECT_EQ(voice.heard.back().payload, "online");
        ::shutdown(doomed.link.fd(), SHUT_RDWR);  // the cable, not a goodbye
    }
    ASSERT_TRUE(farm::eventually([&] {
        voice.pump();
        return voice.heard.back().payload == "offline";
    }));
}

TEST_F(Link, Cannot_be_spoken_to_by_another_host) {
    connect();
    fakes::RawClient beta(broker, broker.host_file("beta", "host.crt"),
                          broker.host_file("beta", "host.key"));
    EXPECT_EQ(beta.publish(cmd, order(sample_command("alpha"))), 135);
    EXPECT_EQ(beta.publish(wire::host_topic(host("alpha"), Channel::journal), "{}"), 135);
    EXPECT_EQ(beta.publish(wire::host_topic(host("beta"), Channel::event), "{}"), 16);
}

TEST_F(Link, Comes_back_by_itself_after_the_broker_did) {
    connect();
    broker.stop();
    ASSERT_TRUE(peer.until_one<agent::LinkDown>());
    EXPECT_EQ(peer.link.send_batch({sample_record(1, wire::NoteRecord{"note", "x"})}).error().code,
              base::Code::unavailable);
    broker.start();
    ASSERT_TRUE(peer.until([&] { return peer.count<agent::LinkUp>() == 2; }));
    auto voice = coordinator();
    ASSERT_EQ(voice.publish(cmd, order(sample_command("alpha"))), 0);
    EXPECT_TRUE(peer.until_one<agent::CommandArrived>());
}

TEST_F(Link, Waits_for_a_broker_that_is_away_at_the_start_without_spinning) {
    broker.stop();
    ASSERT_TRUE(peer.link.start());
    base::BootTime now{base::Duration{1'000'000}};
    int tries = 0;
    for (int i = 0; i < 50; ++i) {
        peer.link.service(now);
        EXPECT_LT(peer.link.fd(), 0);
        auto wait = peer.link.wait();
        EXPECT_GT(wait.count(), 0) << "asked to be called again at once";
        now += wait;
        ++tries;
    }
    EXPECT_EQ(tries, 50);
    EXPECT_EQ(peer.events.size(), 0U);
}

TEST_F(Link, Tries_an_address_that_is_not_its_own_machines_without_waiting_for_it) {
    auto settings = link_settings(broker, "beta");
    settings.broker_host = "LOCALHOST";  // the same place, but not known as such
    LinkPeer far{settings};
    ASSERT_TRUE(far.link.start());
    EXPECT_TRUE(far.until_one<agent::LinkUp>());
    broker.stop();
    EXPECT_TRUE(far.until_one<agent::LinkDown>());
    broker.start();
    EXPECT_TRUE(far.until([&] { return far.count<agent::LinkUp>() == 2; }));
}

struct Rival {
    explicit Rival(agent::MosquittoLinkSettings given) : peer(std::move(given)) {}
    LinkPeer peer;
    base::BootTime clock{};  // its own, and only moved by its own pauses
    base::Duration longest{};
    // Until so many events of a kind were told; no pause is really waited for.
    template <class Kind>
    bool until(int count) {
        return farm::eventually([&] {
            peer.link.service(clock);
            if (peer.count<Kind>() >= count) return true;
            if (peer.link.fd() < 0) {
                longest = std::max(longest, peer.link.wait());
                clock += peer.link.wait();
                peer.link.service(clock);
            }
            return false;
        });
    }
};

// Two agents with one id throw each other out. Each must come back later and later.
TEST_F(Link, Gives_way_when_a_second_agent_carries_its_hosts_id) {
    auto settings = link_settings(broker, "alpha");
    settings.reconnect_max = base::Duration{3'600'000};
    Rival first(settings);
    Rival second(settings);
    ASSERT_TRUE(first.peer.link.start());
    ASSERT_TRUE(second.peer.link.start());
    for (int round = 1; round <= 12; ++round) {
        ASSERT_TRUE(first.until<agent::LinkUp>(round));
        ASSERT_TRUE(second.until<agent::LinkDown>(round - 1));
        ASSERT_TRUE(second.until<agent::LinkUp>(round));
        ASSERT_TRUE(first.until<agent::LinkDown>(round));
    }
    EXPECT_GT(first.longest.count(), 1'000);
}

TEST_F(Link, Does_not_wait_for_a_name_that_nobody_knows) {
    auto settings = link_settings(broker, "beta");
    settings.broker_host = "no-such-broker.invalid";
    LinkPeer lost{settings};
    ASSERT_TRUE(lost.link.start());
    base::BootTime now{base::Duration{1'000'000}};
    lost.link.service(now);
    EXPECT_GT(lost.link.wait().count(), 0);
    lost.link.service(now + base::Duration{10'000});  // whatever the resolver says by now
    EXPECT_LT(lost.link.fd(), 0);
    EXPECT_GT(lost.link.wait().count(), 0);
    EXPECT_TRUE(lost.events.empty());
}

TEST_F(Link, Does_not_wait_for_a_broker_that_takes_connections_but_never_answers) {
    broker.stop();
    contract::Mute mute(broker.port());
    ASSERT_TRUE(peer.link.start());
    base::BootTime now{base::Duration{1'000'000}};
    peer.link.service(now);
    EXPECT_GE(peer.link.fd(), 0);
    peer.link.service(now + base::Duration{14'000});
    EXPECT_GE(peer.link.fd(), 0);
    peer.link.service(now + base::Duration{15'000});
    EXPECT_LT(peer.link.fd(), 0);
    EXPECT_GT(peer.link.wait().count(), 0);
}

TEST_F(Link, Refuses_to_start_without_its_certificate) {
    auto settings = link_settings(broker, "alpha");
    settings.cert_file = "/nonexistent/host.crt";
    agent::MosquittoLink link(settings);
    auto started = link.start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().message.find("/nonexistent/host.crt"), std::string::npos);
}

}  // namespace
