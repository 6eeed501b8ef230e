// The texts of the files that `tomte init` writes. Pure: the same facts give the same text.
// docs/formats/settings.md has every setting; here only what a new fleet needs is written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/domain/host.hpp"

namespace tomte {

struct FleetFacts {
    std::string folder;       // absolute
    std::string site = "home";
    std::string http = "127.0.0.1:8400";
    std::string broker_host = "127.0.0.1";  // what agents and coordinator connect to
    std::string broker_bind = "127.0.0.1";  // where the broker listens
    int broker_port = 8883;
    int invite_port = 8884;   // the broker's second listener; 0: none, so nobody can be invited
    std::string agent_user;   // name or number; whom the hand answers
    std::string mode = "observe";
    bool as_root = false;     // the broker is started by root and must not give that up
};

struct HostEntry {
    domain::HostId host;
    std::vector<std::string> aliases;
    std::string key_pem;
};

struct TokenEntry {
    std::string name;
    std::string kind;  // basic or bearer
    std::string user;  // basic only
    std::vector<std::string> scopes;
    std::string hash;
};

std::string coordinator_toml(FleetFacts const& facts);
std::string hosts_toml_entry(HostEntry const& entry);
std::string tokens_toml(std::vector<TokenEntry> const& tokens);
std::string agent_toml(FleetFacts const& facts, domain::HostId const& host);
std::string hand_toml(FleetFacts const& facts, domain::HostId const& host);
std::string policy_toml(FleetFacts const& facts);
std::string mosquitto_conf(FleetFacts const& facts);

}  // namespace tomte
