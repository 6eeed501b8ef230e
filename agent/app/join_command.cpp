// The command line of `tomte-agent join`, and the one question that it asks.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

#include "agent/app/join.hpp"

extern char** environ;

namespace agent {
namespace {

constexpr int kWrongUsage = 2;

constexpr char kUsage[] =
    "Usage: tomte-agent join LINK [--allow REMEDY,…] [--replace]\n"
    "Makes this host a member of the fleet that printed LINK (tomte invite HOST).\n"
    "\n"
    "  --allow NAMES     shipped remedies that may run alone here, comma separated; \"\": none.\n"
    "                    Without it the question is asked, and without a terminal it is none\n"
    "  --replace         leave the fleet this host belongs to\n"
    "  --etc DIR         settings, policy and whom this host believes (/etc/tomte)\n"
    "  --state DIR       the agent's own (/var/lib/tomte-agent)\n"
    "  --hand-state DIR  the hand's own (/var/lib/tomte-hand)\n"
    "  --sockets DIR     the hand's sockets (/run/tomte)\n"
    "  --agent-user NAME whom the hand answers (tomte-agent)\n"
    "  --no-start        do not start the services\n";

std::vector<std::string> split_names(std::string_view text) {
    std::vector<std::string> names;
    while (!text.empty()) {
        auto const end = text.find_first_of(", ");
        if (end != 0) names.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return names;
}

// None: wrong usage.
std::optional<JoinOptions> read_options(int argc, char const* const* argv) {
    JoinOptions options;
    for (int i = 0; i < argc; ++i) {
        std::string_view const word = argv[i];
        auto const value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
        if (word == "--replace") {
            options.replace = true;
        } else if (word == "--no-start") {
            options.start = false;
        } else if (word == "--allow" && i + 1 < argc) {
            options.allow = split_names(argv[++i]);
        } else if (word == "--etc") {
            options.etc = value();
        } else if (word == "--state") {
            options.state = value();
        } else if (word == "--hand-state") {
            options.hand_state = value();
        } else if (word == "--sockets") {
            options.sockets = value();
        } else if (word == "--agent-user") {
            options.agent_user = value();
        } else if (!word.starts_with("-") && options.link.empty()) {
            options.link = word;
        } else {
            return std::nullopt;
        }
    }
    for (auto const* folder : {&options.etc, &options.state, &options.hand_state, &options.sockets})
        if (!folder->starts_with('/')) return std::nullopt;
    if (options.link.empty() || options.agent_user.empty()) return std::nullopt;
    return options;
}

std::vector<std::string> choose(std::vector<wire::ShippedRemedy> const& shipped) {
    if (::isatty(STDIN_FILENO) != 1) return {};
    std::printf("Which of these may run here alone, without anybody being asked?\n\n");
    for (auto const& remedy : shipped)
        std::printf("  %-24s %s\n", remedy.name.c_str(), remedy.title.c_str());
    std::printf(
        "\nNames, separated by commas; \"all\"; or Enter for none (looking only, until you change\n"
        "policy.toml): ");
    std::fflush(stdout);
    std::string line;
    for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar())
        line += static_cast<char>(c);
    auto const wanted = split_names(line);
    std::vector<std::string> chosen;
    for (auto const& remedy : shipped)
        for (auto const& name : wanted)
            if (name == "all" || name == remedy.name) {
                chosen.push_back(remedy.name);
                break;
            }
    return chosen;
}

bool run_quietly(std::vector<char const*> argv) {
    argv.push_back(nullptr);
    pid_t pid = 0;
    if (::posix_spawn(&pid, argv[0], nullptr, nullptr, const_cast<char* const*>(argv.data()),
                      environ) != 0)
        return false;
    int status = 0;
    return ::waitpid(pid, &status, 0) == pid && status == 0;
}

// Where the package installed its units and systemd runs.
void start_services() {
    constexpr char const* kSystemctl = "/usr/bin/systemctl";
    if (::access("/run/systemd/system", F_OK) != 0 || ::access(kSystemctl, X_OK) != 0) {
        std::printf("Start tomte-hand (both lanes) and tomte-agent by your service manager.\n");
        return;
    }
    bool const good =
        run_quietly({kSystemctl, "restart", "tomte-hand-read.socket", "tomte-hand-fix.socket",
                     "tomte-agent.service"});
    std::printf(good ? "The agent runs: systemctl status tomte-agent\n"
                     : "The services did not start: systemctl status tomte-agent says why\n");
}

}  // namespace

int run_join(int argc, char const* const* argv) {
    auto const options = read_options(argc, argv);
    if (!options) {
        std::fputs(kUsage, stderr);
        return kWrongUsage;
    }
    JoinTalk talk;
    talk.say = [](std::string const& text) {
        std::printf("%s\n", text.c_str());
        std::fflush(stdout);
    };
    talk.choose = choose;
    auto const joined = join(*options, talk);
    if (!joined) {
        std::fprintf(stderr, "tomte-agent join: %s\n", joined.error().message.c_str());
        return 1;
    }
    std::printf("This host belongs to the fleet. What it allows: %s/policy.toml\n",
                options->etc.c_str());
    if (options->start) start_services();
    return 0;
}

}  // namespace agent
