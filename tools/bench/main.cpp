#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "tools/bench/bench.hpp"

int main(int argc, char** argv) {
    CLI::App app{"Measures Tomte against floors taken in the same run."};
    app.require_subcommand(1);
    bench::Options options;
    options.bin = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    options.patient = TOMTE_PATIENT;
    app.add_option("--bin", options.bin, "Folder of the programs");
    app.add_option("--patient", options.patient, "The patient script of tools/demo");
    app.add_flag("--json", options.json, "One line of figures");
    app.add_option("--count", options.count, "Samples (default: the bench's own)");
    app.add_option("--seconds", options.seconds, "How long to watch (default: the bench's own)");
    app.add_option("--hosts", options.hosts, "Agent cores of the bench through");
    app.fallthrough();

    int code = 0;
    auto const add = [&](char const* name, char const* what, int (*run)(bench::Options const&)) {
        app.add_subcommand(name, what)->callback([&code, &options, run] { code = run(options); });
    };
    add("roundtrip", "One order from HTTP to the finished result", bench::roundtrip);
    add("intake", "Alerts taken in durably", bench::intake);
    add("through", "Distinct alerts over many agent cores, to their outcomes", bench::through);
    add("footprint", "Memory, CPU and writes of the programs at rest", bench::footprint);
    add("command", "Lines of the command language judged on one core", bench::command_lines);
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        return app.exit(error);
    } catch (std::exception const& error) {
        std::fprintf(stderr, "tomte-bench: %s\n", error.what());
        return 2;
    }
    return code;
}
