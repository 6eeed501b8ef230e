#include "tools/simulate/host.hpp"

#include "tools/simulate/process.hpp"

namespace simulate {
namespace {

agent::AgentSettings settings_of(std::string const& name) {
    agent::AgentSettings settings{*domain::HostId::parse(name)};
    settings.version = "simulated";
    settings.interval = base::Duration{60'000};
    settings.probe_interval = base::Duration{15'000};
    return settings;
}

}  // namespace

Host::Host(Timeline& timeline, Network& network, Envelopes& envelopes, Ledger& ledger,
           Story& story, Options const& options, std::string name, Services services)
    : timeline_(timeline),
      network_(network),
      story_(story),
      settings_(settings_of(name)),
      services_(std::move(services)),
      hand_(timeline, envelopes, services_, ledger, options.bug) {
    hand_.answer = [this](agent::Event event) { later(std::move(event)); };
    hand_.start();
}

agent::Started Host::load() {
    agent::Started started;
    started.session = "session-" + std::to_string(life_);
    started.boot_id = "boot";
    started.journal_first = records_.empty() ? 0 : records_.begin()->first;
    started.journal_last = last_seq_;
    for (auto const& [id, row] : commands_) started.commands.push_back(row);
    return started;
}

void Host::start() {
    if (alive()) return;
    ++life_;
    core_ = std::make_unique<agent::Agent>(settings_);
    step(load());
    if (alive() && link_up_) step(agent::LinkUp{});
}

void Host::kill() {
    if (!alive()) return;
    ++life_;
    ++story_.kills;
    core_.reset();
    if (link_up_) network_.carry([this] { said(agent::PublishAvail{alive() && link_up_}); });
    timeline_.after(timeline_.between(base::Duration{500}, base::Duration{30'000}),
                    [this] { start(); });
}

void Host::link(bool up) {
    if (link_up_ == up) return;
    link_up_ = up;
    if (!alive()) return;
    step(up ? agent::Event{agent::LinkUp{}} : agent::Event{agent::LinkDown{"cut off"}});
    if (!up) network_.carry([this] { said(agent::PublishAvail{alive() && link_up_}); });
}

void Host::hear(agent::Event event) {
    if (linked()) step(event);
}

void Host::later(agent::Event event, base::Duration wait) {
    timeline_.after(wait, [this, event = std::move(event), life = life_] {
        if (life == life_ && alive()) step(event);
    });
}

void Host::step(agent::Event const& event) {
    auto const effects = core_->step(timeline_.now(), event);
    auto const crash = draw_crash(timeline_.random, dangerous, effects.list.size());
    if (crash.commits) commit(effects);
    std::size_t performed = 0;
    for (auto const& effect : effects.list) {
        if (performed++ >= crash.performs) break;
        perform(effect);
    }
    if (crash.performs != kAll) kill();
}

void Host::commit(agent::Effects const& effects) {
    for (auto const& effect : effects.list) {
        if (auto const* append = std::get_if<agent::Append>(&effect)) {
            records_.emplace(append->record.seq, append->record);
            last_seq_ = std::max(last_seq_, append->record.seq);
            promised(append->record);
        } else if (auto const* save = std::get_if<agent::SaveCommand>(&effect)) {
            commands_.insert_or_assign(save->row.id, save->row);
        } else if (auto const* forget = std::get_if<agent::ForgetJournal>(&effect)) {
            records_.erase(records_.begin(), records_.upper_bound(forget->through_seq));
            last_seq_ = std::max(last_seq_, forget->through_seq);
            forgotten(forget->through_seq);
        }
    }
}

void Host::perform(agent::Effect const& effect) {
    if (auto const* publish = std::get_if<agent::Publish>(&effect)) {
        perform(*publish);
    } else if (auto const* batch = std::get_if<agent::SendBatch>(&effect)) {
        perform(*batch);
    } else if (auto const* ask = std::get_if<agent::ToHand>(&effect)) {
        hand_.ask(ask->lane, ask->request);
    } else if (std::holds_alternative<agent::TakeReadings>(effect)) {
        later(agent::ReadingsTaken{});
    } else if (std::holds_alternative<agent::AskProbes>(effect)) {
        probe();
    } else if (auto const* wake = std::get_if<agent::WakeAt>(&effect); wake && wake->at) {
        auto const wait = std::max(*wake->at - timeline_.now().boot, base::Duration{1});
        timeline_.after(wait, [this, alarm = ++alarm_, life = life_] {
            if (life == life_ && alarm == alarm_ && alive()) step(agent::TimerFired{});
        });
    }
}

void Host::perform(agent::Publish const& effect) {
    if (!link_up_) return;
    network_.carry([this, message = effect.message] { said(message); });
}

void Host::perform(agent::SendBatch const& effect) {
    wire::JournalBatch batch{settings_.host, {}};
    for (auto at = records_.lower_bound(effect.first_seq);
         at != records_.end() && at->first <= effect.last_seq; ++at)
        batch.records.push_back(at->second);
    bool const sent = link_up_ && !batch.records.empty();
    auto const through = sent ? batch.records.back().seq : 0;
    if (sent) network_.carry([this, batch] { journalled(batch); });
    later(agent::BatchSent{through, sent});
}

void Host::probe() {
    for (auto const& [name, service] : services_) {
        if (!service.probed) continue;
        domain::Subject subject{settings_.host, domain::SubjectKind::service, name};
        later(agent::ProbeAnswered{std::move(subject), "ServiceDown", !service.ill, ""});
    }
}

}  // namespace simulate
