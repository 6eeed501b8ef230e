#include "tools/tomte/init_command.hpp"

#include <iostream>

#include "common/base/files.hpp"
#include "common/base/json.hpp"
#include "common/base/toml.hpp"

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

// Ready to paste, so with the passwords in it: to the terminal of whoever holds the keys anyway.
void print_snippets(std::string const& dir, std::string const& http) {
    auto const file = dir + "/coordinator/secrets.toml";
    auto const text = base::read_file(file);
    auto const secrets = base::toml::Document::parse(text.value_or(""), file);
    if (!secrets) return;
    auto const secret = [&](char const* name) {
        return secrets->root()[name].string().value_or("");
    };
    std::cout << "\nAlertmanager, one more receiver (and a route to it):\n"
              << "  - name: tomte\n"
              << "    webhook_configs:\n"
              << "      - url: http://" << http << "/webhook/alertmanager\n"
              << "        send_resolved: true\n"
              << "        http_config:\n"
              << "          basic_auth:\n"
              << "            username: alertmanager\n"
              << "            password: " << secret("alertmanager_password") << "\n"
              << "\nPrometheus, under scrape_configs:\n"
              << "  - job_name: tomte\n"
              << "    authorization:\n"
              << "      credentials: " << secret("scrape_token") << "\n"
              << "    static_configs:\n"
              << "      - targets: [\"" << http << "\"]\n";
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
    if (!json && !options.add_host) print_snippets(made->folder, options.facts.http);
    return 0;
}

}  // namespace tomte
