// The feed against a real ZeroMQ subscriber.
#include <gtest/gtest.h>

#include <fstream>
#include <zmq.hpp>

#include "common/base/json.hpp"
#include "coordinator/adapters/zmq_feed.hpp"
#include "tests/fakes/temp_folder.hpp"

namespace {

using coordinator::Record;
using coordinator::ZmqFeed;
using namespace std::chrono_literals;

Record const kFact{"check", "I1", "nexus", "it is well: \"really\"", {{"unit", "nginx.service"}}};

// Subscribes and publishes until the subscription has reached the publisher.
std::vector<std::string> first_message(ZmqFeed& feed, zmq::socket_t& subscriber) {
    auto const until = std::chrono::steady_clock::now() + 20s;
    subscriber.set(zmq::sockopt::rcvtimeo, 20);
    while (std::chrono::steady_clock::now() < until) {
        feed.publish(base::wall_from_unix_ms(1'000), kFact);
        zmq::message_t stage;
        if (!subscriber.recv(stage)) continue;
        zmq::message_t body;
        if (!subscriber.recv(body)) break;
        return {stage.to_string(), body.to_string()};
    }
    return {};
}

std::string private_file(std::string const& path, std::string const& text) {
    std::ofstream{path} << text;
    return path;
}

TEST(Feed, Tells_subscribers_of_a_stage_its_facts) {
    fakes::TempFolder folder;
    auto feed = ZmqFeed::open({.listen = "ipc://" + (folder / "feed"), .curve_key = {}});
    ASSERT_TRUE(feed) << feed.error().message;
    zmq::context_t context;
    zmq::socket_t subscriber{context, zmq::socket_type::sub};
    subscriber.connect((*feed)->endpoint());
    subscriber.set(zmq::sockopt::subscribe, "check");
    (*feed)->publish({}, Record{"plan", "I1", "nexus", "not asked for", {}});

    auto const message = first_message(**feed, subscriber);
    ASSERT_EQ(message.size(), 2U);
    EXPECT_EQ(message[0], "check");
    auto const body = base::json::Document::parse(message[1]);
    ASSERT_TRUE(body) << message[1];
    EXPECT_EQ(body->root()["time"].string(), "1970-01-01T00:00:01.000Z");
    EXPECT_EQ(body->root()["text"].string(), kFact.text);
    EXPECT_EQ(body->root()["data"]["unit"].string(), "nginx.service");
}

TEST(Feed, On_tcp_speaks_only_with_those_who_know_its_key) {
    fakes::TempFolder folder;
    char public_key[41] = {};
    char secret_key[41] = {};
    ASSERT_EQ(zmq_curve_keypair(public_key, secret_key), 0);
    auto feed = ZmqFeed::open({.listen = "tcp://127.0.0.1:*",
                               .curve_key = private_file(folder / "feed.key", secret_key)});
    ASSERT_TRUE(feed) << feed.error().message;
    zmq::context_t context;
    zmq::socket_t stranger{context, zmq::socket_type::sub};
    stranger.connect((*feed)->endpoint());
    stranger.set(zmq::sockopt::subscribe, "");

    zmq::socket_t friendly{context, zmq::socket_type::sub};
    char own_public[41] = {};
    char own_secret[41] = {};
    ASSERT_EQ(zmq_curve_keypair(own_public, own_secret), 0);
    friendly.set(zmq::sockopt::curve_serverkey, public_key);
    friendly.set(zmq::sockopt::curve_publickey, own_public);
    friendly.set(zmq::sockopt::curve_secretkey, own_secret);
    friendly.connect((*feed)->endpoint());
    friendly.set(zmq::sockopt::subscribe, "");

    EXPECT_EQ(first_message(**feed, friendly).size(), 2U);
    zmq::message_t nothing;
    EXPECT_FALSE(stranger.recv(nothing, zmq::recv_flags::dontwait));
}

TEST(Feed, Refuses_what_would_be_readable_by_anybody_or_is_no_endpoint) {
    fakes::TempFolder folder;
    auto refused = [](coordinator::ZmqFeedSettings const& settings) {
        auto const feed = ZmqFeed::open(settings);
        return feed ? std::string{"opened"} : std::string{base::to_string(feed.error().code)};
    };
    EXPECT_EQ(refused({.listen = "tcp://127.0.0.1:*", .curve_key = {}}), "invalid");
    EXPECT_EQ(refused({.listen = "inproc://feed", .curve_key = {}}), "invalid");
    EXPECT_EQ(refused({.listen = "tcp://127.0.0.1:*", .curve_key = folder / "absent"}), "invalid");
    EXPECT_EQ(refused({.listen = "tcp://127.0.0.1:*",
                       .curve_key = private_file(folder / "short", "abc")}),
              "invalid");
    EXPECT_EQ(refused({.listen = "ipc://" + (folder / "no/such/folder"), .curve_key = {}}),
              "unavailable");
}

}  // namespace
