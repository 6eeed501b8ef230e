#include "tools/tomte/init_command.hpp"

#include <iostream>

#include "common/base/json.hpp"

namespace tomte {
namespace {

void print_json(InitReport const& made) {
    base::json::Writer out;
    out.begin_object().member("v", 1).member("dir", made.folder).key("hosts").begin_array();
    for (auto const& host : made.hosts) out.value(host);
    out.end_array().end_object();
    std::cout << out.text() << "\n";
}

void print_next_steps(InitReport const& made, bool added) {
    auto const& dir = made.folder;
    std::cout << (added ? "Added to the fleet in " : "Made a fleet in ") << dir << "\n\n";
    if (added)
        std::cout << "Tell the running broker and coordinator (SIGHUP to the broker, a restart of\n"
                     "the coordinator), then carry the new folder to its host:\n";
    else
        std::cout << "Start, in this order:\n"
                  << "  mosquitto -c " << dir << "/broker/mosquitto.conf\n"
                  << "  tomte-coordinator --config " << dir << "/coordinator/coordinator.toml\n"
                  << (made.hosts.empty()
                          ? "and let hosts join:\n  tomte --secrets " + dir +
                                "/coordinator/secrets.toml invite HOST\n"
                          : "and on each host, with its folder carried there:\n");
    for (auto const& host : made.hosts)
        std::cout << "  tomte-hand --lane=fix --config " << dir << "/hosts/" << host
                  << "/hand.toml\n"
                  << "  tomte-hand --lane=read --config " << dir << "/hosts/" << host
                  << "/hand.toml\n"
                  << "  tomte-agent --config " << dir << "/hosts/" << host << "/agent.toml\n";
    std::cout << "\nWhat a host allows is in its policy.toml: look at it before the host joins.\n"
              << "Passwords and tokens: " << dir << "/coordinator/secrets.toml\n"
              << "The approver's key is yours, not the service's: move " << dir
              << "/operator\nto your own machine. Keep a copy of everything (tomte backup).\n";
}

}  // namespace

int init_command(InitOptions const& options, bool json) {
    auto const made = init(options);
    if (!made) {
        std::cerr << "tomte init: " << made.error().message << "\n";
        return 1;
    }
    if (json)
        print_json(*made);
    else
        print_next_steps(*made, options.add_host);
    return 0;
}

}  // namespace tomte
