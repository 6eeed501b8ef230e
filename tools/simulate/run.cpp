#include <memory>

#include "common/remedy/hash.hpp"
#include "tools/simulate/alerts.hpp"
#include "tools/simulate/centre.hpp"
#include "tools/simulate/checker.hpp"
#include "tools/simulate/host.hpp"

namespace simulate {
namespace {

using namespace std::chrono_literals;

constexpr auto kStorm = 30min;
constexpr auto kQuiet = 120min;
constexpr auto kRepaired = 30min;
constexpr int kServices = 4;  // per host

remedy::Catalog catalog() {
    domain::Remedy remedy;
    remedy.name = "restart_service";
    remedy.risk = domain::Risk::reversible;
    remedy.answers = {{"ServiceDown", {}}};
    remedy.subject_kind = domain::SubjectKind::service;
    remedy.subject_param = "service";
    remedy.params = {{"service", domain::ParamType::word, {"service"}, std::nullopt}};
    remedy.timeout = base::Duration{30'000};
    remedy.hash = remedy::content_hash(remedy);
    return remedy::Catalog{{remedy}};
}

coordinator::CoreSettings settings_for(std::uint64_t seed) {
    coordinator::CoreSettings settings;
    settings.seed = seed;
    settings.remedies_digest = "remedies";
    settings.metrics_configured = seed % 2 == 0;
    settings.limits_lifted = seed % 5 == 0;
    // Short lives, so that many commands expire on their way.
    settings.command_ttl = seed % 3 == 0 ? 120s : 20s;
    return settings;
}

// Everything of one run, tied together.
class World {
  public:
    explicit World(Options const& options);
    Story play();

  private:
    void connect(Host& host);
    void heard(Host& host, agent::Message const& message);
    void welcome_all();
    void performed(coordinator::Effect const& effect);
    void send(coordinator::SendCommand const& effect);
    void send(coordinator::SendWelcome const& effect);
    Host* find(domain::HostId const& id);

    void every(base::Duration least, base::Duration most, bool storm_only,
               std::function<void()> what);
    void break_something();
    void cut_off_somebody();
    void order_something();
    void scrape();
    void beat();
    base::WallTime told_time() const;
    void plan_the_storm();
    std::map<std::string, Services*> services();
    Host& any_host() { return *hosts_.at(timeline_.random.below(hosts_.size())); }

    Options options_;
    Story story_;
    Timeline timeline_;
    Network network_;
    Envelopes envelopes_;
    Ledger ledger_;
    remedy::Catalog catalog_ = catalog();
    remedy::Routing routing_;
    Centre centre_;
    Alerts alerts_;
    Checker checker_;
    std::vector<std::unique_ptr<Host>> hosts_;
    std::map<domain::HostId, agent::Message> births_;  // retained by the broker
    bool storm_ = true;
};

World::World(Options const& options)
    : options_(options),
      timeline_(options.seed),
      network_(timeline_, story_),
      centre_(timeline_, story_, options, settings_for(options.seed), catalog_, routing_),
      alerts_(timeline_),
      checker_(story_, centre_.store, ledger_) {
    story_.seed = options.seed;
    for (int number = 1; number <= options.hosts; ++number) {
        Services services;
        for (int service = 1; service <= kServices; ++service)
            services["service" + std::to_string(service)].probed = service % 2 == 0;
        hosts_.push_back(std::make_unique<Host>(timeline_, network_, envelopes_, ledger_, story_,
                                                options, "host" + std::to_string(number),
                                                std::move(services)));
        auto const id = hosts_.back()->id();
        centre_.store.hosts.emplace(
            id,
            coordinator::HostRow{id, {}, 1, false, "", 0, "", "", "", "", "", {}, {}, 0, {}, 0});
        connect(*hosts_.back());
    }
    centre_.performed = [this](auto const& effect) { performed(effect); };
    centre_.started = [this] { welcome_all(); };
    alerts_.post = [this](auto request) { centre_.step(request); };
    alerts_.taken = [this](auto const& signal) { checker_.taken(signal); };
}

Host* World::find(domain::HostId const& id) {
    for (auto const& host : hosts_)
        if (host->id() == id) return host.get();
    return nullptr;
}

void World::connect(Host& host) {
    host.said = [this, &host](auto const& message) { heard(host, message); };
    host.journalled = [this](wire::JournalBatch const& batch) {
        coordinator::JournalArrived event{batch.host, {}};
        for (auto const& record : batch.records) {
            coordinator::HostRecord copy{record.seq, record.time, {}};
            if (auto const* signal = std::get_if<domain::Signal>(&record.body))
                copy.body = *signal;
            else if (auto const* result = std::get_if<domain::CommandResult>(&record.body))
                copy.body = *result;
            else if (auto const* fix = std::get_if<domain::LocalFix>(&record.body))
                copy.body = *fix;
            else
                copy.body = coordinator::HostNote{
                    std::get<wire::NoteRecord>(record.body).kind,
                    std::get<wire::NoteRecord>(record.body).text};
            event.records.push_back(std::move(copy));
        }
        centre_.step(event);
    };
    host.promised = [this, &host](auto const& record) {
        checker_.promised(host.id(), record.seq);
    };
    host.forgotten = [this, &host](auto through) { checker_.forgotten(host.id(), through); };
}

coordinator::HostBorn born(wire::Birth const& birth) {
    return {birth.host,          birth.session,         birth.boot_id,
            birth.version,       birth.mode,            birth.policy_digest,
            birth.remedies_digest, birth.capabilities,  birth.offers,
            birth.journal_first, birth.journal_last};
}

void World::heard(Host& host, agent::Message const& message) {
    if (auto const* birth = std::get_if<wire::Birth>(&message)) {
        births_.insert_or_assign(host.id(), message);
        centre_.step(born(*birth));
    } else if (auto const* avail = std::get_if<agent::PublishAvail>(&message)) {
        centre_.step(coordinator::HostAvailability{host.id(), avail->online});
    } else if (auto const* ack = std::get_if<wire::Ack>(&message)) {
        centre_.step(coordinator::CommandAcknowledged{ack->host, ack->id, ack->state, ack->code,
                                                      ack->detail});
    } else if (auto const* report = std::get_if<wire::Reported>(&message)) {
        centre_.step(coordinator::DocumentReported{host.id(), report->document, report->rev,
                                                   report->digest, report->applied,
                                                   report->reason});
    }
}

// What a broker has kept for a coordinator that connects.
void World::welcome_all() {
    for (auto const& host : hosts_) {
        auto const kept = births_.find(host->id());
        if (kept == births_.end()) continue;
        network_.carry([this, birth = std::get<wire::Birth>(kept->second)] {
            centre_.step(born(birth));
        });
        network_.carry([this, &host = *host] {
            centre_.step(coordinator::HostAvailability{host.id(), host.linked()});
        });
    }
}

base::WallTime World::told_time() const {
    auto const now = timeline_.now();
    if (options_.bug != SeededBug::clock_stands_still) return now.wall;
    return now.wall - now.boot.time_since_epoch();
}

void World::send(coordinator::SendCommand const& effect) {
    auto const& command = effect.command;
    agent::CommandArrived event{command, body_of(command), envelopes_.seal(command),
                                std::holds_alternative<domain::LineOrder>(command.order)
                                    ? agent::Lane::read
                                    : agent::Lane::fix,
                                false};
    network_.carry([this, event] { find(event.command.host)->hear(event); });
}

void World::send(coordinator::SendWelcome const& effect) {
    wire::Welcome const welcome{effect.host,          effect.session,     told_time(),
                                centre_.epoch(),      effect.incarnation, wire::kWireVersion,
                                "remedies"};
    agent::WelcomeArrived event{welcome, envelopes_.seal(welcome)};
    network_.carry([this, event] { find(event.welcome.host)->hear(event); });
}

void World::performed(coordinator::Effect const& effect) {
    if (auto const* command = std::get_if<coordinator::SendCommand>(&effect)) {
        send(*command);
    } else if (auto const* welcome = std::get_if<coordinator::SendWelcome>(&effect)) {
        send(*welcome);
    } else if (auto const* ack = std::get_if<coordinator::AcknowledgeJournal>(&effect)) {
        network_.carry([this, copy = *ack] {
            find(copy.host)->hear(agent::JournalAcknowledged{copy.through_seq});
        });
    } else if (auto const* remedies = std::get_if<coordinator::SendRemedies>(&effect)) {
        network_.carry([this, id = remedies->host] {
            find(id)->hear(agent::DocumentArrived{"remedies", "remedies"});
        });
    } else if (auto const* accepted = std::get_if<coordinator::Accepted>(&effect)) {
        alerts_.answered(*accepted);
    } else if (auto const* tell = std::get_if<coordinator::Tell>(&effect)) {
        checker_.told(*tell);
    } else if (auto const* question = std::get_if<coordinator::AskMetrics>(&effect)) {
        timeline_.after(timeline_.between(1ms, 800ms), [this, copy = *question] {
            centre_.step(
                coordinator::MetricsAnswered{copy.incident, alerts_.answer(copy.signal)});
        });
    }
}

void World::every(base::Duration least, base::Duration most, bool storm_only,
                  std::function<void()> what) {
    timeline_.after(timeline_.between(least, most), [=, this] {
        if (storm_only && !storm_) return;
        what();
        every(least, most, storm_only, what);
    });
}

void World::break_something() {
    auto& services = any_host().services();
    auto at = services.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(timeline_.random.below(services.size())));
    if (at->second.ill) return;
    ++story_.faults;
    auto const kind = timeline_.random.below(10);
    at->second.ill = true;
    at->second.since = timeline_.now().wall;
    at->second.needs = kind < 6 ? 1 : kind < 8 ? 2 : 1'000;  // the last: only a person can
}

void World::cut_off_somebody() {
    auto& host = any_host();
    host.link(false);
    timeline_.after(timeline_.between(1s, 90s), [&host] { host.link(true); });
}

void World::order_something() {
    auto const host = any_host().id().text();
    centre_.step(coordinator::CommandOrdered{1, host, domain::LineOrder{"true"}, true,
                                             "operator:api", "", 10s});
}

void World::scrape() {
    for (auto const& host : hosts_) alerts_.watch(host->id(), host->services());
}

void World::beat() {
    if (!centre_.alive()) return;
    wire::CoordinatorHeartbeat const beat{"home", told_time(), centre_.epoch(), false};
    for (auto const& host : hosts_)
        network_.carry([&host = *host, beat] { host.hear(agent::CoordinatorBeat{beat}); });
}

void World::plan_the_storm() {
    every(10s, 60s, true, [this] { break_something(); });
    every(20s, 120s, true, [this] { cut_off_somebody(); });
    every(30s, 240s, true, [this] { centre_.kill(); });
    every(30s, 120s, true, [this] { any_host().kill(); });
    every(20s, 120s, true, [this] { order_something(); });
    every(30s, 120s, true, [this] {
        auto& host = any_host();
        if (!host.hand().alive()) return;
        ++story_.kills;
        host.hand().kill();
        timeline_.after(timeline_.between(100ms, 60s), [&host] {
            if (!host.hand().alive()) host.hand().start();
        });
    });
    every(15s, 15s, false, [this] { scrape(); });
    every(8s, 8s, false, [this] { beat(); });
}

std::map<std::string, Services*> World::services() {
    std::map<std::string, Services*> all;
    for (auto const& host : hosts_) all.emplace(host->id().text(), &host->services());
    return all;
}

Story World::play() {
    centre_.start();
    for (auto const& host : hosts_) {
        host->link(true);
        host->start();
    }
    plan_the_storm();
    bool ended = timeline_.play(kStorm);
    storm_ = network_.bad = centre_.dangerous = false;
    for (auto const& host : hosts_) host->dangerous = false;
    ended = ended && timeline_.play(kQuiet);
    checker_.after_quiet(services());
    for (auto const& [host, all] : services())
        for (auto& [name, service] : *all) service.ill = false;  // a person repairs them
    ended = ended && timeline_.play(kRepaired);
    checker_.at_end();
    if (!ended) story_.violations.push_back("it never came to rest");
    return story_;
}

}  // namespace

Story run(Options const& options) { return World{options}.play(); }

}  // namespace simulate
