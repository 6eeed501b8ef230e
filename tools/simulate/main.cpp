// tomte-simulate: both cores in one process, against a bad network and many kills, from seeds.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>

#include "tools/simulate/report.hpp"

int main(int argc, char** argv) {
    CLI::App app{"Plays a fleet with a lossy broker, kills and faults; checks what was promised"};
    std::uint64_t first = 1;
    int seeds = 50;
    simulate::Options options;
    bool json = false;
    app.add_option("--seed", first, "the first seed")->capture_default_str();
    app.add_option("--seeds", seeds, "how many seeds, one after the other")
        ->capture_default_str()
        ->check(CLI::Range(1, 10'000'000));
    app.add_option("--hosts", options.hosts, "hosts in the fleet")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000));
    app.add_flag("--json", json, "one line of figures");
    CLI11_PARSE(app, argc, argv);
    return simulate::report(options, first, seeds, json, std::cout);
}
