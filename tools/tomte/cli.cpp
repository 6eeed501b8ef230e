#include "tools/tomte/cli.hpp"

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>

#include <CLI/CLI.hpp>

#include "common/base/files.hpp"
#include "common/base/toml.hpp"
#include "tools/tomte/actions.hpp"
#include "tools/tomte/backup.hpp"
#include "tools/tomte/audit_options.hpp"
#include "tools/tomte/approve.hpp"
#include "tools/tomte/command_check.hpp"
#include "tools/tomte/doctor.hpp"
#include "tools/tomte/enrol.hpp"
#include "tools/tomte/freeze.hpp"
#include "tools/tomte/lease.hpp"
#include "tools/tomte/init_command.hpp"
#include "tools/tomte/queries.hpp"
#include "tools/tomte/story.hpp"
#include "tools/tomte/token_command.hpp"

namespace tomte {
namespace {

constexpr int kWrongUsage = 2;
constexpr char kDefaultUrl[] = "http://127.0.0.1:8400";

// Where to ask, and as whom. May be said before the subcommand and after it; after it counts more,
// and the environment least.
struct Place {
    std::string url, token, secrets;
};

struct Parsed {
    bool json = false;
    Place before, after;
    InitOptions init;
    RunOptions run;
    AlertOptions alert;
    WatchOptions watch;
    FreezeOptions freeze;
    LeaseOptions lease;
    ApproveOptions approve;
    bool yes = false;
    std::string approver_key;
    CommandCheckOptions command_check;
    double watch_for_s = 0;
    std::string state, incident, host;
    int limit = 50;
    bool points = false, no_wait = false;
    InviteOptions invite;
    ConfirmOptions confirm;
    BackupOptions backup;
    DoctorOptions doctor;
    RestoreOptions restore;
    std::function<int(Screen&)> command;
};

base::WallTime wall_now() {
    return std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
}

base::Result<std::string> find_token(Place const& place) {
    if (!place.token.empty() || place.secrets.empty()) return place.token;
    auto const text = base::read_file(place.secrets);
    if (!text) return tl::make_unexpected(base::with_context("--secrets")(text.error()));
    auto const document = base::toml::Document::parse(*text, place.secrets);
    if (!document) return tl::make_unexpected(document.error());
    return base::toml::need_string(document->root(), "admin_token");
}

base::Result<std::string> find_token(Parsed const& parsed) {
    auto const& after = parsed.after;
    bool const said = !after.token.empty() || !after.secrets.empty();
    return find_token(said ? after : parsed.before);
}

std::string find_url(Parsed const& parsed) {
    for (auto const& url : {parsed.after.url, parsed.before.url})
        if (!url.empty()) return url;
    return kDefaultUrl;
}

struct PlaceOptions {
    CLI::Option *url, *token, *secrets;
};
PlaceOptions add_place(CLI::App& app, Place& place) {
    return {
        app.add_option("--url", place.url,
                       std::string{"Where the coordinator is (TOMTE_URL; default "} +
                           kDefaultUrl + ")"),
        app.add_option("--token", place.token, "A bearer token (TOMTE_TOKEN)"),
        app.add_option("--secrets", place.secrets,
                       "The secrets.toml that tomte init wrote; its admin_token is used "
                       "(TOMTE_SECRETS)"),
    };
}

// A subcommand that asks the coordinator: its common options, and what it does with the answer.
template <class F>
CLI::App* add_question(CLI::App& app, Parsed& parsed, char const* name, char const* what,
                       F question) {
    auto* command = app.add_subcommand(name, what);
    add_place(*command, parsed.after);
    command->add_flag("--json", parsed.json, "Print JSON for programs");
    command->callback([&parsed, question] {
        parsed.command = [&parsed, question](Screen& screen) {
            auto const token = find_token(parsed);
            if (!token) return failed(screen, token.error());
            auto const client = make_curl_client(find_url(parsed), *token);
            return question(*client, screen);
        };
    });
    return command;
}

void add_init(CLI::App& app, Parsed& parsed) {
    auto* command =
        app.add_subcommand("init", "Make a fleet's folder: keys, certificates, settings");
    auto& init = parsed.init;
    init.routing_file = TOMTE_CATALOG_DIR "/routing.toml";
    init.facts.agent_user = std::to_string(::geteuid());
    init.facts.as_root = ::geteuid() == 0;
    command->add_option("--dir", init.folder, "The folder to fill; new or empty")->required();
    command->add_option("--host", init.hosts,
                        "A host whose files are made here and carried there; may be repeated. "
                        "Others join by invitation")
        ->allow_extra_args(false);
    command->add_option("--alias", init.aliases,
                        "What alerts call a host besides its name: HOST=ALIAS (ALIAS alone with "
                        "a single host); may be repeated")
        ->allow_extra_args(false);
    command->add_flag("--add-host", init.add_host, "Add the hosts to the fleet that is in --dir");
    command->add_option("--site", init.facts.site, "The site's name")->capture_default_str();
    command->add_option("--http", init.facts.http, "Where the coordinator listens for HTTP")
        ->capture_default_str();
    command->add_option("--broker-host", init.facts.broker_host, "The broker's name or address")
        ->capture_default_str();
    command->add_option("--broker-bind", init.facts.broker_bind, "The address the broker binds")
        ->capture_default_str();
    command->add_option("--broker-port", init.facts.broker_port, "The broker's port")
        ->check(CLI::Range(1, 65535))
        ->capture_default_str();
    command->add_option("--invite-port", init.facts.invite_port,
                        "The broker's second port, for invitations and Home Assistant; 0: none")
        ->check(CLI::Range(0, 65535))
        ->capture_default_str();
    command->add_option("--agent-user", init.facts.agent_user,
                        "The user the agents run as: whom the hand answers")
        ->capture_default_str();
    command->add_option("--mode", init.facts.mode, "The hosts' policy to start with")
        ->check(CLI::IsMember({"observe", "ask", "auto"}))
        ->capture_default_str();
    command->add_option("--routing", init.routing_file, "The routing file to copy")
        ->capture_default_str();
    command->add_flag("--json", parsed.json, "Print one line of JSON");
    command->callback([&parsed] {
        parsed.command = [&parsed](Screen&) { return init_command(parsed.init, parsed.json); };
    });
}

void add_queries(CLI::App& app, Parsed& parsed) {
    add_question(app, parsed, "status", "How the coordinator is",
                 [](Client& client, Screen& screen) { return show_status(client, screen); });
    add_question(app, parsed, "hosts", "The known hosts",
                 [](Client& client, Screen& screen) { return show_hosts(client, screen); });
    auto* incidents = add_question(
        app, parsed, "incidents", "Incidents, newest first",
        [&parsed](Client& client, Screen& screen) {
            return show_incidents(client, screen, parsed.state, parsed.limit);
        });
    incidents->add_option("--state", parsed.state, "Only those in this state; \"open\": not ended");
    incidents->add_option("--limit", parsed.limit, "At most so many")
        ->check(CLI::Range(1, 500))
        ->capture_default_str();
    add_question(app, parsed, "incident", "The whole story of one incident",
                 [&parsed](Client& client, Screen& screen) {
                     return show_incident(client, screen, parsed.incident);
                 })
        ->add_option("id", parsed.incident, "Its id; \"last\": the newest")
        ->required();
    auto* telemetry = add_question(
        app, parsed, "telemetry", "What a host measured",
        [&parsed](Client& client, Screen& screen) {
            return show_telemetry(client, screen, parsed.host, parsed.points);
        });
    telemetry->add_option("host", parsed.host, "The host")->required();
    telemetry->add_flag("--points", parsed.points, "The last 24 hours too");
}

void add_watch(CLI::App& app, Parsed& parsed) {
    auto* command = add_question(
        app, parsed, "watch", "Tell what happens, line by line, as it happens",
        [&parsed](Client& client, Screen& screen) {
            if (parsed.watch_for_s > 0)
                parsed.watch.at_most =
                    base::Duration{static_cast<std::int64_t>(parsed.watch_for_s * 1000)};
            // Healing may be quicker than the fingers: what ended a moment ago is told too.
            parsed.watch.since = wall_now() - std::chrono::seconds{30};
            return watch(client, screen, parsed.watch);
        });
    command->add_option("--incident", parsed.watch.incident,
                        "Only this one, until it has ended; exit status 0 if it was resolved");
    command->add_option("--for", parsed.watch_for_s, "Stop after so many seconds")
        ->check(CLI::PositiveNumber);
}

void add_run(CLI::App& app, Parsed& parsed) {
    auto& run_options = parsed.run;
    auto* command = add_question(app, parsed, "run", "Run a step on a host and show its result",
                                 [&parsed](Client& client, Screen& screen) {
                                     return run(client, screen, parsed.run);
                                 });
    command->add_option("host", run_options.host, "The host")->required();
    command->add_option("step", run_options.words,
                        "The line to run, such as: true. Words that begin with '-' after --");
    command->add_option("--remedy", run_options.remedy, "A remedy of the catalogue instead");
    command->add_option("--param", run_options.params, "NAME=VALUE of the remedy; repeatable")
        ->allow_extra_args(false);
    command->add_option("--reason", run_options.reason, "Why; kept in the journal");
    command->add_option("--timeout", run_options.timeout_s, "Seconds the command may take")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    command->add_option("--wait", run_options.wait_s, "Seconds to wait for its end; 0: do not")
        ->check(CLI::Range(0, 120))
        ->capture_default_str();
}

void add_test_alert(CLI::App& app, Parsed& parsed) {
    auto& alert = parsed.alert;
    auto* command = add_question(
        app, parsed, "test-alert", "Send an alert as Alertmanager would",
        [&parsed](Client& client, Screen& screen) {
            return test_alert(client, screen, parsed.alert, wall_now());
        });
    command->add_option("--name", alert.name, "The label alertname")->capture_default_str();
    command->add_option("--host", alert.host, "The label host");
    command->add_option("--service", alert.service, "The label service");
    command->add_option("--severity", alert.severity, "The label severity")->capture_default_str();
    command->add_option("--label", alert.labels, "Any other label: NAME=VALUE; repeatable")
        ->allow_extra_args(false);
    command->add_option("--summary", alert.summary, "The annotation summary");
    command->add_flag("--resolved", alert.resolved, "Say that it is over");
}

std::string user_name() {
    auto const* name = std::getenv("USER");
    return name == nullptr || *name == '\0' ? "uid " + std::to_string(::geteuid()) : name;
}

void add_approver_key(CLI::App& command, Parsed& parsed) {
    command.add_option("--approver-key", parsed.approver_key,
                       "The approver's key to sign with (TOMTE_APPROVER_KEY; default: approver.key "
                       "beside the secrets.toml of --secrets)")
        ->envname("TOMTE_APPROVER_KEY");
}

base::Result<std::optional<trust::PrivateKey>> approver_key(Parsed const& parsed) {
    auto const& after = parsed.after.secrets;
    return tomte::find_approver_key(parsed.approver_key,
                                    after.empty() ? parsed.before.secrets : after);
}

void add_freeze(CLI::App& app, Parsed& parsed) {
    auto const add = [&](bool frozen, char const* name, char const* what) {
        auto* command = add_question(
            app, parsed, name, what, [&parsed, frozen](Client& client, Screen& screen) {
                auto const key = approver_key(parsed);
                if (!key) return failed(screen, key.error());
                parsed.freeze.frozen = frozen;
                parsed.freeze.actor = "operator:" + user_name();
                return freeze(client, screen, parsed.freeze, *key, wall_now());
            });
        add_approver_key(*command, parsed);
        command->add_option("--wait", parsed.freeze.wait_s,
                            "Seconds to wait until every host that is online has it on disk")
            ->check(CLI::Range(0, 600))
            ->capture_default_str();
        return command->add_option("reason", parsed.freeze.reason, "Why; kept in the journal");
    };
    add(true, "freeze", "Let nothing change anything on any host, until a thaw")->required();
    add(false, "thaw", "End a freeze; needs an approver's key");
}

void add_lease(CLI::App& app, Parsed& parsed) {
    auto& options = parsed.lease;
    auto* command = add_question(
        app, parsed, "lease", "A host's right to heal itself while the coordinator is away",
        [&parsed](Client& client, Screen& screen) { return lease(client, screen, parsed.lease); });
    command->add_option("host", options.host, "Its id")->required();
    command->add_option("action", options.action, "show, grant or revoke")
        ->check(CLI::IsMember({"show", "grant", "revoke"}))
        ->capture_default_str();
    command->add_option("--remedy", options.remedies, "A remedy it may run alone; may be repeated");
    command->add_option("--per-hour", options.per_hour, "At most so many an hour")
        ->check(CLI::Range(1, 60))
        ->capture_default_str();
    command->add_option("--for", options.lasts, "How long without contact: 12h, 7d")
        ->capture_default_str();
    command->add_option("--wait", options.wait_s, "Seconds to wait until the host holds it")
        ->check(CLI::Range(0, 600))
        ->capture_default_str();
}

void add_command_check(CLI::App& app, Parsed& parsed) {
    auto* group = app.add_subcommand("command", "The command language of lines sent to hosts");
    group->require_subcommand(1);
    auto* command = group->add_subcommand(
        "check", "Tell of each line of standard input whether it may run, as a line of JSON");
    auto& options = parsed.command_check;
    command->add_option("--members", options.members_file,
                        "What may be changed, one KIND/NAME or NAME a line; default: everything "
                        "that is not protected");
    command->add_option("--policy", options.policy_file,
                        "A host's policy.toml; default: mode auto");
    command->callback([&parsed] {
        parsed.command = [&parsed](Screen& screen) {
            std::ios::sync_with_stdio(false);
            auto const told = check_commands(parsed.command_check, std::cin, screen.out);
            return told ? 0 : failed(screen, told.error());
        };
    });
}

// None: nobody is at the terminal.
std::function<bool(std::string const&)> person() {
    if (::isatty(STDIN_FILENO) != 1) return {};
    return [](std::string const& question) {
        std::cout << question << std::flush;
        std::string line;
        std::getline(std::cin, line);
        return line == "y" || line == "Y" || line == "yes";
    };
}

void add_enrolment(CLI::App& app, Parsed& parsed) {
    auto* inviting = add_question(
        app, parsed, "invite", "Print the one line that makes a host join",
        [&parsed](Client& client, Screen& screen) {
            parsed.invite.wait = !parsed.no_wait;
            parsed.invite.ask = person();
            parsed.invite.pause = [] { ::poll(nullptr, 0, 1'000); };
            return invite(client, screen, parsed.invite);
        });
    inviting->add_option("host", parsed.invite.host, "The host's name in the fleet")->required();
    inviting->add_flag("--replace", parsed.invite.replace,
                       "The host may be known: what it has is revoked");
    inviting->add_flag("--token-only", parsed.invite.token_only,
                       "Whoever holds the line may join; no words are compared");
    inviting->add_flag("--no-wait", parsed.no_wait, "Print the line and go");
    add_question(app, parsed, "invites", "Who is invited, and who came",
                 [](Client& client, Screen& screen) { return show_invites(client, screen); });
    auto* confirming = add_question(
        app, parsed, "confirm", "Let the host in that shows the same six words",
        [&parsed](Client& client, Screen& screen) {
            parsed.confirm.ask = person();
            return confirm(client, screen, parsed.confirm);
        });
    confirming->add_option("host", parsed.confirm.host, "The host, or the invitation's id")
        ->required();
    confirming->add_option("--words", parsed.confirm.words, "The six words as the host shows them");
    confirming->add_flag("--refuse", parsed.confirm.refuse, "Do not let it in");
    add_question(app, parsed, "revoke", "Throw a host out of the fleet, at once",
                 [&parsed](Client& client, Screen& screen) {
                     return revoke(client, screen, parsed.host);
                 })
        ->add_option("host", parsed.host, "The host")
        ->required();
}

void add_doctor(CLI::App& app, Parsed& parsed) {
    auto* command = add_question(
        app, parsed, "doctor", "Look at everything, and say what to do about what is wrong",
        [&parsed](Client& client, Screen& screen) {
            parsed.doctor.clock = [] {
                return base::BootTime{std::chrono::duration_cast<base::Duration>(
                    std::chrono::steady_clock::now().time_since_epoch())};
            };
            return doctor(client, screen, parsed.doctor, wall_now());
        });
    command->add_option("--dir", parsed.doctor.folder,
                        "The fleet's folder, to be looked at too if it is on this machine");
}

void add_backup(CLI::App& app, Parsed& parsed) {
    auto* saving = app.add_subcommand("backup", "Put a whole fleet into one archive");
    saving->add_option("--dir", parsed.backup.folder, "The fleet's folder")->required();
    saving->add_option("--out", parsed.backup.file, "The archive to make")->required();
    saving->callback([&parsed] {
        parsed.command = [&parsed](Screen& screen) {
            auto const done = backup(parsed.backup, wall_now());
            if (!done) return failed(screen, done.error());
            screen.out << parsed.backup.file
                       << " holds every key of the fleet: keep it where keys are kept\n";
            return 0;
        };
    });
    auto* bringing = app.add_subcommand("restore", "Bring a fleet back from an archive");
    bringing->add_option("file", parsed.restore.file, "The archive")->required();
    bringing->add_option("--dir", parsed.restore.folder, "The folder to fill; new or empty")
        ->required();
    bringing->callback([&parsed] {
        parsed.command = [&parsed](Screen& screen) {
            auto const done = restore(parsed.restore);
            if (!done) return failed(screen, done.error());
            screen.out << "The fleet is in " << parsed.restore.folder
                       << "; start broker and coordinator as before\n";
            return 0;
        };
    });
}

int run_approve(Parsed& parsed, Client& client, Screen& screen, bool approved) {
    auto const key = approver_key(parsed);
    if (!key) return failed(screen, key.error());
    if (!*key)
        return failed(screen, {base::Code::denied,
                               "this needs an approver's key: say --approver-key FILE"});
    auto& options = parsed.approve;
    options.approved = approved;
    options.actor = "operator:" + user_name();
    if (!parsed.yes) options.confirm = [&screen] { return confirmed_at_terminal(screen); };
    return approve(client, screen, options, **key, wall_now());
}

void add_approve(CLI::App& app, Parsed& parsed) {
    add_question(app, parsed, "approvals", "What waits for an approver's signature",
                 [](Client& client, Screen& screen) { return show_approvals(client, screen); });
    auto const add = [&](bool approved, char const* name, char const* what) {
        auto* command = add_question(app, parsed, name, what,
                                     [&parsed, approved](Client& client, Screen& screen) {
                                         return run_approve(parsed, client, screen, approved);
                                     });
        add_approver_key(*command, parsed);
        command->add_option("id", parsed.approve.id, "The command's id")->required();
        command->add_option("--reason", parsed.approve.reason, "Why; kept in the journal");
        return command;
    };
    auto* approve =
        add(true, "approve", "Show a command that waits, and sign that it may run once");
    approve->add_flag("--yes", parsed.yes, "Sign without asking");
    approve->add_option("--valid", parsed.approve.valid_for_s, "Seconds the signature is good for")
        ->check(CLI::Range(10, 86400))
        ->capture_default_str();
    add(false, "deny", "Sign that a command that waits shall not run");
}

bool wants_colour() { return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr; }

}  // namespace

int run_command_line(int argc, char const* const* argv) {
    CLI::App app{"Keeps a fleet of hosts healthy: the operator's command line.", "tomte"};
    app.require_subcommand(1);
    app.set_help_all_flag("--help-all", "Print every command's help and exit");
    app.set_version_flag("--version", "tomte " TOMTE_VERSION);
    Parsed parsed;
    auto const place = add_place(app, parsed.before);
    place.url->envname("TOMTE_URL");
    place.token->envname("TOMTE_TOKEN");
    place.secrets->envname("TOMTE_SECRETS");
    app.add_flag("--json", parsed.json, "Print JSON for programs");
    add_init(app, parsed);
    add_queries(app, parsed);
    add_watch(app, parsed);
    add_run(app, parsed);
    add_test_alert(app, parsed);
    add_freeze(app, parsed);
    add_lease(app, parsed);
    add_command_check(app, parsed);
    add_enrolment(app, parsed);
    add_backup(app, parsed);
    add_doctor(app, parsed);
    add_audit_commands(app, parsed.command, parsed.json);
    add_token_commands(app, parsed.command, parsed.json);
    add_approve(app, parsed);
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        return app.exit(error, std::cout, std::cerr) == 0 ? 0 : kWrongUsage;
    }
    Screen screen{std::cout, std::cerr, parsed.json, wants_colour()};
    return parsed.command(screen);
}

}  // namespace tomte
