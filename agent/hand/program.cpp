#include "agent/hand/program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "agent/hand/desk.hpp"
#include "agent/hand/lane_server.hpp"
#include "agent/hand/policy_file.hpp"
#include "agent/hand/record_file.hpp"
#include "agent/hand/settings.hpp"
#include "common/adapters/log.hpp"
#include "common/adapters/system_clock.hpp"

namespace hand {

namespace {

using adapters::LogLevel;

constexpr int kConfigError = 78;
// Under a service manager that holds the socket an idle hand gives its memory back.
constexpr base::Duration kIdleEnd{60'000};
constexpr char const* kVersion = "0.1.0";

struct Arguments {
    std::string config = "/etc/tomte/hand.toml";
    std::string lane;
    bool check = false;
    bool thaw = false;
};

void print_help() {
    std::printf(
        "tomte-hand --lane=fix|read [--config FILE]\n"
        "The only program of Tomte that changes this host.\n\n"
        "  --lane LANE     fix: remedies, privileged; read: read-only lines, unprivileged\n"
        "  --config FILE   settings (default /etc/tomte/hand.toml)\n"
        "  --check-config  check settings and policy, say what is wrong, and end\n"
        "  --thaw          as root on this host: end a freeze\n"
        "  --version, --help\n\nSettings:\n%s",
        base::settings_help(settings_table()).c_str());
}

// An answer to print and end with, or what to do.
base::Result<std::optional<Arguments>> parse(int argc, char const* const* argv) {
    Arguments arguments;
    for (int i = 1; i < argc; ++i) {
        std::string_view word{argv[i]};
        auto const value_of = [&](std::string_view name) -> std::optional<std::string> {
            if (word == name && i + 1 < argc) return std::string{argv[++i]};
            if (word.starts_with(name) && word.substr(name.size()).starts_with('='))
                return std::string{word.substr(name.size() + 1)};
            return std::nullopt;
        };
        if (word == "--help") {
            print_help();
            return std::nullopt;
        }
        if (word == "--version") {
            std::printf("tomte-hand %s\n", kVersion);
            return std::nullopt;
        }
        if (word == "--check-config") {
            arguments.check = true;
        } else if (word == "--thaw") {
            arguments.thaw = true;
        } else if (auto lane = value_of("--lane")) {
            arguments.lane = std::move(*lane);
        } else if (auto config = value_of("--config")) {
            arguments.config = std::move(*config);
        } else {
            return base::fail(base::Code::invalid, "unknown argument '" + std::string{word} + "'");
        }
    }
    bool const needs_lane = !arguments.check && !arguments.thaw;
    if (arguments.lane.empty() ? needs_lane : arguments.lane != "fix" && arguments.lane != "read")
        return base::fail(base::Code::invalid, "--lane must be fix or read");
    return arguments;
}

base::Result<trust::PublicKey> load_key(std::string const& path) {
    auto const pem = read_trusted_file(path);
    if (!pem) return tl::make_unexpected(pem.error());
    return trust::PublicKey::from_pem(*pem).map_error(base::with_context(path));
}

// None of an empty path.
base::Result<std::vector<trust::PublicKey>> load_keys(std::string const& path) {
    if (path.empty()) return std::vector<trust::PublicKey>{};
    auto const pem = read_trusted_file(path);
    if (!pem) return tl::make_unexpected(pem.error());
    return trust::PublicKey::all_from_pem(*pem).map_error(base::with_context(path));
}

std::string boot_id() {
    auto const text = read_file("/proc/sys/kernel/random/boot_id", 64);
    return text ? text->substr(0, 36) : std::string{"unknown"};
}

// Everything that must be right before a lane opens its socket.
struct Parts {
    DeskSettings desk;
    trust::PublicKey coordinator;
    Approvers approvers;
    User agent;
    std::string socket;
    std::string policy_file;
};

base::Result<Parts> prepare(base::Settings const& settings, command::Lane lane) {
    auto const level = adapters::parse_log_level(settings.text("log.level"));
    if (!level)
        return base::fail(base::Code::invalid, "log.level must be debug, info, warning or error");
    adapters::set_log_level(*level);
    auto coordinator = load_key(settings.text("trust.coordinator_key"));
    if (!coordinator) return tl::make_unexpected(coordinator.error());
    auto approvers = load_keys(settings.text("trust.approver_keys"));
    if (!approvers) return tl::make_unexpected(approvers.error());
    auto web = load_keys(settings.text("trust.web_approver_keys"));
    if (!web) return tl::make_unexpected(web.error());
    auto agent = find_user(settings.text("agent_user"));
    if (!agent)
        return tl::make_unexpected(
            base::Error{agent.error().code, "agent_user: " + agent.error().message});
    bool const fix = lane == command::Lane::fix;
    DeskSettings desk;
    desk.lane = lane;
    desk.host = settings.text("host");
    desk.site = settings.text("site");
    if (fix) desk.state_folder = settings.text("state");
    if (fix) desk.freeze_file = settings.text("freeze_file");
    auto policy = load_policy(settings.text("policy"));
    desk.policy = policy ? std::move(*policy) : policy::observe_only();
    if (!policy) desk.policy_error = policy.error().message;
    return Parts{std::move(desk),
                 std::move(*coordinator),
                 {std::move(*approvers), std::move(*web)},
                 std::move(*agent),
                 settings.text(fix ? "socket.fix" : "socket.read"),
                 settings.text("policy")};
}

void say_ready(DeskSettings const& desk, Managers const& managers, IdLog const& log) {
    if (!desk.policy_error.empty())
        adapters::log(LogLevel::error, "hand.policy_refused",
                      {{"reason", desk.policy_error}, {"mode", "observe"}});
    if (!desk.log_error.empty())
        adapters::log(LogLevel::error, "hand.log_refused",
                      {{"reason", desk.log_error}, {"effect", "every order is refused"}});
    if (log.report().torn_bytes != 0)
        adapters::log(LogLevel::warning, "hand.log_torn", {{"bytes", log.report().torn_bytes}});
    for (auto const& id : log.report().interrupted)
        adapters::log(LogLevel::warning, "hand.interrupted", {{"id", id}});
    std::string names;
    for (auto const& name : managers.names()) names += (names.empty() ? "" : ",") + name;
    adapters::log(LogLevel::info, "hand.ready",
                  {{"host", desk.host},
                   {"lane", command::to_string(desk.lane)},
                   {"mode", policy::to_string(desk.policy.mode)},
                   {"managers", names}});
}

void block_signals() {
    ::signal(SIGPIPE, SIG_IGN);
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGHUP);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

int serve(Parts parts) {
    block_signals();
    auto const listening = listen_at(parts.socket, parts.agent.gid);
    if (!listening) {
        adapters::log(LogLevel::error, "hand.no_socket", {{"reason", listening.error().message}});
        return 1;
    }
    auto log = IdLog::in_memory();
    if (parts.desk.lane == command::Lane::fix) {
        auto opened = IdLog::open(parts.desk.state_folder, boot_id(), adapters::system_now());
        if (opened)
            log = std::move(*opened);
        else
            parts.desk.log_error = opened.error().message;
    }
    auto managers = Managers::find(parts.desk.policy);
    say_ready(parts.desk, managers, *log);
    SystemPrograms programs;
    // The desk goes first at the end: what its worker still says needs the lane.
    Desk* desk = nullptr;
    auto const reload = [&desk, file = parts.policy_file] { desk->reload(load_policy(file)); };
    LaneServer lane{{parts.agent.uid, listening->inherited ? kIdleEnd : base::Duration{0}, reload},
                    listening->fd,
                    [&desk](wire::HandRequest const& request) { desk->handle(request); },
                    [&desk] { desk->tick(); },
                    [&desk] { return desk->busy(); }};
    Desk here{std::move(parts.desk),
              std::move(parts.coordinator),
              std::move(parts.approvers),
              std::move(log),
              std::move(managers),
              programs,
              adapters::system_now,
              [&lane](wire::HandReply const& reply) { lane.post(reply); }};
    desk = &here;
    ::sd_notify(0, "READY=1");
    lane.run();
    return 0;
}

int thaw(base::Settings const& settings) {
    if (::geteuid() != 0) {
        std::fprintf(stderr, "tomte-hand: only root can thaw\n");
        return 1;
    }
    ::unlink(settings.text("freeze_file").c_str());
    auto const written = write_file_atomically(settings.text("state") + "/thaw", "");
    if (!written) std::fprintf(stderr, "tomte-hand: %s\n", written.error().message.c_str());
    return written ? 0 : 1;
}

// Descriptors 0 to 2 must exist: the children's pipes would take their numbers.
void keep_standard_files() {
    int fd = 0;
    do {
        fd = ::open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= 2);
    if (fd > 2) ::close(fd);
}

}  // namespace

int run_program(int argc, char const* const* argv) {
    keep_standard_files();
    ::umask(077);
    auto const wrong = [](base::Error const& error) {
        std::fprintf(stderr, "tomte-hand: %s\n", error.message.c_str());
        return kConfigError;
    };
    auto const arguments = parse(argc, argv);
    if (!arguments) return wrong(arguments.error());
    if (!*arguments) return 0;
    auto const settings = base::Settings::load(settings_table(), (*arguments)->config);
    if (!settings) return wrong(settings.error());
    if ((*arguments)->thaw) return thaw(*settings);
    auto const lane = (*arguments)->lane == "read" ? command::Lane::read : command::Lane::fix;
    auto parts = prepare(*settings, lane);
    if (!parts) return wrong(parts.error());
    if (!(*arguments)->check) return serve(std::move(*parts));
    if (parts->desk.policy_error.empty()) return 0;
    return wrong({base::Code::invalid, parts->desk.policy_error});
}

}  // namespace hand
