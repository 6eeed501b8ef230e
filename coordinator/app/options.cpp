#include "coordinator/app/options.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "coordinator/app/settings.hpp"
#include "coordinator/app/version.hpp"

namespace coordinator {

namespace {

constexpr int kWrongUsage = 78;

}  // namespace

std::optional<Options> parse_options(int argc, char** argv, int& exit_code) {
    Options options;
    CLI::App app{"Correlates signals, decides on remedies and orders hosts to heal themselves.",
                 "tomte-coordinator"};
    app.set_version_flag("--version", "tomte-coordinator " + std::string{kVersion});
    app.add_option("--config", options.config, "settings file")->capture_default_str();
    app.add_flag("--check-config", options.check_config,
                 "read settings, registry, catalogue and keys, say what is wrong, and end");
    app.add_flag("--fresh-store", options.fresh_store,
                 "begin with an empty store if the old one is damaged (it is kept aside) or gone");
    app.footer("Settings (in the file, as [table] key = value):\n" +
               base::settings_help(settings_table()));
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        bool const asked = error.get_exit_code() == 0;
        app.exit(error);
        exit_code = asked ? 0 : kWrongUsage;
        return std::nullopt;
    }
    return options;
}

}  // namespace coordinator
