#include "agent/app/command_line.hpp"

#include <string_view>

#include "agent/app/settings.hpp"

namespace agent {

base::Result<CommandLine> read_command_line(int argc, char const* const* argv) {
    using namespace std::string_view_literals;
    CommandLine line;
    for (int i = 1; i < argc; ++i) {
        std::string_view const word = argv[i];
        if (word == "--check-config") {
            line.check_config = true;
        } else if (word == "--help" || word == "-h") {
            line.help = true;
        } else if (word == "--version") {
            line.version = true;
        } else if (word.starts_with("--config=") && word.size() > "--config="sv.size()) {
            line.config = word.substr("--config="sv.size());
        } else if (word == "--config" && i + 1 < argc) {
            line.config = argv[++i];
        } else if (word == "--config" || word == "--config=") {
            return base::fail(base::Code::invalid, "--config needs a file");
        } else {
            return base::fail(base::Code::invalid,
                              "unknown option '" + std::string(word) + "'; see --help");
        }
    }
    return line;
}

std::string usage() {
    return "Usage: tomte-agent [--config FILE] [--check-config]\n"
           "       tomte-agent join LINK      (the line that `tomte invite HOST` prints)\n"
           "       tomte-agent doctor         (what is wrong here, and what to do)\n"
           "       tomte-agent renew          (the certificate, when it is time)\n"
           "Measures this host, speaks up when something is ill, and hands orders of the\n"
           "coordinator to the hand.\n"
           "\n"
           "  --config FILE   settings (default /etc/tomte/agent.toml)\n"
           "  --check-config  say whether the settings are valid, and end\n"
           "  --help          this text\n"
           "  --version       the version\n"
           "\n"
           "Settings:\n" +
           base::settings_help(settings_table());
}

}  // namespace agent
