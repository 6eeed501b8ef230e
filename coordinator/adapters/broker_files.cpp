#include "coordinator/adapters/broker_files.hpp"

#include <signal.h>
#include <sys/stat.h>

#include <charconv>
#include <string_view>

#include "common/adapters/log.hpp"
#include "common/base/file_writing.hpp"
#include "common/base/files.hpp"
#include "common/wire/broker_acl.hpp"
#include "common/wire/enroll.hpp"

namespace coordinator {
namespace {

// The lines that belong to nobody of ours, and after them ours.
std::string password_lines(std::string_view before, BrokerRights const& rights) {
    std::string text;
    while (!before.empty()) {
        auto const end = before.find('\n');
        auto const line = before.substr(0, end);
        before.remove_prefix(end == std::string_view::npos ? before.size() : end + 1);
        if (line.empty() || line.starts_with('@')) continue;
        text += line;
        text += '\n';
    }
    for (auto const& user : rights.invites)
        text += wire::invite_user(user.invite) + ":" + user.password_hash + "\n";
    if (!rights.renewal_hash.empty())
        text += std::string{wire::kRenewalUser} + ":" + rights.renewal_hash + "\n";
    return text;
}

}  // namespace

base::Status BrokerFiles::replace(std::string const& name, std::string const& text) const {
    auto const path = folder_ + "/" + name;
    struct stat facts {};
    mode_t const mode = ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & 0777 : 0640;
    return base::replace_file(path, text, mode);
}

base::Status BrokerFiles::write(BrokerRights const& rights) const {
    std::vector<std::string> invites;
    for (auto const& user : rights.invites) invites.push_back(user.invite);
    auto const passwords = base::read_file(folder_ + "/passwords");
    if (!passwords && passwords.error().code != base::Code::not_found)
        return tl::make_unexpected(passwords.error());
    if (auto ok = replace("passwords", password_lines(passwords.value_or(""), rights)); !ok)
        return ok;
    if (!rights.revocation_list.empty())
        if (auto ok = replace("revoked.pem", rights.revocation_list); !ok) return ok;
    if (auto ok = replace("acl", wire::broker_acl(rights.site, rights.hosts, invites)); !ok)
        return ok;
    tell();
    return {};
}

void BrokerFiles::tell() const {
    if (auto ok = replace("reload", "written\n"); !ok)
        adapters::log(adapters::LogLevel::warning, "broker.reload",
                      {{"reason", ok.error().message}});
    auto const text = base::read_file(folder_ + "/data/mosquitto.pid");
    if (!text) return;
    int pid = 0;
    std::from_chars(text->data(), text->data() + text->size(), pid);
    if (pid <= 1) return;
    // The file may be left over from a broker that is gone, and its number somebody else's now.
    auto const name = base::read_file("/proc/" + std::to_string(pid) + "/comm");
    if (name && name->starts_with("mosquitto")) ::kill(pid, SIGHUP);
}

}  // namespace coordinator
