#include "tools/tomte/cli.hpp"

#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <iostream>

#include <CLI/CLI.hpp>

#include "tools/tomte/init_command.hpp"

namespace tomte {
namespace {

constexpr int kWrongUsage = 2;

struct Parsed {
    bool json = false;
    InitOptions init;
    std::function<int()> command;
};

void add_init(CLI::App& app, Parsed& parsed) {
    auto* command = app.add_subcommand("init", "Make a fleet's folder: keys, certificates, settings");
    auto& init = parsed.init;
    init.routing_file = TOMTE_CATALOG_DIR "/routing.toml";
    init.facts.agent_user = std::to_string(::geteuid());
    init.facts.as_root = ::geteuid() == 0;
    command->add_option("--dir", init.folder, "The folder to fill; new or empty")->required();
    command->add_option("--host", init.hosts, "A host of the fleet; may be repeated")->required();
    command->add_option("--alias", init.aliases,
                        "What alerts call a host besides its name: HOST=ALIAS (ALIAS alone with "
                        "a single host); may be repeated");
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
        parsed.command = [&parsed] { return init_command(parsed.init, parsed.json); };
    });
}

}  // namespace

int run_command_line(int argc, char const* const* argv) {
    CLI::App app{"Keeps a fleet of hosts healthy: the operator's command line.", "tomte"};
    app.require_subcommand(1);
    app.set_version_flag("--version", "tomte " TOMTE_VERSION);
    Parsed parsed;
    add_init(app, parsed);
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        return app.exit(error, std::cout, std::cerr) == 0 ? 0 : kWrongUsage;
    }
    return parsed.command();
}

}  // namespace tomte
