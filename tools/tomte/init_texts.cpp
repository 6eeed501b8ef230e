#include "tools/tomte/init_texts.hpp"

#include <array>

#include <fmt/format.h>

#include "common/wire/topics.hpp"

namespace tomte {
namespace {

using wire::Channel;
using wire::SiteChannel;

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

void allow(std::string& acl, std::string_view right, std::string_view topic) {
    acl += fmt::format("topic {} {}\n", right, topic);
}

// Of a channel that carries one more level: any of them.
std::string any_of_site(std::string_view site, SiteChannel channel) {
    auto topic = wire::site_topic(site, channel, "x");
    topic.back() = '+';
    return topic;
}

void coordinator_rights(std::string& acl, std::string_view site) {
    acl += "user @coordinator\n";
    for (auto const channel : kAgentWrites) allow(acl, "read", wire::any_host_filter(channel));
    for (auto const channel : kCoordinatorWrites)
        allow(acl, "write", wire::any_host_filter(channel));
    for (auto const channel : {SiteChannel::avail, SiteChannel::status, SiteChannel::heartbeat})
        allow(acl, "write", wire::site_topic(site, channel));
    allow(acl, "write", any_of_site(site, SiteChannel::tele));
    allow(acl, "read", any_of_site(site, SiteChannel::press));
    allow(acl, "readwrite", wire::site_topic(site, SiteChannel::freeze));
    allow(acl, "write", "homeassistant/device/tomte_coordinator/config");
}

void host_rights(std::string& acl, std::string_view site, domain::HostId const& host) {
    acl += fmt::format("\nuser {}\n", host.text());
    for (auto const channel : kAgentWrites) allow(acl, "write", wire::host_filter(host, channel));
    for (auto const channel : kAgentReads) allow(acl, "read", wire::host_filter(host, channel));
    for (auto const channel : {SiteChannel::avail, SiteChannel::status, SiteChannel::heartbeat,
                               SiteChannel::freeze})
        allow(acl, "read", wire::site_topic(site, channel));
    allow(acl, "write", fmt::format("homeassistant/device/tomte_{}/config", host.text()));
}

std::string quoted_list(std::vector<std::string> const& words) {
    std::string text = "[";
    for (auto const& word : words) {
        if (text.size() > 1) text += ", ";
        text += toml_quoted(word);
    }
    return text + "]";
}

std::string broker_section(FleetFacts const& facts, std::string_view name) {
    return fmt::format(
        "[broker]\n"
        "host = {}\n"
        "port = {}\n"
        "ca = \"ca.crt\"\n"
        "cert = \"{}.crt\"\n"
        "key = \"{}.key\"\n",
        toml_quoted(facts.broker_host), facts.broker_port, name, name);
}

}  // namespace

std::string toml_quoted(std::string_view text) {
    std::string out = "\"";
    for (char const c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
    return out + "\"";
}

std::string coordinator_toml(FleetFacts const& facts) {
    return fmt::format(
        "# The coordinator's settings. Relative paths are relative to this file.\n"
        "# Every setting with its default: tomte-coordinator --help\n"
        "site = {}\n"
        "\n"
        "[store]\n"
        "path = \"coordinator.db\"\n"
        "\n"
        "[http]\n"
        "listen = {}\n"
        "tokens = \"tokens.toml\"\n"
        "\n"
        "{}"
        "\n"
        "[trust]\n"
        "command_key = \"command.key\"\n"
        "approver_keys = \"approver.pub\"\n"
        "\n"
        "[fleet]\n"
        "hosts = \"hosts.toml\"\n"
        "\n"
        "[catalog]\n"
        "routing = \"routing.toml\"\n",
        toml_quoted(facts.site), toml_quoted(facts.http), broker_section(facts, "coordinator"));
}

std::string hosts_toml_entry(HostEntry const& entry) {
    return fmt::format(
        "\n[hosts.{}]\n"
        "aliases = {}\n"
        "incarnation = 1\n"
        "key = \"\"\"\n{}\"\"\"\n",
        entry.host.text(), quoted_list(entry.aliases), entry.key_pem);
}

std::string tokens_toml(std::vector<TokenEntry> const& tokens) {
    std::string text =
        "# Who may ask the coordinator for what. Only salted hashes lie here; the secrets\n"
        "# themselves are in secrets.toml, which the coordinator never reads.\n";
    for (auto const& token : tokens) {
        text += fmt::format("\n[[token]]\nname = {}\nkind = {}\n", toml_quoted(token.name),
                            toml_quoted(token.kind));
        if (!token.user.empty()) text += fmt::format("user = {}\n", toml_quoted(token.user));
        text += fmt::format("scope = {}\nhash = {}\n", quoted_list(token.scopes),
                            toml_quoted(token.hash));
    }
    return text;
}

std::string agent_toml(FleetFacts const& facts, domain::HostId const& host) {
    return fmt::format(
        "# The agent's settings on this host. Relative paths are relative to this file.\n"
        "# Every setting with its default: tomte-agent --help\n"
        "host = {}\n"
        "site = {}\n"
        "\n"
        "{}"
        "\n"
        "[trust]\n"
        "coordinator_key = \"coordinator.pub\"\n"
        "# Who may freeze, thaw and approve; more keys may follow in the file.\n"
        "approver_keys = \"approver.pub\"\n"
        "\n"
        "[spool]\n"
        "path = \"spool.db\"\n"
        "\n"
        "[hand]\n"
        "read_socket = \"read.sock\"\n"
        "fix_socket = \"fix.sock\"\n",
        toml_quoted(host.text()), toml_quoted(facts.site), broker_section(facts, "host"));
}

std::string hand_toml(FleetFacts const& facts, domain::HostId const& host) {
    return fmt::format(
        "# The settings of the hand, the only program that changes this host.\n"
        "# Relative paths are relative to this file. Everything: tomte-hand --help\n"
        "host = {}\n"
        "site = {}\n"
        "policy = \"policy.toml\"\n"
        "state = \"state\"\n"
        "# Whom the hand answers on its sockets.\n"
        "agent_user = {}\n"
        "\n"
        "[trust]\n"
        "coordinator_key = \"coordinator.pub\"\n"
        "# Who may freeze, thaw and approve; more keys may follow in the file.\n"
        "approver_keys = \"approver.pub\"\n"
        "\n"
        "[socket]\n"
        "read = \"read.sock\"\n"
        "fix = \"fix.sock\"\n",
        toml_quoted(host.text()), toml_quoted(facts.site), toml_quoted(facts.agent_user));
}

std::string policy_toml(FleetFacts const& facts) {
    return fmt::format(
        "# What this host allows. It belongs to the host's owner, lies on the host, and is final:\n"
        "# nothing that comes over the network can do more than this file says.\n"
        "#\n"
        "# observe: looking only. ask: fixes that a person approved. auto: fixes named below.\n"
        "mode = {}\n"
        "\n"
        "# Remedies that may run here, by name.\n"
        "remedies = []  # for example [\"restart_service\", \"restart_container\"]\n"
        "\n"
        "# What they may be applied to.\n"
        "remediable = []  # for example [\"service/nginx\", \"container/*\"]\n"
        "\n"
        "# A service without a service manager:\n"
        "# [scripts.patient]\n"
        "# start = [\"/usr/local/bin/patient\", \"start\"]\n"
        "# stop = [\"/usr/local/bin/patient\", \"stop\"]\n"
        "# status = [\"/usr/local/bin/patient\", \"status\"]  # exit 0: active, 3: inactive\n"
        "#\n"
        "# Something that run_job may start:\n"
        "# [jobs.backup]\n"
        "# argv = [\"/usr/local/bin/backup\", \"--now\"]\n",
        toml_quoted(facts.mode));
}

std::string mosquitto_conf(FleetFacts const& facts) {
    std::string const here = facts.folder + "/broker";
    return fmt::format(
        "# The fleet's broker. The listener is explicit: without one Mosquitto would also open an\n"
        "# anonymous port 1883.\n"
        "{}"
        "listener {} {}\n"
        "cafile {}/ca.crt\n"
        "certfile {}/server.crt\n"
        "keyfile {}/server.key\n"
        "tls_version tlsv1.2\n"
        "require_certificate true\n"
        "use_identity_as_username true\n"
        "# Without this any host could take over the session of another.\n"
        "use_username_as_clientid true\n"
        "allow_anonymous false\n"
        "acl_file {}/acl\n"
        "# Without this a lone QoS 1 message takes 44 ms instead of 0.2.\n"
        "set_tcp_nodelay true\n"
        "max_packet_size 262144\n"
        "max_queued_messages 20000\n"
        "max_queued_bytes 0\n"
        "max_inflight_messages 64\n"
        "persistence true\n"
        "persistence_location {}/data/\n"
        "log_dest stderr\n",
        facts.as_root ? "user root\n" : "", facts.broker_port, facts.broker_bind, here, here, here,
        here, here);
}

std::string broker_acl(std::string_view site, std::vector<domain::HostId> const& hosts) {
    std::string acl =
        "# Who may say what: one line per kind of topic. Generated; written again whenever a host\n"
        "# is added. A host can speak and hear only as itself.\n";
    coordinator_rights(acl, site);
    for (auto const& host : hosts) host_rights(acl, site, host);
    return acl;
}

}  // namespace tomte
