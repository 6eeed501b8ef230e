#include "common/wire/hand_protocol.hpp"

#include <gtest/gtest.h>

#include "tests/unit/common/wire/samples.hpp"

using namespace wire;

namespace {

std::vector<HandRequest> requests() {
    return {HandWelcome{"a.b.c", base::BootTime{base::Duration{123'456}}},
            HandDocument{"remedies", "a.b.c"},
            HandOrder{"a.b.c"},
            HandPress{"press-12345678", "restart-caddy", {{"unit", "caddy"}}},
            HandCancel{"a.b.c"},
            HandCancel{},
            HandFreeze{"a.b.c"},
            HandQuery{samples::kId},
            HandAsk{}};
}

std::vector<HandReply> replies() {
    return {HandReport{samples::result()}, HandUnknown{samples::kId},
            HandTaken{"remedies", true, 4, samples::digest('d'), ""},
            HandTaken{"freeze", false, 2, "", "older"},
            HandHello{"fix", "auto", samples::digest('c'), "", samples::digest('d'),
                      {"restart-caddy"}, {"systemd"}, true},
            HandHello{"read", "observe", "", "policy.toml:3: unknown key", "", {}, {}, false}};
}

}  // namespace

TEST(HandProtocol, Reads_back_every_request_it_wrote) {
    for (auto const& request : requests()) {
        auto const packet = encode_hand(request);
        auto const back = decode_hand_request(packet);
        ASSERT_TRUE(back) << back.error().message << packet;
        EXPECT_EQ(*back, request) << packet;
        EXPECT_FALSE(decode_hand_reply(packet)) << packet;
    }
}

TEST(HandProtocol, Reads_back_every_reply_it_wrote) {
    for (auto const& reply : replies()) {
        auto const packet = encode_hand(reply);
        auto const back = decode_hand_reply(packet);
        ASSERT_TRUE(back) << back.error().message << packet;
        EXPECT_EQ(*back, reply) << packet;
        EXPECT_FALSE(decode_hand_request(packet)) << packet;
    }
}

TEST(HandProtocol, Takes_no_packet_with_other_keys_types_or_ends) {
    for (auto const& request : requests()) {
        auto packet = encode_hand(request);
        EXPECT_FALSE(decode_hand_request(packet.substr(0, packet.size() - 1)));
        EXPECT_FALSE(decode_hand_request(packet + "{}"));
        packet.back() = ',';
        EXPECT_FALSE(decode_hand_request(packet + R"("extra":1})")) << packet;
    }
    for (std::string const packet :
         {"", "{}", "[]", R"({"type":"shell"})", R"({"type":7})", R"({"type":"order"})",
          R"({"type":"order","jws":7})", R"({"type":"query","id":"../../etc"})",
          R"({"type":"press","id":"x","offer":"o","params":{}})",
          R"({"type":"press","id":"press-12345678","offer":"a b","params":{}})",
          R"({"type":"welcome","jws":"a","received_ms":-1})",
          R"({"type":"document","name":"a/b","jws":"a"})"})
        EXPECT_FALSE(decode_hand_request(packet)) << packet;
    for (std::string const packet :
         {R"({"type":"report","result":{}})", R"({"type":"unknown","id":""})",
          R"({"type":"taken","what":"x","applied":1,"rev":0,"digest":"","reason":""})"})
        EXPECT_FALSE(decode_hand_reply(packet)) << packet;
}

TEST(HandProtocol, Keeps_every_packet_below_the_size_of_a_socket_message) {
    auto result = samples::result();
    result.steps.assign(64, {"service.restart", 0, std::string(65'536, '\x01'), 65'536, {}});
    result.detail = std::string(100'000, '\x01');
    EXPECT_LT(encode_hand(HandReply{HandReport{result}}).size(), kHandPacketMax);
    EXPECT_FALSE(decode_hand_request(
        encode_hand(HandRequest{HandOrder{std::string(kHandPacketMax, 'a')}})));
    EXPECT_TRUE(decode_hand_request(
        encode_hand(HandRequest{HandOrder{std::string(kHandPacketMax - 100, 'a')}})));
}
