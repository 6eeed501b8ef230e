// The whole topic grammar (docs/formats/wire.md). No topic string is built or taken apart anywhere
// else. Both ways:
//   host_topic(HostId nexus, Channel::cmd)            -> "tomte/v1/host/nexus/cmd"
//   parse_topic("tomte/v1/host/nexus/result/01HX…")   -> {host nexus, Channel::result, "01HX…"}
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/domain/host.hpp"

namespace wire {

inline constexpr std::string_view kRoot = "tomte/v1";

enum class Channel {
    avail,
    birth,
    welcome,
    heartbeat,
    tele,  // + group
    event,
    cmd,
    cancel,
    ack,
    press,     // + offer
    result,    // + command id
    progress,  // + command id
    output,    // + command id / piece
    journal,
    journal_ack,
    desired,   // + document
    reported,  // + document
    request,   // + name
    reply,     // + correlation
};

// [a-z0-9][a-z0-9-]{0,62}, like a host id. Settings check it; building a topic CHECKs it.
bool is_site_name(std::string_view text);

// `rest` is required for the channels marked with + above and must be empty for the others
// (CHECKed): levels of A-Z a-z 0-9 - _ . only. What comes from outside goes through parse first.
std::string host_topic(domain::HostId const& host, Channel channel, std::string_view rest = {});
// The same for every host ("+") or for any rest: a subscription filter.
std::string any_host_filter(Channel channel);
std::string host_filter(domain::HostId const& host, Channel channel);

enum class SiteChannel { avail, status, heartbeat, press, tele, freeze };
std::string site_topic(std::string_view site, SiteChannel channel, std::string_view rest = {});

struct HostTopic {
    domain::HostId host;
    Channel channel;
    std::string rest;
};
// Nothing for every topic that the functions above would not have built.
std::optional<HostTopic> parse_host_topic(std::string_view topic);

struct SiteTopic {
    std::string site;
    SiteChannel channel;
    std::string rest;
};
std::optional<SiteTopic> parse_site_topic(std::string_view topic);

}  // namespace wire
