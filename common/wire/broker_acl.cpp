#include "common/wire/broker_acl.hpp"

#include <array>

#include "common/wire/enroll.hpp"
#include "common/wire/topics.hpp"

namespace wire {
namespace {

constexpr std::array kAgentWrites = {
    Channel::avail, Channel::birth,    Channel::heartbeat, Channel::tele,
    Channel::event, Channel::ack,      Channel::result,    Channel::progress,
    Channel::output, Channel::journal, Channel::reported,  Channel::request,
};
constexpr std::array kAgentReads = {
    Channel::welcome,     Channel::cmd,     Channel::cancel, Channel::press,
    Channel::journal_ack, Channel::desired, Channel::reply,
};
// What the coordinator sends to hosts: everything they read, but presses, which are people's.
constexpr std::array kCoordinatorWrites = {
    Channel::welcome,     Channel::cmd,     Channel::cancel,
    Channel::journal_ack, Channel::desired, Channel::reply,
};
constexpr std::array kPeopleRead = {
    Channel::avail, Channel::birth,  Channel::heartbeat, Channel::tele,
    Channel::event, Channel::result, Channel::progress,
};

void user(std::string& acl, std::string_view name) {
    acl += "\nuser ";
    acl += name;
    acl += '\n';
}

void allow(std::string& acl, std::string_view right, std::string_view topic) {
    acl += "topic ";
    acl += right;
    acl += ' ';
    acl += topic;
    acl += '\n';
}

// Of a channel that carries one more level: any of them.
std::string any_of_site(std::string_view site, SiteChannel channel) {
    auto topic = site_topic(site, channel, "x");
    topic.back() = '+';
    return topic;
}

void coordinator_rights(std::string& acl, std::string_view site) {
    user(acl, "@coordinator");
    for (auto const channel : kAgentWrites) allow(acl, "read", any_host_filter(channel));
    for (auto const channel : kCoordinatorWrites) allow(acl, "write", any_host_filter(channel));
    for (auto const channel : {SiteChannel::avail, SiteChannel::status, SiteChannel::heartbeat})
        allow(acl, "write", site_topic(site, channel));
    allow(acl, "write", any_of_site(site, SiteChannel::tele));
    allow(acl, "read", any_of_site(site, SiteChannel::press));
    allow(acl, "readwrite", site_topic(site, SiteChannel::freeze));
    allow(acl, "write", "homeassistant/device/tomte_coordinator/config");
    for (auto const leaf : {EnrollLeaf::request, EnrollLeaf::renewal})
        allow(acl, "read", any_enroll_filter(leaf));
    for (auto const leaf : {EnrollLeaf::answer, EnrollLeaf::renewed})
        allow(acl, "write", any_enroll_filter(leaf));
}

void host_rights(std::string& acl, std::string_view site, domain::HostId const& host) {
    user(acl, host.text());
    for (auto const channel : kAgentWrites) allow(acl, "write", host_filter(host, channel));
    for (auto const channel : kAgentReads) allow(acl, "read", host_filter(host, channel));
    for (auto const channel : {SiteChannel::avail, SiteChannel::status, SiteChannel::heartbeat,
                               SiteChannel::freeze})
        allow(acl, "read", site_topic(site, channel));
    allow(acl, "write", "homeassistant/device/tomte_" + host.text() + "/config");
}

// It sees what people may see and presses offers; it never orders.
void home_assistant_rights(std::string& acl, std::string_view site) {
    user(acl, "homeassistant");
    for (auto const channel : kPeopleRead) allow(acl, "read", any_host_filter(channel));
    allow(acl, "write", any_host_filter(Channel::press));
    for (auto const channel : {SiteChannel::avail, SiteChannel::status})
        allow(acl, "read", site_topic(site, channel));
    allow(acl, "read", any_of_site(site, SiteChannel::tele));
    allow(acl, "write", any_of_site(site, SiteChannel::press));
    allow(acl, "read", "homeassistant/device/+/config");
    allow(acl, "readwrite", "homeassistant/status");
}

void invite_rights(std::string& acl, std::string const& invite) {
    user(acl, invite_user(invite));
    allow(acl, "write", enroll_topic(invite, EnrollLeaf::request));
    allow(acl, "read", enroll_topic(invite, EnrollLeaf::answer));
}

}  // namespace

std::string broker_acl(std::string_view site, std::vector<domain::HostId> const& hosts,
                       std::vector<std::string> const& invites) {
    std::string acl =
        "# Who may say what: one line per kind of topic. Generated; written again whenever a host\n"
        "# joins or is revoked. A host can speak and hear only as itself.\n";
    coordinator_rights(acl, site);
    home_assistant_rights(acl, site);
    user(acl, kRenewalUser);
    allow(acl, "write", any_enroll_filter(EnrollLeaf::renewal));
    allow(acl, "read", any_enroll_filter(EnrollLeaf::renewed));
    for (auto const& invite : invites) invite_rights(acl, invite);
    for (auto const& host : hosts) host_rights(acl, site, host);
    return acl;
}

}  // namespace wire
