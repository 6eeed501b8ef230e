#include "tools/simulate/hand.hpp"

namespace simulate {

using agent::Lane;
using domain::CommandState;
using domain::ResultCode;

Hand::Hand(Timeline& timeline, Envelopes& envelopes, Services& services, Ledger& ledger,
           SeededBug bug)
    : timeline_(timeline),
      envelopes_(envelopes),
      services_(services),
      ledger_(ledger),
      bug_(bug) {}

void Hand::start() {
    alive_ = true;
    ++life_;
    for (auto& [id, known] : log_) {
        if (known.result.state != CommandState::running) continue;
        if (bug_ == SeededBug::hand_reruns_started) {
            begin(known.command);
            continue;
        }
        known.result.state = CommandState::interrupted;
        known.result.code = ResultCode::interrupted;
        known.result.detail = "the hand ended while it ran";
        known.result.finished_at = timeline_.now().wall;
    }
}

void Hand::kill() {
    alive_ = false;
    ++life_;
    running_.clear();
    welcome_.reset();
    if (bug_ == SeededBug::hand_logs_too_late)
        std::erase_if(log_, [](auto const& entry) {
            return entry.second.result.state == CommandState::running;
        });
}

void Hand::ask(Lane lane, wire::HandRequest const& request) {
    timeline_.after(base::Duration{1}, [this, lane, request, life = life_] {
        if (!alive_ || life != life_) {
            answer(agent::HandGone{lane, "killed"});
            return;
        }
        std::visit([&](auto const& what) { on(lane, what); }, request);
    });
}

void Hand::say(Lane lane, wire::HandReply reply) {
    answer(agent::HandReplied{lane, std::move(reply)});
}

std::optional<base::WallTime> Hand::time() const {
    if (!welcome_) return std::nullopt;
    return welcome_->time + (timeline_.now().boot - welcomed_);
}

void Hand::refuse(Lane lane, std::string const& id, CommandState state, ResultCode code) {
    domain::CommandResult result;
    result.id = id;
    result.state = state;
    result.code = code;
    result.finished_at = timeline_.now().wall;
    say(lane, wire::HandReport{result});
}

void Hand::on(Lane lane, wire::HandOrder const& request) {
    auto const& command = envelopes_.command(request.jws);
    if (auto const known = log_.find(command.id); known != log_.end()) {
        say(lane, wire::HandReport{known->second.result});
        return;
    }
    auto const now = time();
    if (!now || welcome_->session != command.session)
        return refuse(lane, command.id, CommandState::rejected, ResultCode::replayed);
    if (*now >= command.expires_at)
        return refuse(lane, command.id, CommandState::expired, ResultCode::expired);
    auto const* order = std::get_if<domain::RemedyOrder>(&command.order);
    if (order == nullptr) {  // a line that only reads
        domain::CommandResult result;
        result.id = command.id;
        result.state = CommandState::succeeded;
        result.finished_at = timeline_.now().wall;
        say(lane, wire::HandReport{result});
        return;
    }
    if (remedies_.empty())
        return refuse(lane, command.id, CommandState::rejected, ResultCode::unknown_remedy);
    if (!running_.empty())
        return refuse(lane, command.id, CommandState::rejected, ResultCode::busy);
    begin(command);
    if (bug_ == SeededBug::hand_logs_too_late) return;
    say(lane, wire::HandReport{log_.at(command.id).result});
}

void Hand::begin(domain::Command const& command) {
    domain::CommandResult result;
    result.id = command.id;
    result.state = CommandState::running;
    result.started_at = timeline_.now().wall;
    log_.insert_or_assign(command.id, Known{command, result});
    running_ = command.id;
    auto const started = timeline_.now().wall;
    timeline_.after(timeline_.between(base::Duration{1}, base::Duration{2'000}),
                    [this, id = command.id, started, life = life_] {
                        if (life == life_) act(id, started);
                    });
}

void Hand::act(std::string const& id, base::WallTime started) {
    auto const& command = log_.at(id).command;
    ledger_.push_back({id, command.host.text(), started, command.expires_at});
    auto& service = services_.at(std::get<domain::RemedyOrder>(command.order).params.at("service"));
    if (service.ill && --service.needs <= 0) service.ill = false;
    timeline_.after(timeline_.between(base::Duration{1}, base::Duration{8'000}),
                    [this, id, life = life_] {
                        if (life == life_) end(id);
                    });
}

void Hand::end(std::string const& id) {
    auto& [command, result] = log_.at(id);
    auto const& name = std::get<domain::RemedyOrder>(command.order).params.at("service");
    bool const well = !services_.at(name).ill;
    result.state = well ? CommandState::succeeded : CommandState::failed;
    result.code = well ? ResultCode::ok : ResultCode::check_failed;
    result.finished_at = timeline_.now().wall;
    result.steps = {{"service.restart", 0, "", 0, base::Duration{1}}};
    running_.clear();
    say(Lane::fix, wire::HandReport{result});
}

void Hand::on(Lane lane, wire::HandQuery const& request) {
    auto const known = log_.find(request.id);
    if (known == log_.end())
        say(lane, wire::HandUnknown{request.id});
    else
        say(lane, wire::HandReport{known->second.result});
}

void Hand::on(Lane lane, wire::HandWelcome const& request) {
    welcome_ = envelopes_.welcome(request.jws);
    welcomed_ = request.received;
    say(lane, wire::HandTaken{"welcome", true, 0, "", ""});
}

void Hand::on(Lane lane, wire::HandDocument const& request) {
    remedies_ = request.jws;
    say(lane, wire::HandTaken{request.name, true, 1, remedies_, ""});
}

void Hand::on(Lane lane, wire::HandAsk const&) {
    wire::HandHello hello;
    hello.lane = lane == Lane::fix ? "fix" : "read";
    hello.mode = "auto";
    hello.policy_digest = "policy";
    hello.remedies_digest = remedies_;
    hello.managers = {"script"};
    say(lane, hello);
}

void Hand::on(Lane, wire::HandCancel const&) {
    // Nothing the simulator runs takes long enough to be worth stopping.
}

}  // namespace simulate
