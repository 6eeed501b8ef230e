#include "tools/tomte/init.hpp"

#include <map>

#include <fmt/format.h>

#include "common/base/files.hpp"
#include "common/base/toml.hpp"
#include "common/trust/hash.hpp"
#include "common/wire/broker_acl.hpp"
#include "common/wire/topics.hpp"
#include "tools/tomte/files.hpp"
#include "tools/tomte/init_parts.hpp"

namespace tomte {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::Result;
using base::Status;

// A path longer than this cannot be the name of a unix socket.
constexpr std::size_t kSocketPathMax = 107;

Result<std::vector<domain::HostId>> parse_hosts(std::vector<std::string> const& names,
                                               bool may_be_none) {
    if (names.empty() && !may_be_none)
        return base::fail(Code::invalid, "no host named: give --host NAME");
    std::vector<domain::HostId> hosts;
    for (auto const& name : names) {
        auto const host = domain::HostId::parse(name);
        if (!host)
            return base::fail(Code::invalid,
                              fmt::format("'{}' is not a host name: lower-case letters, digits and "
                                          "'-', at most 63, and none of the reserved names",
                                          name));
        for (auto const& other : hosts)
            if (other == *host)
                return base::fail(Code::invalid, fmt::format("host {} is named twice", name));
        hosts.push_back(*host);
    }
    return hosts;
}

using Aliases = std::map<std::string, std::vector<std::string>, std::less<>>;

Result<Aliases> parse_aliases(std::vector<std::string> const& words,
                              std::vector<domain::HostId> const& hosts) {
    Aliases aliases;
    for (auto const& word : words) {
        auto const equals = word.find('=');
        std::string host = hosts.empty() ? "" : hosts.front().text();
        std::string alias = word;
        if (equals != std::string::npos) {
            host = word.substr(0, equals);
            alias = word.substr(equals + 1);
        } else if (hosts.size() > 1) {
            return base::fail(Code::invalid,
                              fmt::format("whose alias is '{}'? With several hosts write "
                                          "--alias HOST={}",
                                          word, word));
        }
        bool known = false;
        for (auto const& entry : hosts) known = known || entry.text() == host;
        if (!known || alias.empty())
            return base::fail(Code::invalid, fmt::format("--alias {}: no host '{}'", word, host));
        aliases[host].push_back(alias);
    }
    return aliases;
}

Status check_socket_paths(FleetFacts const& facts, std::vector<domain::HostId> const& hosts) {
    for (auto const& host : hosts) {
        auto const path = facts.folder + "/hosts/" + host.text() + "/read.sock";
        if (path.size() > kSocketPathMax)
            return base::fail(Code::invalid,
                              fmt::format("{} is too long for a socket (at most {} characters): "
                                          "choose a shorter --dir",
                                          path, kSocketPathMax));
    }
    return {};
}

constexpr std::string_view kHostsHead =
    "# The known hosts. An alert's labels may call a host by its name or by one of its aliases.\n";

Status fill_new_fleet(InitOptions const& options, std::vector<domain::HostId> const& hosts,
                      Aliases& aliases) {
    auto const& facts = options.facts;
    fs::path const folder{facts.folder};
    auto ca = make_authority(facts.site);
    if (!ca) return tl::make_unexpected(ca.error());
    auto const command_key = trust::PrivateKey::generate();
    auto const approver_key = trust::PrivateKey::generate();
    PinnedKeys const pinned{command_key.public_key().to_pem(), approver_key.public_key().to_pem()};
    auto const homeassistant = trust::random_token();

    Steps steps;
    steps.then([&] { return make_folder(folder / "coordinator"); })
        .then([&] { return make_folder(folder / "hosts"); })
        .then([&] { return make_operator(folder / "operator", approver_key); })
        .then([&] {
            return make_coordinator(options, *ca, command_key, pinned.approver_pem, homeassistant);
        })
        .then([&] { return make_broker(facts, *ca, hosts, homeassistant); });
    std::string registry{kHostsHead};
    for (auto const& host : hosts)
        steps.then([&]() -> Status {
            auto entry = make_host(facts, *ca, pinned, host, aliases[host.text()]);
            if (!entry) return tl::make_unexpected(entry.error());
            registry += hosts_toml_entry(*entry);
            return {};
        });
    return steps
        .then([&] {
            return create_file(folder / "coordinator" / "certificates.jsonl", ca->issued,
                               kFileMode);
        })
        .then([&] {
            return create_file(folder / "coordinator" / "hosts.toml", registry, kFileMode);
        })
        .result();
}

Result<InitReport> report(FleetFacts const& facts, std::vector<domain::HostId> const& hosts) {
    InitReport made{facts.folder, {}};
    for (auto const& host : hosts) made.hosts.push_back(host.text());
    return made;
}

Result<InitReport> new_fleet(InitOptions const& options, std::vector<domain::HostId> const& hosts,
                             Aliases& aliases) {
    fs::path const folder{options.facts.folder};
    std::error_code ignored;
    if (fs::exists(folder, ignored) && !fs::is_empty(folder, ignored))
        return base::fail(Code::invalid,
                          fmt::format("{} is not empty; to add a host to the fleet in it use "
                                      "--add-host",
                                      folder.string()));
    if (auto made = make_folder(folder); !made) return tl::make_unexpected(made.error());
    if (auto filled = fill_new_fleet(options, hosts, aliases); !filled) {
        for (auto const* part : {"coordinator", "broker", "hosts", "operator"})
            fs::remove_all(folder / part, ignored);
        return tl::make_unexpected(filled.error());
    }
    return report(options.facts, hosts);
}

struct Fleet {
    Authority ca;
    PinnedKeys pinned;
    std::string ledger;
    std::string registry;  // the text of hosts.toml
    std::vector<domain::HostId> hosts;
};

Result<Fleet> read_fleet(FleetFacts& facts) {
    fs::path const folder = fs::path{facts.folder} / "coordinator";
    auto ca_key = trust::PrivateKey::load(folder / "ca.key");
    if (!ca_key)
        return tl::make_unexpected(base::with_context("there is no fleet in " + facts.folder)(
            ca_key.error()));
    auto certificate = base::read_file(folder / "ca.crt");
    if (!certificate) return tl::make_unexpected(certificate.error());
    auto command_key = base::read_file(folder / "command.pub");
    if (!command_key) return tl::make_unexpected(command_key.error());
    auto approver_key = base::read_file(folder / "approver.pub");
    if (!approver_key) return tl::make_unexpected(approver_key.error());
    auto ledger = base::read_file(folder / "certificates.jsonl");
    if (!ledger) return tl::make_unexpected(ledger.error());
    auto registry = base::read_file(folder / "hosts.toml");
    if (!registry) return tl::make_unexpected(registry.error());
    auto settings_text = base::read_file(folder / "coordinator.toml");
    if (!settings_text) return tl::make_unexpected(settings_text.error());

    auto const settings =
        base::toml::Document::parse(*settings_text, (folder / "coordinator.toml").string());
    if (!settings) return tl::make_unexpected(settings.error());
    auto const root = settings->root();
    facts.site = root["site"].string().value_or(facts.site);
    facts.broker_host = root["broker"]["host"].string().value_or(facts.broker_host);
    facts.broker_port =
        static_cast<int>(root["broker"]["port"].integer().value_or(facts.broker_port));

    auto const known = base::toml::Document::parse(*registry, (folder / "hosts.toml").string());
    if (!known) return tl::make_unexpected(known.error());
    std::vector<domain::HostId> hosts;
    for (auto const& entry : known->root()["hosts"].children()) {
        auto const host = domain::HostId::parse(entry.key());
        if (!host)
            return base::fail(Code::invalid, entry.where() + ": '" + entry.key() +
                                                 "' is not a host name");
        hosts.push_back(*host);
    }
    return Fleet{Authority{std::move(*ca_key), std::move(*certificate), {}},
                 {std::move(*command_key), std::move(*approver_key)},
                 std::move(*ledger),
                 std::move(*registry),
                 std::move(hosts)};
}

Status add_hosts(FleetFacts const& facts, Fleet& fleet, std::vector<domain::HostId> const& hosts,
                 Aliases& aliases) {
    for (auto const& host : hosts) {
        auto entry =
            make_host(facts, fleet.ca, fleet.pinned, host, aliases[host.text()]);
        if (!entry) return tl::make_unexpected(entry.error());
        fleet.registry += hosts_toml_entry(*entry);
        fleet.hosts.push_back(host);
    }
    fs::path const folder{facts.folder};
    // The registry last: a host that is in it can connect.
    return Steps{}
        .then([&] {
            return replace_file(folder / "coordinator" / "certificates.jsonl",
                                fleet.ledger + fleet.ca.issued, kFileMode);
        })
        .then([&] {
            return replace_file(folder / "broker" / "acl",
                                wire::broker_acl(facts.site, fleet.hosts),
                                kSecretMode);
        })
        .then([&] {
            return replace_file(folder / "coordinator" / "hosts.toml", fleet.registry, kFileMode);
        })
        .result();
}

Result<InitReport> grow_fleet(InitOptions options, std::vector<domain::HostId> const& hosts,
                              Aliases& aliases) {
    auto fleet = read_fleet(options.facts);
    if (!fleet) return tl::make_unexpected(fleet.error());
    fs::path const folder{options.facts.folder};
    std::error_code ignored;
    for (auto const& host : hosts) {
        bool known = fs::exists(folder / "hosts" / host.text(), ignored);
        for (auto const& other : fleet->hosts) known = known || other == host;
        if (known)
            return base::fail(Code::invalid,
                              fmt::format("host {} belongs to this fleet already", host.text()));
    }
    if (auto added = add_hosts(options.facts, *fleet, hosts, aliases); !added) {
        for (auto const& host : hosts) fs::remove_all(folder / "hosts" / host.text(), ignored);
        return tl::make_unexpected(added.error());
    }
    return report(options.facts, hosts);
}

}  // namespace

Result<InitReport> init(InitOptions options) {
    auto const hosts = parse_hosts(options.hosts, !options.add_host);
    if (!hosts) return tl::make_unexpected(hosts.error());
    auto aliases = parse_aliases(options.aliases, *hosts);
    if (!aliases) return tl::make_unexpected(aliases.error());

    std::error_code failed;
    auto const folder = fs::absolute(options.folder, failed).lexically_normal();
    if (failed || options.folder.empty())
        return base::fail(Code::invalid, "--dir: not a folder name: '" + options.folder + "'");
    options.facts.folder = folder.string();
    if (options.facts.folder.ends_with('/')) options.facts.folder.pop_back();
    if (!wire::is_site_name(options.facts.site))
        return base::fail(Code::invalid, "--site: '" + options.facts.site +
                                             "' is not lower-case letters, digits and '-'");
    if (auto fits = check_socket_paths(options.facts, *hosts); !fits)
        return tl::make_unexpected(fits.error());
    return options.add_host ? grow_fleet(std::move(options), *hosts, *aliases)
                            : new_fleet(options, *hosts, *aliases);
}

}  // namespace tomte
