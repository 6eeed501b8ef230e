#include "agent/app/program.hpp"

#include <malloc.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "agent/adapters/container_probe.hpp"
#include "agent/adapters/hand_runner.hpp"
#include "agent/adapters/link_messages.hpp"
#include "agent/adapters/mosquitto_link.hpp"
#include "agent/adapters/pidfile_probe.hpp"
#include "agent/adapters/procfs_meter.hpp"
#include "agent/adapters/sqlite_spool.hpp"
#include "agent/adapters/systemd_probe.hpp"
#include "agent/app/command_line.hpp"
#include "agent/app/doctor.hpp"
#include "agent/app/join.hpp"
#include "agent/app/loop.hpp"
#include "agent/app/renew.hpp"
#include "agent/app/settings.hpp"
#include "common/adapters/log.hpp"
#include "common/adapters/notify.hpp"
#include "common/adapters/system_clock.hpp"
#include "common/base/files.hpp"
#include "common/trust/hash.hpp"

namespace agent {
namespace {

using adapters::log;
using adapters::LogLevel;
using base::Code;
using base::fail;

constexpr int kWrongConfiguration = 78;  // EX_CONFIG: a service manager need not try again

// Everything that can be wrong with the configuration is found while this is made.
struct Setup {
    base::Settings settings;
    AgentSettings core;
    MosquittoLinkSettings link;
    std::vector<PidfileProbeSettings> pidfiles;
    LogLevel level = LogLevel::info;
};

base::Result<Setup> prepare(std::string const& file) {
    auto settings = base::Settings::load(settings_table(), file);
    if (!settings) return tl::make_unexpected(settings.error());
    auto const context = base::with_context(file);
    auto core = core_settings(*settings);
    if (!core) return tl::make_unexpected(context(core.error()));
    auto const level = adapters::parse_log_level(settings->text("log.level"));
    if (!level)
        return fail(Code::invalid, file + ": 'log.level' must be debug, info, warning or error");
    auto const& own_key = settings->text("trust.host_key");
    auto host_key =
        trust::PrivateKey::load(own_key.empty() ? settings->text("broker.key") : own_key);
    if (!host_key) return tl::make_unexpected(context(host_key.error()));
    auto coordinator_key = trust::PublicKey::load(settings->text("trust.coordinator_key"));
    if (!coordinator_key) return tl::make_unexpected(context(coordinator_key.error()));
    std::vector<trust::PublicKey> approver_keys;
    if (auto const& path = settings->text("trust.approver_keys"); !path.empty()) {
        auto keys = base::read_file(path).and_then(
            [](std::string const& pem) { return trust::PublicKey::all_from_pem(pem); });
        if (!keys) return tl::make_unexpected(context(base::with_context(path)(keys.error())));
        approver_keys = *std::move(keys);
    }
    std::vector<PidfileProbeSettings> pidfiles;
    for (auto const& text : settings->list("probe.pidfiles")) {
        auto pidfile = parse_pidfile_probe(core->host, text);
        if (!pidfile) return tl::make_unexpected(context(pidfile.error()));
        pidfiles.push_back(*std::move(pidfile));
    }
    MosquittoLinkSettings link{.host = core->host,
                               .site = core->site,
                               .broker_host = settings->text("broker.host"),
                               .broker_port = static_cast<int>(settings->integer("broker.port")),
                               .ca_file = settings->text("broker.ca"),
                               .cert_file = settings->text("broker.cert"),
                               .key_file = settings->text("broker.key"),
                               .host_key = *std::move(host_key),
                               .coordinator_key = *std::move(coordinator_key),
                               .approver_keys = std::move(approver_keys),
                               .session = {},
                               .telemetry_expiry = 2 * core->interval};
    for (auto const& pem : {link.ca_file, link.cert_file, link.key_file})
        if (::access(pem.c_str(), R_OK) != 0)
            return fail(Code::invalid, file + ": " + pem + " cannot be read");
    return Setup{*std::move(settings), *std::move(core), std::move(link), std::move(pidfiles),
                 *level};
}

std::string read_boot_id() {
    std::string id;
    std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), id);
    return id;
}

std::vector<std::unique_ptr<Probe>> make_probes(Setup const& setup) {
    std::vector<std::unique_ptr<Probe>> probes;
    auto const& settings = setup.settings;
    for (auto const& pidfile : setup.pidfiles)
        probes.push_back(std::make_unique<PidfileProbe>(pidfile));
    if (auto units = settings.list("probe.services"); !units.empty())
        probes.push_back(std::make_unique<SystemdProbe>(
            SystemdProbeSettings{setup.core.host, std::move(units), {}}));
    if (auto containers = settings.list("probe.containers"); !containers.empty())
        probes.push_back(std::make_unique<ContainerProbe>(
            ContainerProbeSettings{.host = setup.core.host,
                                   .socket = settings.text("probe.container_socket"),
                                   .containers = std::move(containers)}));
    return probes;
}

// Readable once the program shall end.
int make_stop_fd() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    return ::signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

// WATCHDOG=1 from the loop itself, so that a loop that hangs is noticed.
class Watchdog {
  public:
    void turn() {
        if (!interval_) return;
        auto const now = adapters::system_now().boot;
        if (now < next_) return;
        adapters::notify_service_manager("WATCHDOG=1");
        next_ = now + *interval_;
    }

  private:
    std::optional<base::Duration> interval_ = adapters::watchdog_interval();
    base::BootTime next_{};
};

// What the spool kept was verified when it came; it is verified again, because a disk can lie.
void read_documents(Started& started, trust::PublicKey const& coordinator) {
    std::vector<DocumentArrived> good;
    for (auto const& kept : started.documents) {
        auto document = read_document(kept.name, coordinator, kept.jws);
        if (document)
            good.push_back(*std::move(document));
        else
            log(LogLevel::warning, "document.refused",
                {{"document", kept.name}, {"reason", document.error().message}});
    }
    started.documents = std::move(good);
}

base::Status run(Setup setup) {
    auto spool = SqliteSpool::open({.path = setup.settings.text("spool.path")});
    if (!spool) return tl::make_unexpected(spool.error());
    auto started = (*spool)->load();
    if (!started) return tl::make_unexpected(started.error());
    started->session = trust::random_token();
    started->boot_id = read_boot_id();
    read_documents(*started, setup.link.coordinator_key);

    setup.link.session = started->session;
    auto probes = make_probes(setup);
    MosquittoLink link(std::move(setup.link));
    if (auto status = link.start(); !status) return status;
    HandRunner runner({setup.settings.text("hand.read_socket"),
                       setup.settings.text("hand.fix_socket")});
    ProcfsMeter meter;
    Agent agent(std::move(setup.core));
    Watchdog watchdog;
    LoopParts parts{agent, **spool, link, runner, meter, {}, adapters::system_now,
                    [&watchdog] { watchdog.turn(); }};
    for (auto const& probe : probes) parts.probes.push_back(probe.get());
    Loop loop(std::move(parts));

    int const stop_fd = make_stop_fd();
    adapters::notify_service_manager("READY=1");
    log(LogLevel::info, "agent.started",
        {{"session", started->session}, {"journal_last", started->journal_last},
         {"commands", std::uint64_t{started->commands.size()}}});
    ::malloc_trim(0);  // what reading settings and keys took is not needed again
    auto status = loop.run(*std::move(started), stop_fd);
    adapters::notify_service_manager("STOPPING=1");
    ::close(stop_fd);
    return status;
}

void say(std::FILE* stream, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stream);
}

}  // namespace

int run_program(int argc, char** argv) {
    std::string_view const verb = argc > 1 ? argv[1] : "";
    if (verb == "join") return run_join(argc - 2, argv + 2);
    if (verb == "doctor") return run_doctor(argc - 2, argv + 2);
    if (verb == "renew") return run_renew(argc - 2, argv + 2);
    auto const line = read_command_line(argc, argv);
    if (!line) {
        say(stderr, "tomte-agent: " + line.error().message + "\n");
        return kWrongConfiguration;
    }
    if (line->help || line->version) {
        say(stdout, line->help ? usage() : "tomte-agent " TOMTE_VERSION "\n");
        return 0;
    }
    auto setup = prepare(line->config);
    if (!setup) {
        say(stderr, "tomte-agent: " + setup.error().message + "\n");
        return kWrongConfiguration;
    }
    if (line->check_config) {
        say(stdout, line->config + " is valid\n");
        return 0;
    }
    adapters::set_log_level(setup->level);
    for (auto const& changed : setup->settings.changed())
        log(LogLevel::debug, "setting", {{"changed", changed}});
    // One thread needs one arena.
    ::mallopt(M_ARENA_MAX, 1);
    auto const status = run(*std::move(setup));
    if (status) {
        log(LogLevel::info, "agent.stopped");
        return 0;
    }
    log(LogLevel::error, "agent.failed", {{"reason", status.error().message}});
    return status.error().code == Code::invalid ? kWrongConfiguration : 1;
}

}  // namespace agent
