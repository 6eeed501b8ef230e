#include "agent/hand/settings.hpp"

#include <array>

namespace hand {
namespace {

using base::SettingType;

constexpr std::array<base::SettingSpec, 12> kSettings = {{
    {"host", SettingType::text, "", "", "", "this host's id", false, true},
    {"site", SettingType::text, "home", "", "", "the site this host belongs to"},
    {"policy", SettingType::path, "/etc/tomte/policy.toml", "", "",
     "what this host allows; must belong to root"},
    {"state", SettingType::path, "/var/lib/tomte-hand", "", "",
     "folder of the fixing lane's log and remedies"},
    {"agent_user", SettingType::text, "tomte-agent", "", "",
     "name or uid of the only user whose packets are read"},
    {"freeze_file", SettingType::path, "/etc/tomte/freeze", "", "",
     "while this file exists nothing is changed"},
    {"trust.coordinator_key", SettingType::path, "/etc/tomte/coordinator.pub", "", "",
     "whose orders are obeyed"},
    {"trust.approver_keys", SettingType::path, "", "", "",
     "public keys (PEM, one after the other) whose freeze, thaw and approvals are obeyed; without "
     "them only root on this host can thaw"},
    {"trust.web_approver_keys", SettingType::path, "", "", "",
     "the same for keys that live in a browser: approvals only, and only if the policy says "
     "approval = \"web\""},
    {"socket.read", SettingType::path, "/run/tomte/read.sock", "", "",
     "socket of the reading lane, unless the service manager passes one"},
    {"socket.fix", SettingType::path, "/run/tomte/fix.sock", "", "",
     "socket of the fixing lane, unless the service manager passes one"},
    {"log.level", SettingType::text, "info", "", "", "debug, info, warning or error"},
}};

}  // namespace

std::span<base::SettingSpec const> settings_table() { return kSettings; }

}  // namespace hand
