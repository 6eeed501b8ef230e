#include "common/wire/topics.hpp"

#include <gtest/gtest.h>

#include "tests/unit/common/wire/samples.hpp"

using wire::Channel;
using wire::SiteChannel;

namespace {

struct HostCase {
    Channel channel;
    std::string rest;
    std::string topic;
    std::string filter;
};

std::vector<HostCase> const kHostCases{
    {Channel::avail, "", "avail", "avail"},
    {Channel::birth, "", "birth", "birth"},
    {Channel::welcome, "", "welcome", "welcome"},
    {Channel::heartbeat, "", "heartbeat", "heartbeat"},
    {Channel::tele, "cpu", "tele/cpu", "tele/+"},
    {Channel::event, "", "event", "event"},
    {Channel::cmd, "", "cmd", "cmd"},
    {Channel::cancel, "", "cancel", "cancel"},
    {Channel::ack, "", "ack", "ack"},
    {Channel::press, "restart-caddy", "press/restart-caddy", "press/+"},
    {Channel::result, samples::kId, "result/01J9ZQ5Y3V8WXKJ4M6T7R8P9QA", "result/+"},
    {Channel::progress, "press-12345678", "progress/press-12345678", "progress/+"},
    {Channel::output, "01J9ZQ5Y3V8WXKJ4M6T7R8P9QA/12", "output/01J9ZQ5Y3V8WXKJ4M6T7R8P9QA/12",
     "output/+/+"},
    {Channel::journal, "", "journal", "journal"},
    {Channel::journal_ack, "", "journal/ack", "journal/ack"},
    {Channel::desired, "remedies", "desired/remedies", "desired/+"},
    {Channel::reported, "remedies", "reported/remedies", "reported/+"},
    {Channel::request, "lease", "request/lease", "request/+"},
    {Channel::reply, "c1", "reply/c1", "reply/+"},
};

}  // namespace

TEST(HostTopics, Are_built_and_taken_apart_alike) {
    auto const host = samples::host();
    for (auto const& [channel, rest, topic, filter] : kHostCases) {
        auto const text = wire::host_topic(host, channel, rest);
        EXPECT_EQ(text, "tomte/v1/host/nexus/" + topic);
        EXPECT_EQ(wire::host_filter(host, channel), "tomte/v1/host/nexus/" + filter);
        EXPECT_EQ(wire::any_host_filter(channel), "tomte/v1/host/+/" + filter);
        auto const parsed = wire::parse_host_topic(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(parsed->host, host);
        EXPECT_EQ(parsed->channel, channel);
        EXPECT_EQ(parsed->rest, rest);
    }
}

TEST(HostTopics, That_no_function_of_ours_builds_are_not_understood) {
    for (std::string const topic :
         {"", "tomte/v1/host/nexus", "tomte/v1/host/nexus/", "tomte/v1/host//cmd",
          "tomte/v1/host/Nexus/cmd", "tomte/v1/host/coordinator/cmd", "tomte/v1/host/+/cmd",
          "tomte/v2/host/nexus/cmd", "xtomte/v1/host/nexus/cmd", "tomte/v1/site/nexus/cmd",
          "tomte/v1/host/nexus/cmd/", "tomte/v1/host/nexus/cmd/x", "tomte/v1/host/nexus/cmdx",
          "tomte/v1/host/nexus/result", "tomte/v1/host/nexus/result/",
          "tomte/v1/host/nexus/result/a/b", "tomte/v1/host/nexus/result/+",
          "tomte/v1/host/nexus/result/#", "tomte/v1/host/nexus/result/a b",
          "tomte/v1/host/nexus/output/a", "tomte/v1/host/nexus/output/a/",
          "tomte/v1/host/nexus/output//a", "tomte/v1/host/nexus/output/a/b/c",
          "tomte/v1/host/nexus/journal/", "tomte/v1/host/nexus/journal/ack/x"})
        EXPECT_FALSE(wire::parse_host_topic(topic)) << topic;
    EXPECT_FALSE(wire::parse_host_topic("tomte/v1/host/nexus/tele/" + std::string(129, 'a')));
}

TEST(SiteTopics, Are_built_and_taken_apart_alike) {
    struct Case {
        SiteChannel channel;
        std::string rest, topic;
    };
    for (auto const& [channel, rest, topic] :
         {Case{SiteChannel::avail, "", "coordinator/avail"},
          Case{SiteChannel::status, "", "coordinator/status"},
          Case{SiteChannel::heartbeat, "", "coordinator/heartbeat"},
          Case{SiteChannel::press, "pause", "coordinator/press/pause"},
          Case{SiteChannel::tele, "queue", "coordinator/tele/queue"},
          Case{SiteChannel::freeze, "", "freeze"}}) {
        auto const text = wire::site_topic("home", channel, rest);
        EXPECT_EQ(text, "tomte/v1/site/home/" + topic);
        auto const parsed = wire::parse_site_topic(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(parsed->site, "home");
        EXPECT_EQ(parsed->channel, channel);
        EXPECT_EQ(parsed->rest, rest);
    }
    for (std::string const topic :
         {"tomte/v1/site/home/coordinator", "tomte/v1/site/Home/freeze", "tomte/v1/site//freeze",
          "tomte/v1/site/home/freeze/x", "tomte/v1/site/home/coordinator/press",
          "tomte/v1/host/home/freeze"})
        EXPECT_FALSE(wire::parse_site_topic(topic)) << topic;
}

TEST(SiteTopics, Take_names_like_those_of_hosts) {
    EXPECT_TRUE(wire::is_site_name("home"));
    EXPECT_TRUE(wire::is_site_name("2nd-home"));
    for (std::string const name : {"", "-a", "a/b", "a+", "A", "a b"})
        EXPECT_FALSE(wire::is_site_name(name)) << name;
    EXPECT_FALSE(wire::is_site_name(std::string(64, 'a')));
}

TEST(TopicsDeathTest, Refuse_to_be_built_from_what_would_be_another_topic) {
    EXPECT_DEATH(wire::host_topic(samples::host(), Channel::result, "a/b"), "check_failed");
    EXPECT_DEATH(wire::host_topic(samples::host(), Channel::result, ""), "check_failed");
    EXPECT_DEATH(wire::host_topic(samples::host(), Channel::cmd, "x"), "check_failed");
    EXPECT_DEATH(wire::site_topic("a/b", SiteChannel::freeze), "check_failed");
}
