#include "tests/unit/coordinator/core/core_run.hpp"

#include <gtest/gtest.h>

#include "common/remedy/hash.hpp"

namespace coordinator {
namespace {

domain::Remedy remedy(std::string name, std::string signal, domain::Risk risk, std::string param) {
    domain::Remedy made;
    made.name = std::move(name);
    made.risk = risk;
    made.answers = {{std::move(signal), {}}};
    made.subject_kind = domain::SubjectKind::service;
    made.subject_param = param;
    made.params = {{param, domain::ParamType::word, {param}, std::nullopt}};
    made.steps = {{"service.restart", {{param, "{" + param + "}"}}, base::Duration{1'000}}};
    made.timeout = base::Duration{60'000};
    made.check = domain::Check{{"service.state", {{"unit", "{unit}"}, {"is", "active"}}}};
    made.hash = remedy::content_hash(made);
    return made;
}

template <class Row, class Same>
void upsert(std::vector<Row>& rows, Row const& row, Same same) {
    auto const found = std::ranges::find_if(rows, [&](Row const& r) { return same(r, row); });
    if (found == rows.end())
        rows.push_back(row);
    else
        *found = row;
}

HostRow known_host(std::string const& name) {
    return {host_id(name), {name + ".local"}, 1, false, "", 0, "", "", "", "", "", {}, {}, 0, {}};
}

}  // namespace

domain::HostId host_id(std::string const& text) { return *domain::HostId::parse(text); }

CoreRun::CoreRun() {
    using domain::Risk;
    auto const easy = Risk::reversible;
    catalog = remedy::Catalog{{remedy("restart_service", "ServiceDown", easy, "service"),
                               remedy("start_service", "ServiceDown", easy, "service"),
                               remedy("reboot_host", "HostStuck", Risk::risky, "service")}};
    store.hosts = {known_host("nexus"), known_host("skynet")};
    settings.remedies_digest = "d1";
    configure();
}

void CoreRun::configure() { restart(); }

void CoreRun::restart(bool reboot) {
    if (reboot) now.boot = base::BootTime{base::Duration{5'000}};
    core_.reset();
    wake_.reset();
    core_ = std::make_unique<Coordinator>(settings, catalog, routing, store);
    store.epoch += 1;
    step(Started{store.epoch});
}

void CoreRun::keep(Effects const& effects) {
    for (auto const& effect : effects.list) {
        all_.push_back(effect);
        if (auto const* e = std::get_if<SaveHost>(&effect))
            upsert(store.hosts, e->row, [](auto& a, auto& b) { return a.host == b.host; });
        else if (auto const* e2 = std::get_if<SaveIncident>(&effect))
            upsert(store.incidents, e2->row, [](auto& a, auto& b) { return a.id == b.id; });
        else if (auto const* e3 = std::get_if<SaveAttempt>(&effect))
            upsert(store.attempts, e3->row, [](auto& a, auto& b) {
                return a.incident == b.incident && a.number == b.number;
            });
        else if (auto const* e4 = std::get_if<SaveCommand>(&effect))
            upsert(store.commands, e4->row,
                   [](auto& a, auto& b) { return a.command.id == b.command.id; });
        else if (auto const* e5 = std::get_if<SaveSignal>(&effect))
            upsert(store.signals, e5->row, [](auto& a, auto& b) {
                return a.signal.fingerprint == b.signal.fingerprint;
            });
        else if (auto const* e7 = std::get_if<SaveFreeze>(&effect))
            store.freeze = e7->row;
        else if (auto const* e6 = std::get_if<WakeAt>(&effect))
            wake_ = e6->at;
    }
}

Effects const& CoreRun::step(Event event) {
    last = core_->step(now, event);
    keep(last);
    return last;
}

void CoreRun::pass(base::Duration span) {
    auto const end = now.boot + span;
    while (wake_ && *wake_ <= end) {
        auto const forward = std::max(*wake_ - now.boot, base::Duration::zero());
        now.boot += forward;
        now.wall += forward;
        wake_.reset();
        step(TimerFired{});
    }
    now.wall += end - now.boot;
    now.boot = end;
}

domain::Signal CoreRun::signal(std::string const& service, std::string const& name, bool firing,
                               domain::Labels more) {
    domain::Signal made;
    made.source = domain::SignalSource::alertmanager;
    made.firing = firing;
    made.name = name;
    made.severity = "warning";
    made.labels = std::move(more);
    made.labels.emplace("alertname", name);
    made.labels.emplace("host", "nexus");
    made.labels.emplace("service", service);
    return made;
}

HostRecord CoreRun::probe(bool firing) {
    domain::Signal made;
    made.source = domain::SignalSource::probe;
    made.firing = firing;
    made.name = "ServiceDown";
    made.fingerprint = "f1";
    made.subject = domain::Subject{host_id("nexus"), domain::SubjectKind::service, "caddy"};
    return {0, {}, made};
}

Accepted::One CoreRun::alert(std::string const& service, std::string const& name,
                             domain::Labels more) {
    auto made = signal(service, name, true, std::move(more));
    made.starts_at = now.wall;
    step(SignalsArrived{1, {made}});
    return all<Accepted>().back().alerts.at(0);
}

Accepted::One CoreRun::resolve(std::string const& service, std::string const& name) {
    step(SignalsArrived{1, {signal(service, name, false)}});
    return all<Accepted>().back().alerts.at(0);
}

void CoreRun::born(std::string const& host, std::string const& session) {
    step(HostBorn{host_id(host), session, "boot", "0.1", "auto", "p", "d1", {"script"}, {}, 0,
                  seq_});
}

void CoreRun::offline(std::string const& host) { step(HostAvailability{host_id(host), false}); }

void CoreRun::acknowledge(std::string const& id, domain::CommandState state,
                          domain::ResultCode code) {
    step(CommandAcknowledged{command(id).command.host, id, state, code, ""});
}

void CoreRun::journal(std::int64_t seq, HostRecord record, std::string const& host) {
    seq_ = std::max(seq_, seq);
    record.seq = seq;
    record.time = now.wall;
    step(JournalArrived{host_id(host), {std::move(record)}});
}

void CoreRun::result(std::string const& id, domain::CommandState state, domain::ResultCode code) {
    domain::CommandResult made;
    made.id = id;
    made.state = state;
    made.code = code;
    made.finished_at = now.wall;
    made.steps = {{"service.restart", 0, "", 0, {}}};
    journal(seq_ + 1, HostRecord{0, {}, made}, command(id).command.host.text());
}

void CoreRun::metrics(MetricsAnswer answer) { step(MetricsAnswered{incident().id, answer}); }

domain::Incident const& CoreRun::incident(std::string const& id) const {
    static domain::Incident const none;
    EXPECT_FALSE(store.incidents.empty());
    if (store.incidents.empty()) return none;
    if (id.empty()) return store.incidents.back();
    return *std::ranges::find(store.incidents, id, &domain::Incident::id);
}

CommandRow const& CoreRun::command(std::string const& id) const {
    EXPECT_FALSE(store.commands.empty());
    if (id.empty()) return store.commands.back();
    return *std::ranges::find_if(store.commands,
                                 [&](auto const& row) { return row.command.id == id; });
}

std::vector<domain::Attempt> CoreRun::attempts() const {
    std::vector<domain::Attempt> found;
    for (auto const& attempt : store.attempts)
        if (attempt.incident == incident().id) found.push_back(attempt);
    return found;
}

int CoreRun::told(std::string const& kind) const {
    auto const tells = all<Tell>();
    return static_cast<int>(std::ranges::count(tells, kind, &Tell::kind));
}

}  // namespace coordinator
