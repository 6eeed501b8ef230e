#include "coordinator/app/program.hpp"

#include <signal.h>
#include <sys/stat.h>

#include <cstring>
#include <iostream>
#include <utility>

#include "common/adapters/log.hpp"
#include "common/adapters/notify.hpp"
#include "common/adapters/system_clock.hpp"
#include "coordinator/adapters/zmq_feed.hpp"
#include "coordinator/app/options.hpp"
#include "coordinator/app/running.hpp"

namespace coordinator {

namespace {

using adapters::log;
using adapters::LogLevel;

int exit_code(base::Error const& error) {
    switch (error.code) {
        case base::Code::invalid: return 78;
        case base::Code::corrupt: return 65;
        case base::Code::busy: return 75;
        default: return 1;
    }
}

// A wrong file of the configuration is wrong whatever the reason: missing, unreadable, malformed.
int config_is_wrong(base::Error const& error) {
    std::cerr << "tomte-coordinator: " << error.message << "\n";
    return 78;
}

int cannot_start(base::Error const& error) {
    log(LogLevel::error, "start.failed",
        {{"code", base::to_string(error.code)}, {"reason", error.message}});
    return exit_code(error);
}

int tell_config(Setup const& setup) {
    std::cout << "The configuration is right: " << setup.registry.hosts().size() << " hosts, "
              << setup.catalog.all().size() << " remedies.\n";
    for (auto const& setting : setup.settings.changed()) std::cout << "  " << setting << "\n";
    return 0;
}

// Null: none is configured.
base::Result<std::unique_ptr<ZmqFeed>> open_feed(base::Settings const& settings) {
    ZmqFeedSettings feed;
    feed.listen = settings.text("feed.listen");
    feed.curve_key = settings.text("feed.curve_key");
    if (feed.listen.empty()) return nullptr;
    return ZmqFeed::open(feed);
}

// Before the first thread is made, so that every thread inherits it and only we are told.
sigset_t block_stop_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    ::signal(SIGPIPE, SIG_IGN);  // a peer that hangs up is an error of the write, not our end
    return signals;
}

int wait_for(sigset_t const& signals) {
    int signal = 0;
    while (sigwait(&signals, &signal) != 0) continue;
    return signal;
}

}  // namespace

int run_program(int argc, char** argv) {
    int code = 0;
    auto const options = parse_options(argc, argv, code);
    if (!options) return code;
    auto setup = read_setup(options->config);
    if (!setup) return config_is_wrong(setup.error());
    if (options->check_config) return tell_config(*setup);
    adapters::set_log_level(*adapters::parse_log_level(setup->settings.text("log.level")));
    for (auto const& setting : setup->settings.changed())
        log(LogLevel::debug, "setting", {{"is", setting}});

    ::umask(0077);  // the store holds what commands printed
    auto const signals = block_stop_signals();
    SqliteJournalSettings store;
    store.path = setup->settings.text("store.path");
    store.fresh_allowed = options->fresh_store;
    store.now = adapters::system_now().wall;
    auto journal = SqliteJournal::open(store);
    if (!journal) return cannot_start(journal.error());
    auto tables = (*journal)->load();
    if (!tables) return cannot_start(tables.error());
    tables->hosts = setup->registry.merge(std::move(tables->hosts));

    auto feed = open_feed(setup->settings);
    if (!feed) return cannot_start(feed.error());

    Running running{std::move(*setup), std::move(*journal), std::move(*tables),
                    std::move(*feed)};
    if (auto started = running.start(); !started) return cannot_start(started.error());
    adapters::notify_service_manager("READY=1");
    auto const signal = wait_for(signals);
    adapters::notify_service_manager("STOPPING=1");
    log(LogLevel::info, "stopping", {{"signal", ::strsignal(signal)}});
    running.stop();
    if (auto const& ended = running.ended(); !ended) return cannot_start(ended.error());
    log(LogLevel::info, "stopped");
    return 0;
}

}  // namespace coordinator
