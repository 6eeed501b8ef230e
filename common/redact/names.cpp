#include "common/redact/names.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace redact {
namespace {

constexpr std::size_t kNameMax = 80;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
    std::string result{text};
    for (auto& c : result) c = lower(c);
    return result;
}

// What a secret's name contains once "_", "-" and "." are out …
constexpr std::array<std::string_view, 26> kParts = {
    "password",      "passwd",      "passphrase",  "passcode",   "secret",       "token",
    "apikey",        "credential",  "accesskey",   "accountkey", "privatekey",   "presharedkey",
    "authkey",       "signingkey",  "encryptionkey", "masterkey", "sessionid",   "webhookurl",
    "sharedkey",     "rpcauth",     "userpass",    "recoverykey", "unsealkey",   "connectionstring",
    "communitystring", "privkey",
};
// … or ends with …
constexpr std::array<std::string_view, 13> kEnds = {
    "_key", "-key", "_pass", "-pass", "_pwd", "-pwd", "_psk", "-psk", "_auth", "_dsn", "_pin",
    "_salt", "_otp",
};
// … or is.
constexpr std::array<std::string_view, 13> kWholes = {
    "pass", "pwd", "psk", "pin", "auth", "key", "pw", "otp", "passwd", "salt", "sid", "sig",
    "requirepass",
};
// Names that only talk of secrets: where they lie, how many, how long.
constexpr std::array<std::string_view, 22> kHarmlessEnds = {
    "file",   "path",    "dir",     "ttl",     "count",   "tokens",  "expiry",  "expires",
    "type",   "length",  "name",    "policy",  "age",     "version", "limit",   "timeout",
    "url_path", "enabled", "required", "store", "method", "agent",
};

constexpr std::array<std::string_view, 16> kHeaders = {
    "authorization",      "proxy-authorization", "cookie",          "set-cookie",
    "x-api-key",          "x-auth-token",        "x-ha-access",     "x-vault-token",
    "x-gitlab-token",     "x-plex-token",        "x-csrf-token",    "x-amz-security-token",
    "x-emby-token",       "x-goog-api-key",      "private-token",   "job-token",
};

constexpr std::array<std::string_view, 24> kHarmlessValues = {
    "",      "true",  "false",    "null",   "none",  "nil",     "yes",       "no",
    "on",    "off",   "0",        "1",      "(none)", "<none>", "unset",     "(unset)",
    "\"\"",  "''",    "[redacted]", "***",  "******", "redacted", "<redacted>", "{}",
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 34> kOptions = {{
    {"mysql", "-p"},          {"mysqldump", "-p"},     {"mysqladmin", "-p"},  {"mariadb", "-p"},
    {"mariadb-dump", "-p"},   {"mariadb-admin", "-p"}, {"sshpass", "-p"},     {"curl", "-u"},
    {"curl", "-U"},           {"redis-cli", "-a"},     {"docker", "-p"},      {"podman", "-p"},
    {"skopeo", "-p"},         {"buildah", "-p"},       {"ldapsearch", "-w"},  {"ldapmodify", "-w"},
    {"mosquitto_pub", "-P"},  {"mosquitto_sub", "-P"}, {"mosquitto_rr", "-P"}, {"ipmitool", "-P"},
    {"snmpwalk", "-c"},       {"snmpwalk", "-A"},      {"snmpwalk", "-X"},    {"snmpget", "-c"},
    {"snmpget", "-A"},        {"snmpget", "-X"},       {"smbclient", "-U"},   {"mongosh", "-p"},
    {"mongo", "-p"},          {"mongodump", "-p"},     {"zip", "-P"},         {"unzip", "-P"},
    {"7z", "-p"},             {"rpcclient", "-U"},
}};

}  // namespace

bool announces_secret(std::string_view name) {
    if (name.empty() || name.size() > kNameMax) return false;
    auto const low = lowered(name);
    std::string_view bare{low};
    while (bare.starts_with('-')) bare.remove_prefix(1);
    if (bare.size() < 2) return false;
    for (auto const end : kHarmlessEnds)
        if (bare.size() > end.size() && bare.ends_with(end)) return false;
    if (std::ranges::find(kWholes, bare) != kWholes.end()) return true;
    for (auto const end : kEnds)
        if (bare.ends_with(end)) return true;
    std::string joined;
    for (char const c : bare)
        if (c != '_' && c != '-' && c != '.') joined += c;
    return std::ranges::any_of(
        kParts, [&](std::string_view part) { return joined.find(part) != joined.npos; });
}

bool is_harmless_value(std::string_view value) {
    if (value.size() > 12) return false;
    auto const low = lowered(value);
    return std::ranges::find(kHarmlessValues, low) != kHarmlessValues.end();
}

bool is_secret_header(std::string_view name) {
    if (name.size() < 6 || name.size() > 24) return false;
    auto const low = lowered(name);
    return std::ranges::find(kHeaders, low) != kHeaders.end();
}

bool is_auth_scheme(std::string_view word) {
    if (word.size() < 5 || word.size() > 6) return false;
    auto const low = lowered(word);
    return low == "bearer" || low == "basic" || low == "digest";
}

bool takes_secret(std::string_view program, std::string_view option) {
    return std::ranges::any_of(kOptions, [&](auto const& one) {
        return one.first == program && one.second == option;
    });
}

bool is_such_program(std::string_view program) {
    return std::ranges::any_of(kOptions,
                               [&](auto const& one) { return one.first == program; });
}

}  // namespace redact
