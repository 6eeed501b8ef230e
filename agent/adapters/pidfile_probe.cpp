#include "agent/adapters/pidfile_probe.hpp"

#include <charconv>

#include "agent/adapters/procfs_parse.hpp"
#include "common/base/files.hpp"

namespace agent {

namespace {

// Empty: alive.
std::string illness(PidfileProbeSettings const& settings) {
    auto text = base::read_file(settings.path, 64);
    if (!text) return "no pid file";
    int pid = 0;
    auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), pid);
    bool whole = end == text->data() + text->size() || *end == '\n' || *end == ' ';
    if (error != std::errc{} || !whole || pid <= 0) return "the pid file holds no pid";
    auto stat = base::read_file(settings.proc + "/" + std::to_string(pid) + "/stat", 4096);
    if (!stat) return "process " + std::to_string(pid) + " is gone";
    auto process = parse_pid_stat(*stat);
    if (!process || process->zombie) return "process " + std::to_string(pid) + " is dead";
    return {};
}

}  // namespace

void PidfileProbe::ask(base::BootTime) {
    auto why = illness(settings_);
    if (deliver) deliver(ProbeAnswered{settings_.subject, "ServiceDown", why.empty(), why});
}

base::Result<PidfileProbeSettings> parse_pidfile_probe(domain::HostId const& host,
                                                       std::string_view text) {
    constexpr std::string_view kService = "service/";
    auto equals = text.find('=');
    if (!text.starts_with(kService) || equals == std::string_view::npos ||
        equals == kService.size() || text.substr(equals + 1).empty() || text[equals + 1] != '/')
        return base::fail(base::Code::invalid, "\"" + std::string(text) +
                                                   "\" is not of the form service/NAME=/PATH");
    auto name = text.substr(kService.size(), equals - kService.size());
    return PidfileProbeSettings{{host, domain::SubjectKind::service, std::string(name)},
                                std::string(text.substr(equals + 1))};
}

}  // namespace agent
