#include "tools/tomte/init_texts.hpp"

#include <fmt/format.h>

#include "common/base/toml_text.hpp"

namespace tomte {
namespace {

using base::toml::to_quoted;
using base::toml::quoted_list;

std::string broker_section(FleetFacts const& facts, std::string_view name) {
    return fmt::format(
        "[broker]\n"
        "host = {}\n"
        "port = {}\n"
        "ca = \"ca.crt\"\n"
        "cert = \"{}.crt\"\n"
        "key = \"{}.key\"\n",
        to_quoted(facts.broker_host), facts.broker_port, name, name);
}

// Only for a broker whose files are ours to write.
std::string enroll_section(FleetFacts const& facts) {
    if (facts.invite_port == 0) return "";
    auto const at = fmt::format("{}:{}", facts.broker_host, facts.invite_port);
    return fmt::format(
        "# How hosts join (tomte invite).\n"
        "[enroll]\n"
        "ca_key = \"ca.key\"\n"
        "certificates = \"certificates.jsonl\"\n"
        "broker_files = \"../broker\"\n"
        "listener = {}\n",
        to_quoted(at));
}

// The second door, without certificates: it opens to nobody but who was invited, hosts whose
// certificate ran out, and Home Assistant.
std::string password_listener(FleetFacts const& facts) {
    if (facts.invite_port == 0) return "";
    std::string const here = facts.folder + "/broker";
    return fmt::format(
        "\n"
        "# For invitations and Home Assistant: TLS and a password.\n"
        "listener {} {}\n"
        "certfile {}/server.crt\n"
        "keyfile {}/server.key\n"
        "tls_version tlsv1.2\n"
        "use_username_as_clientid true\n",
        facts.invite_port, facts.broker_bind, here, here);
}

}  // namespace

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
        "routing = \"routing.toml\"\n"
        "\n"
        "{}",
        to_quoted(facts.site), to_quoted(facts.http), broker_section(facts, "coordinator"),
        enroll_section(facts));
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
        text += fmt::format("\n[[token]]\nname = {}\nkind = {}\n", to_quoted(token.name),
                            to_quoted(token.kind));
        if (!token.user.empty()) text += fmt::format("user = {}\n", to_quoted(token.user));
        text += fmt::format("scope = {}\nhash = {}\n", quoted_list(token.scopes),
                            to_quoted(token.hash));
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
        to_quoted(host.text()), to_quoted(facts.site), broker_section(facts, "host"));
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
        to_quoted(host.text()), to_quoted(facts.site), to_quoted(facts.agent_user));
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
        to_quoted(facts.mode));
}

std::string mosquitto_conf(FleetFacts const& facts) {
    std::string const here = facts.folder + "/broker";
    return fmt::format(
        "# The fleet's broker. The listeners are explicit: without one Mosquitto would also open\n"
        "# an anonymous port 1883.\n"
        "{0}"
        "pid_file {3}/data/mosquitto.pid\n"
        "allow_anonymous false\n"
        "acl_file {3}/acl\n"
        "password_file {3}/passwords\n"
        "# Without this a lone QoS 1 message takes 44 ms instead of 0.2.\n"
        "set_tcp_nodelay true\n"
        "max_packet_size 262144\n"
        "max_queued_messages 20000\n"
        "max_queued_bytes 0\n"
        "max_inflight_messages 64\n"
        "persistence true\n"
        "persistence_location {3}/data/\n"
        "log_dest stderr\n"
        "\n"
        "# For hosts and the coordinator: a certificate each.\n"
        "listener {1} {2}\n"
        "cafile {3}/ca.crt\n"
        "certfile {3}/server.crt\n"
        "keyfile {3}/server.key\n"
        "crlfile {3}/revoked.pem\n"
        "tls_version tlsv1.2\n"
        "require_certificate true\n"
        "use_identity_as_username true\n"
        "# Without this any host could take over the session of another.\n"
        "use_username_as_clientid true\n"
        "{4}",
        facts.as_root ? "user root\n" : "", facts.broker_port, facts.broker_bind, here,
        password_listener(facts));
}

}  // namespace tomte
