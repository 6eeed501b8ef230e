#include "agent/app/join_files.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "common/base/file_writing.hpp"
#include "common/base/toml_text.hpp"

namespace agent {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::Status;
using base::toml::to_quoted;
using base::toml::quoted_list;

constexpr mode_t kOpenFolder = 0755;

struct Text {
    std::string name;
    std::string text;
    mode_t mode;
};

Status failed(std::string const& path) {
    return base::fail(Code::denied, path + ": " + std::strerror(errno));
}

Status make_folders(std::string const& path, mode_t mode) {
    std::error_code error;
    if (fs::is_directory(path, error)) return {};
    fs::create_directories(path, error);
    if (error) return base::fail(Code::denied, path + ": " + error.message());
    if (::chmod(path.c_str(), mode) != 0) return failed(path);
    return {};
}

void flush_folder(fs::path const& folder) {
    int const fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    ::fsync(fd);
    ::close(fd);
}

// Owner of what is the agent's; root everything when the user does not exist (yet).
std::pair<uid_t, gid_t> owner_of(std::string const& user) {
    if (auto const* entry = ::getpwnam(user.c_str())) return {entry->pw_uid, entry->pw_gid};
    return {::geteuid(), ::getegid()};
}

// A folder with all of these files, in the place of the one that is there: whoever looks sees the
// old one or the new one.
Status place_folder(fs::path const& place, std::vector<Text> const& files, mode_t mode,
                    std::pair<uid_t, gid_t> owner) {
    fs::path const fresh = place.string() + ".new";
    std::error_code ignored;
    fs::remove_all(fresh, ignored);
    if (::mkdir(fresh.c_str(), mode) != 0 || ::chmod(fresh.c_str(), mode) != 0)
        return failed(fresh);
    for (auto const& file : files) {
        auto const path = fresh / file.name;
        if (auto made = base::create_file(path, file.text, file.mode); !made) return made;
        if (::geteuid() == 0 && ::chown(path.c_str(), owner.first, owner.second) != 0)
            return failed(path);
    }
    if (::geteuid() == 0 && ::chown(fresh.c_str(), owner.first, owner.second) != 0)
        return failed(fresh);
    flush_folder(fresh);
    bool const before = fs::exists(place, ignored);
    int const renamed =
        before ? ::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, place.c_str(), RENAME_EXCHANGE)
               : ::rename(fresh.c_str(), place.c_str());
    if (renamed != 0) return failed(place);
    flush_folder(place.parent_path());
    if (before) fs::remove_all(fresh, ignored);
    return {};
}

std::string approvers(JoinOptions const& options, Joined const& joined) {
    if (joined.answer.approver_keys_pem.empty()) return "";
    return "approver_keys = " + to_quoted(options.etc + "/trust/approver.pub") + "\n";
}

std::string agent_toml(JoinOptions const& options, Joined const& joined) {
    return "# The agent's settings on this host, written when it joined.\n"
           "# Every setting with its default: tomte-agent --help\n"
           "host = " + to_quoted(joined.link.host.text()) + "\n"
           "site = " + to_quoted(joined.answer.site) + "\n\n"
           "[broker]\n"
           "host = " + to_quoted(joined.answer.broker_host) + "\n"
           "port = " + std::to_string(joined.answer.broker_port) + "\n"
           "join_port = " + std::to_string(joined.link.broker_port) + "\n"
           "ca = " + to_quoted(options.etc + "/trust/ca.crt") + "\n"
           "cert = " + to_quoted(options.state + "/identity/host.crt") + "\n"
           "key = " + to_quoted(options.state + "/identity/host.key") + "\n\n"
           "[trust]\n"
           "coordinator_key = " + to_quoted(options.etc + "/trust/coordinator.pub") + "\n" +
           approvers(options, joined) + "\n"
           "[spool]\n"
           "path = " + to_quoted(options.state + "/spool.db") + "\n\n"
           "[hand]\n"
           "read_socket = " + to_quoted(options.sockets + "/read.sock") + "\n"
           "fix_socket = " + to_quoted(options.sockets + "/fix.sock") + "\n";
}

std::string hand_toml(JoinOptions const& options, Joined const& joined) {
    std::string text =
        "# The settings of the hand, the only program that changes this host.\n"
        "# Everything: tomte-hand --help\n"
        "host = " + to_quoted(joined.link.host.text()) + "\n"
        "site = " + to_quoted(joined.answer.site) + "\n"
        "policy = " + to_quoted(options.etc + "/policy.toml") + "\n"
        "state = " + to_quoted(options.hand_state) + "\n"
        "agent_user = " + to_quoted(options.agent_user) + "\n\n"
        "[trust]\n"
        "coordinator_key = " + to_quoted(options.etc + "/trust/coordinator.pub") + "\n" +
        approvers(options, joined);
    return text + "\n[socket]\n"
                  "read = " + to_quoted(options.sockets + "/read.sock") + "\n"
                  "fix = " + to_quoted(options.sockets + "/fix.sock") + "\n";
}

std::string policy_toml(Joined const& joined) {
    bool const some = !joined.allowed.empty();
    return "# What this host allows. It belongs to the host's owner, lies on the host, and is\n"
           "# final: nothing that comes over the network can do more than this file says.\n"
           "#\n"
           "# observe: looking only. ask: fixes that a person approved. auto: fixes named below.\n"
           "mode = " + to_quoted(some ? "auto" : "observe") + "\n\n"
           "# Remedies that may run here, by name.\n"
           "remedies = " + quoted_list(joined.allowed) + "\n\n"
           "# What they may be applied to. Tomte itself, the broker, ssh, the network and the\n"
           "# like are never touched by an ordinary remedy, whatever stands here.\n"
           "remediable = " +
           (some ? quoted_list({"service/*", "container/*"}) : std::string{"[]"}) + "\n";
}

}  // namespace

Status check_free(JoinOptions const& options) {
    std::error_code ignored;
    if (options.replace || !fs::exists(options.etc + "/trust", ignored)) return {};
    return base::fail(Code::denied,
                      "this host belongs to a fleet already (" + options.etc +
                          "/trust); to leave that one and join anew say --replace");
}

Status keep_joined(JoinOptions const& options, Joined const& joined, JoinTalk const& talk) {
    auto const agent = owner_of(options.agent_user);
    std::pair<uid_t, gid_t> const root{::geteuid(), ::getegid()};
    if (auto made = make_folders(options.etc, kOpenFolder); !made) return made;
    if (auto made = make_folders(options.state, base::kFolderMode); !made) return made;
    if (::geteuid() == 0 && ::chown(options.state.c_str(), agent.first, agent.second) != 0)
        return failed(options.state);
    talk.step("settings");
    if (auto made = base::replace_file(options.etc + "/agent.toml", agent_toml(options, joined),
                                       base::kPublicMode);
        !made)
        return made;
    if (auto made = base::replace_file(options.etc + "/hand.toml", hand_toml(options, joined),
                                       base::kPublicMode);
        !made)
        return made;
    talk.step("policy");
    auto const policy = options.etc + "/policy.toml";
    std::error_code ignored;
    if (fs::exists(policy, ignored))
        talk.say("What this host allows stays as it is: " + policy);
    else if (auto made = base::replace_file(policy, policy_toml(joined), base::kPublicMode); !made)
        return made;
    talk.step("identity");
    if (auto placed = place_folder(options.state + "/identity",
                                   {{"host.key", joined.key_pem, base::kSecretMode},
                                    {"host.crt", joined.answer.certificate_pem, base::kPublicMode}},
                                   0700, agent);
        !placed)
        return placed;
    talk.step("trust");
    std::vector<Text> trusted{{"ca.crt", joined.ca_pem, base::kPublicMode},
                              {"coordinator.pub", joined.answer.command_key_pem,
                               base::kPublicMode}};
    if (!joined.answer.approver_keys_pem.empty())
        trusted.push_back({"approver.pub", joined.answer.approver_keys_pem, base::kPublicMode});
    return place_folder(options.etc + "/trust", trusted, kOpenFolder, root);
}

}  // namespace agent
