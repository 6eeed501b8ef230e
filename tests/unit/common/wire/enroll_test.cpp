#include "common/wire/enroll.hpp"

#include <gtest/gtest.h>

#include "common/wire/broker_acl.hpp"

namespace wire {
namespace {

domain::HostId nexus() { return domain::HostId::parse("nexus").value(); }

JoinLink sample() {
    return {"broker.lan", 8884, nexus(), std::string(16, 'a'), std::string(32, 'b'),
            std::string(64, 'c')};
}

TEST(JoinLink, Comes_back_from_its_text_and_means_nothing_to_a_shell) {
    auto const text = to_text(sample());
    EXPECT_EQ(text.find_first_of(" \t\n\"'`$&|;<>()*?[]#~!\\{}"), std::string::npos) << text;
    auto const link = parse_join_link(text);
    ASSERT_TRUE(link) << link.error().message;
    EXPECT_EQ(to_text(*link), text);
    EXPECT_EQ(link->broker_port, 8884);
    EXPECT_EQ(link->host, nexus());
}

TEST(JoinLink, Is_refused_when_anything_is_missing_or_added) {
    auto const text = to_text(sample());
    for (std::size_t i = 0; i < text.size(); ++i)
        EXPECT_FALSE(parse_join_link(text.substr(0, i))) << i;
    EXPECT_FALSE(parse_join_link(text + "0"));
    EXPECT_FALSE(parse_join_link(text + "/x"));
    EXPECT_FALSE(parse_join_link("http" + text.substr(5)));
    auto wrong = sample();
    wrong.broker_host = "-oProxyCommand=x";
    EXPECT_FALSE(parse_join_link(to_text(wrong)));
}

TEST(EnrollTopics, Come_back_and_nothing_else_does) {
    for (auto const leaf : {EnrollLeaf::request, EnrollLeaf::answer, EnrollLeaf::renewal,
                            EnrollLeaf::renewed}) {
        auto const topic = parse_enroll_topic(enroll_topic("0123456789abcdef", leaf));
        ASSERT_TRUE(topic);
        EXPECT_EQ(topic->leaf, leaf);
        EXPECT_EQ(topic->id, "0123456789abcdef");
    }
    for (auto const* text : {"tomte/v1/enroll/x", "tomte/v1/enroll/x/other",
                             "tomte/v1/enroll/+/request", "tomte/v1/enroll/x/request/y",
                             "tomte/v2/enroll/x/request", ""})
        EXPECT_FALSE(parse_enroll_topic(text)) << text;
}

TEST(JoinMessages, Come_back_from_their_text) {
    auto const sealed = decode_sealed(encode(Sealed{"{\"v\":1}", "mac"}));
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->body, "{\"v\":1}");
    auto const request = decode_join_request(encode(JoinRequest{nexus(), "PEM", "0.1"}));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->request_pem, "PEM");
    JoinAnswer answer;
    answer.state = JoinState::issued;
    answer.certificate_pem = "C";
    answer.command_key_pem = "K";
    answer.site = "home";
    answer.broker_host = "broker.lan";
    answer.broker_port = 8883;
    answer.incarnation = 2;
    answer.remedies = {{"restart_service", "Restart it"}};
    auto const back = decode_join_answer(encode(answer));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->incarnation, 2);
    EXPECT_EQ(back->remedies.at(0).name, "restart_service");
    answer.site = "My Home";
    EXPECT_FALSE(decode_join_answer(encode(answer)));
    EXPECT_FALSE(decode_join_answer("{\"v\":1,\"state\":\"maybe\"}"));
    EXPECT_FALSE(decode_sealed("{\"v\":2,\"body\":\"\",\"mac\":\"\"}"));
}

TEST(BrokerAcl, Lets_an_invitation_say_and_hear_only_its_own) {
    auto const acl = broker_acl("home", {nexus()}, {"0123456789abcdef"});
    auto const at = acl.find("user @invite-0123456789abcdef\n");
    ASSERT_NE(at, std::string::npos);
    auto const end = acl.find("\nuser ", at + 1);
    EXPECT_EQ(acl.substr(at, end - at),
              "user @invite-0123456789abcdef\n"
              "topic write tomte/v1/enroll/0123456789abcdef/request\n"
              "topic read tomte/v1/enroll/0123456789abcdef/answer\n");
}

}  // namespace
}  // namespace wire
