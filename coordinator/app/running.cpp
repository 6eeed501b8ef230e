#include "coordinator/app/running.hpp"

#include <signal.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "common/adapters/log.hpp"
#include "common/adapters/system_clock.hpp"
#include "common/audit/heads.hpp"
#include "common/trust/hash.hpp"
#include "coordinator/adapters/notifiers.hpp"
#include "coordinator/app/settings.hpp"
#include "coordinator/app/version.hpp"

namespace coordinator {

using adapters::log;
using adapters::LogLevel;

namespace {

std::unique_ptr<Notifier> make_notifier(base::Settings const& settings) {
    std::vector<std::unique_ptr<Notifier>> all;
    all.push_back(std::make_unique<LogNotifier>());
    if (auto const& url = settings.text("notify.webhook_url"); !url.empty()) {
        WebhookSettings webhook;
        webhook.url = url;
        webhook.bearer_token = settings.text("notify.webhook_token");
        all.push_back(std::make_unique<WebhookNotifier>(std::move(webhook)));
    }
    return std::make_unique<AllNotifiers>(std::move(all));
}

std::unique_ptr<PrometheusSource> make_source(base::Settings const& settings,
                                              std::function<void(Event)> post) {
    PrometheusSettings prometheus;
    prometheus.url = settings.text("metrics.prometheus_url");
    if (prometheus.url.empty()) return nullptr;
    return std::make_unique<PrometheusSource>(std::move(prometheus), std::move(post));
}

PahoFleetSettings fleet_settings(Setup const& setup, std::int64_t epoch) {
    auto const& from = setup.settings;
    return {
        .site = from.text("site"),
        .broker_host = from.text("broker.host"),
        .broker_port = static_cast<int>(from.integer("broker.port")),
        .ca_file = from.text("broker.ca"),
        .cert_file = from.text("broker.cert"),
        .key_file = from.text("broker.key"),
        .command_key = setup.command_key,
        .host_keys = setup.registry.keys(),
        .epoch = epoch,
        .remedies_document = remedies_document(setup.catalog, epoch),
    };
}

}  // namespace

// Counts what the loop did, and tells the board how far the journal is.
class Running::Counting final : public LoopObserver {
  public:
    Counting(PrometheusMetrics& metrics, SqliteJournal const& journal, Board& board)
        : metrics_(metrics), journal_(journal), board_(board) {}

    void committed(Event const& event, Effects const& effects) override {
        metrics_.committed(event, effects);
    }
    void commit_took(base::Duration took, int steps) override {
        metrics_.commit_took(took, steps);
        board_.journal_at(journal_.last_seq());
    }
    void commit_failed() override { metrics_.commit_failed(); }

  private:
    PrometheusMetrics& metrics_;
    SqliteJournal const& journal_;
    Board& board_;
};

Running::Running(Setup setup, std::unique_ptr<SqliteJournal> journal, Tables tables,
                 std::unique_ptr<Feed> feed)
    : setup_(std::move(setup)),
      journal_(std::move(journal)),
      epoch_(tables.epoch),
      board_(std::string{kVersion}, adapters::system_now().wall),
      mailbox_(setup_.settings.integer("loop.mailbox")),
      telemetry_(setup_.settings.integer("telemetry.memory")),
      metrics_(std::string{kVersion}),
      stored_(setup_.settings.text("store.path")),
      registry_(setup_.registry, setup_.settings.text("fleet.hosts")),
      history_(stored_, registry_),
      notifier_(make_notifier(setup_.settings)),
      prometheus_(make_source(setup_.settings, [this](Event event) { post(std::move(event)); })),
      feed_(std::move(feed)),
      fleet_(fleet_settings(setup_, epoch_), sinks()),
      core_(core_with_secrets(), setup_.catalog, setup_.routing, tables),
      counting_(std::make_unique<Counting>(metrics_, *journal_, board_)),
      loop_({*journal_, core_, mailbox_, fleet_, *notifier_, waiters_, board_, counting_.get(),
             prometheus_.get(), nullptr, feed_.get(), adapters::system_now,
             [this](base::Time now) {
                 keep_journal_short(now.wall);
                 if (enroller_) enroller_->tidy();
             },
             [this](base::Time now) { tell_head(now); }}),
      api_({mailbox_, waiters_, board_, telemetry_, history_, adapters::system_now,
            [this](StatusReport const& status) { return metrics_.text(status); },
            {setup_.settings.text("site"), setup_.command_key.public_key(), setup_.approvers,
             setup_.web_approvers, &setup_.catalog}}) {
    if (setup_.authority) make_enroller();
    board_.loaded(tables);
    board_.journal_at(journal_->last_seq());
}

Running::~Running() { stop(); }

CoreSettings Running::core_with_secrets() const {
    auto settings = core_settings(setup_.settings);
    // Ids must not repeat those of an earlier process, nor be guessed.
    auto const bytes = trust::random_bytes(sizeof settings.seed);
    std::memcpy(&settings.seed, bytes.data(), sizeof settings.seed);
    settings.remedies_digest = fleet_.remedies_digest();
    return settings;
}

// What a full mailbox turns away comes again: hosts keep what was not acknowledged. One line for
// many, or the log would be as full as the mailbox.
void Running::post(Event event) {
    auto const posted = mailbox_.post(std::move(event));
    if (posted || posted.error().code == base::Code::unavailable) return;
    auto const count = ++turned_away_;
    if (count % 1'000 == 1)
        log(LogLevel::warning, "event.turned_away",
            {{"reason", posted.error().message}, {"since_start", count}});
}

FleetSinks Running::sinks() {
    FleetSinks sinks;
    sinks.post = [this](Event event) { post(std::move(event)); };
    sinks.telemetry = [this](wire::Telemetry const& message) {
        telemetry_.add(adapters::system_now().wall, message.host, message.group);
    };
    sinks.head = [this]() -> std::optional<wire::JournalHead> {
        auto const& end = journal_->durable_end();
        return wire::JournalHead{end.seq, end.hash};
    };
    sinks.link = [this](bool up, std::string const& reason) {
        if (!board_.broker(up, reason)) return;
        log(up ? LogLevel::info : LogLevel::warning, up ? "broker.up" : "broker.down",
            {{"reason", reason}});
    };
    if (setup_.authority)
        sinks.enroll = [this](std::string_view topic, std::string_view payload) {
            return enroller_->heard(topic, payload);
        };
    return sinks;
}

void Running::make_enroller() {
    auto const& from = setup_.settings;
    EnrollerSettings settings;
    settings.site = from.text("site");
    settings.broker_host = from.text("broker.host");
    settings.broker_port = static_cast<int>(from.integer("broker.port"));
    settings.listener = from.text("enroll.listener");
    settings.broker_files = from.text("enroll.broker_files");
    settings.command_key_pem = setup_.command_key.public_key().to_pem();
    for (auto const& key : setup_.approvers) settings.approver_keys_pem += key.to_pem();
    for (auto const& remedy : setup_.catalog.all())
        if (remedy.risk <= domain::Risk::reversible)
            settings.remedies.push_back({remedy.name, remedy.title});
    EnrollerSinks sinks;
    sinks.post = [this](Event event) { post(std::move(event)); };
    sinks.know = [this](domain::HostId const& host, trust::PublicKey key) {
        fleet_.know(host, std::move(key));
    };
    sinks.forget = [this](domain::HostId const& host) { fleet_.forget(host); };
    sinks.tell = [this](std::string topic, std::string payload) {
        fleet_.tell_enrolling(std::move(topic), std::move(payload));
    };
    sinks.now = adapters::system_now;
    enroller_ = std::make_unique<Enroller>(std::move(settings), *std::move(setup_.authority),
                                           registry_, std::move(sinks));
}

base::Status Running::start() {
    if (enroller_)
        if (auto written = enroller_->start(); !written) return written;
    thread_ = std::jthread{[this](std::stop_token const& stop) { run_loop(stop); }};
    if (auto started = fleet_.start(); !started) return started;
    HttpServiceSettings http;
    http.listen = setup_.settings.text("http.listen");
    http.tokens = setup_.settings.text("http.tokens");
    http.version = kVersion;
    http.certificate = setup_.settings.text("http.certificate");
    http.key = setup_.settings.text("http.key");
    http.public_url = setup_.settings.text("http.public_url");
    http.hosts = setup_.settings.list("http.hosts");
    auto service = HttpService::start(std::move(http), api_, enroller_.get());
    if (!service) return tl::make_unexpected(service.error());
    http_ = std::move(*service);
    log(LogLevel::info, "started",
        {{"version", kVersion},
         {"epoch", epoch_},
         {"http", setup_.settings.text("http.listen")},
         {"hosts", static_cast<std::uint64_t>(setup_.registry.hosts().size())},
         {"remedies", static_cast<std::uint64_t>(setup_.catalog.all().size())}});
    return {};
}

void Running::run_loop(std::stop_token stop) {
    ended_ = loop_.run(epoch_, stop);
    if (ended_ || stop.stop_requested()) return;
    log(LogLevel::error, "loop.ended", {{"reason", ended_.error().message}});
    ::kill(::getpid(), SIGTERM);  // the main thread waits for it
}

void Running::keep_journal_short(base::WallTime now) {
    JournalLimits limits;
    limits.before = now - setup_.settings.duration("store.keep");
    limits.bytes_max = setup_.settings.integer("store.bytes_max");
    auto const pruned = journal_->prune(limits);
    if (!pruned)
        log(LogLevel::warning, "journal.not_pruned", {{"reason", pruned.error().message}});
    else if (*pruned > 0)
        log(LogLevel::debug, "journal.pruned", {{"rows", *pruned}});
}

// Every heartbeat carries the journal's head; at most a minute after a change, and every six hours
// without one, a head is signed for our own store too.
void Running::tell_head(base::Time now) {
    constexpr base::Duration kAfterChange{60'000 - Loop::kBeatEvery.count()};
    constexpr base::Duration kIdle{6 * 3'600'000};
    auto const since = now.boot - signed_at_;
    bool const changed = journal_->last_seq() != signed_seq_;
    if (signed_seq_ < 0 || since >= (changed ? kAfterChange : kIdle)) sign_head(now);
}

void Running::sign_head(base::Time now) {
    auto done = journal_->settle();
    if (done) {
        auto const& end = journal_->durable_end();
        wire::ChainHead const head{audit::site_owner(setup_.settings.text("site")),
                                   {end.seq, end.hash}, now.wall};
        done = journal_->keep_head(head, audit::sign_head(setup_.command_key, head));
        if (done) {
            signed_seq_ = end.seq;
            signed_at_ = now.boot;
        }
    }
    if (!done) log(LogLevel::warning, "journal.head_not_kept", {{"reason", done.error().message}});
}

void Running::stop() {
    if (http_) http_->stop();
    mailbox_.close();
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
    waiters_.close({base::Code::unavailable, "the coordinator is stopping"});
    fleet_.stop();
}

}  // namespace coordinator
