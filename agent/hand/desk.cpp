#include "agent/hand/desk.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "agent/hand/record_file.hpp"
#include "common/adapters/log.hpp"
#include "common/base/guard.hpp"
#include "common/remedy/hash.hpp"
#include "common/trust/freeze.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"

namespace hand {

namespace {

using adapters::LogLevel;
using domain::CommandState;
using domain::ResultCode;

constexpr std::size_t kQueueRead = 8;
constexpr std::size_t kQueueFix = 1;  // one change at a time
constexpr std::size_t kDocumentMax = 512 * 1024;

bool exists(std::string const& path) {
    return !path.empty() && ::access(path.c_str(), F_OK) == 0;
}

// People mean their own clock by "quiet hours"; the time of day itself is the coordinator's.
int utc_offset_minutes() {
    auto const now = std::time(nullptr);
    std::tm local{};
    if (::localtime_r(&now, &local) == nullptr) return 0;
    return static_cast<int>(local.tm_gmtoff / 60);
}

}  // namespace

Desk::Desk(DeskSettings settings, trust::PublicKey coordinator,
           Approvers approvers, std::unique_ptr<IdLog> log, Managers managers,
           Programs& programs, Now now, Reply reply)
    : settings_(std::move(settings)), coordinator_(std::move(coordinator)),
      approvers_(std::move(approvers)), programs_(programs), now_(std::move(now)),
      reply_(std::move(reply)), policy_error_(settings_.policy_error), log_(std::move(log)),
      lease_(*log_),
      house_(std::make_shared<House const>(House{settings_.policy, std::move(managers)})) {
    load_documents();
    worker_ = std::jthread{[this](std::stop_token stopping) { work(std::move(stopping)); }};
}

Desk::~Desk() {
    worker_.request_stop();
    {
        // With the lock, so that the worker cannot reset it between its look at the token and its
        // work.
        std::lock_guard const lock{mutex_};
        stop_.ask(Stop::Why::cancelled);
    }
    worker_.join();
}

void Desk::handle(wire::HandRequest const& request) {
    std::visit([this](auto const& one) { on(one); }, request);
}

bool Desk::busy() const {
    std::lock_guard const lock{mutex_};
    return !queue_.empty();
}

bool Desk::frozen() const {
    return settings_.lane == command::Lane::fix &&
           (log_->freeze().frozen || exists(settings_.freeze_file));
}

void Desk::tick() {
    // Made by root on this host (tomte-hand --thaw); the folder is nobody else's.
    auto const thaw = settings_.state_folder + "/thaw";
    if (!settings_.state_folder.empty() && exists(thaw)) {
        auto state = log_->freeze();
        state.frozen = false;
        state.reason = "thawed on the host";
        if (log_->set_freeze(state)) {
            ::unlink(thaw.c_str());
            adapters::log(LogLevel::warning, "hand.thawed", {{"by", "root on this host"}});
        }
    }
    if (frozen() && busy() && stop_.why() == Stop::Why::none) stop_.ask(Stop::Why::frozen);
}

std::map<std::string, std::string> Desk::pending() const {
    std::lock_guard const lock{mutex_};
    std::map<std::string, std::string> ids;
    for (auto const& work : queue_) ids.emplace(work.id, work.hash);
    return ids;
}

std::shared_ptr<House const> Desk::house() const {
    std::lock_guard const lock{mutex_};
    return house_;
}

void Desk::reload(base::Result<policy::Policy> policy) {
    if (!policy) {
        policy_error_ = policy.error().message;
        adapters::log(LogLevel::error, "hand.policy_kept",
                      {{"reason", policy_error_},
                       {"mode", policy::to_string(house()->policy.mode)}});
    } else {
        auto managers = Managers::find(*policy);
        auto house = std::make_shared<House const>(House{std::move(*policy), std::move(managers)});
        adapters::log(LogLevel::info, "hand.policy_taken",
                      {{"mode", policy::to_string(house->policy.mode)},
                       {"digest", house->policy.digest}});
        policy_error_.clear();
        std::lock_guard const lock{mutex_};
        house_ = std::move(house);
    }
    reply_(hello());
}

// What it refers to stays: the house changes on this thread only.
Standing Desk::standing(std::map<std::string, std::string> const& pending) const {
    auto const room = settings_.lane == command::Lane::fix ? kQueueFix : kQueueRead;
    return {settings_.lane, settings_.host, coordinator_, approvers_, house()->policy, remedies_,
            *log_,          pending,        frozen(),     pending.size() >= room, now_(),
            utc_offset_minutes()};
}

void Desk::on(wire::HandWelcome const& request) {
    wire::HandTaken taken{"welcome", false, 0, "", ""};
    auto const payload = trust::verify(trust::Purpose::welcome, coordinator_, request.jws);
    auto const welcome = payload.and_then(
        [](std::string const& text) { return wire::decode<wire::Welcome>(text); });
    if (!welcome) {
        taken.reason = welcome.error().message;
    } else if (!GUARD("welcome.target", welcome->host.text() == settings_.host)) {
        taken.reason = "it is for another host";
    } else if (!GUARD("welcome.epoch", welcome->epoch >= log_->epoch())) {
        taken.reason = "a newer coordinator has taken over";
    } else if (auto kept = log_->raise_epoch(welcome->epoch); !kept) {
        taken.reason = kept.error().message;
    } else if (kept = log_->raise_floor(welcome->time); !kept) {
        taken.reason = kept.error().message;
    } else {
        session_.welcomed(*welcome, request.received, now_().boot);
        taken.applied = true;
        taken.rev = welcome->epoch;
    }
    reply_(taken);
}

void Desk::on(wire::HandDocument const& request) {
    wire::HandTaken taken{request.name, false, 0, "", ""};
    auto applied = apply(request.name, request.jws, taken.digest, taken.rev);
    if (applied && !settings_.state_folder.empty())
        applied = write_file_atomically(settings_.state_folder + "/" + request.name + ".jws",
                                        request.jws);
    taken.applied = applied.has_value();
    if (!applied) taken.reason = applied.error().message;
    reply_(taken);
}

base::Status Desk::apply(std::string const& document, std::string const& jws, std::string& digest,
                         std::int64_t& rev) {
    if (document == "remedies") return apply_remedies(jws, digest, rev);
    if (document == "lease") return apply_lease(jws, digest, rev);
    return base::fail(base::Code::invalid, "this hand knows no such document");
}

base::Status Desk::apply_lease(std::string const& jws, std::string& digest, std::int64_t& rev) {
    auto const payload = trust::verify(trust::Purpose::document, coordinator_, jws);
    if (!payload) return tl::make_unexpected(payload.error());
    auto lease = wire::decode<domain::Lease>(*payload);
    if (!lease) return tl::make_unexpected(lease.error());
    rev = lease->rev;
    digest = trust::sha256_hex(*payload);
    // An earlier enrolment's lease is nobody's any more.
    if (session_.known() && lease->incarnation != session_.incarnation())
        return base::fail(base::Code::denied, "this lease is for another enrolment of this host");
    return lease_.take(std::move(*lease), settings_.host, now_().boot);
}

base::Status Desk::apply_remedies(std::string const& jws, std::string& digest, std::int64_t& rev) {
    auto const payload = trust::verify(trust::Purpose::document, coordinator_, jws);
    if (!payload) return tl::make_unexpected(payload.error());
    auto document = wire::decode<wire::RemediesDocument>(*payload);
    if (!document) return tl::make_unexpected(document.error());
    rev = document->rev;
    digest = trust::sha256_hex(*payload);
    if (!GUARD("remedies.revision", rev >= remedies_rev_))
        return base::fail(base::Code::denied, "a newer revision is held already");
    for (auto& remedy : document->remedies) {
        auto const computed = remedy::content_hash(remedy);
        if (!GUARD("remedies.hash", remedy.hash.empty() || remedy.hash == computed))
            return base::fail(base::Code::invalid, remedy.name + ": its hash is not its content's");
        remedy.hash = computed;
    }
    remedies_ = remedy::Catalog{std::move(document->remedies)};
    remedies_rev_ = rev;
    remedies_digest_ = digest;
    return {};
}

void Desk::load_documents() {
    if (settings_.state_folder.empty()) return;
    for (std::string const name : {"remedies", "lease"}) {
        auto const path = settings_.state_folder + "/" + name + ".jws";
        if (!exists(path)) continue;
        std::string digest;
        std::int64_t rev = 0;
        auto const loaded = read_file(path, kDocumentMax).and_then([&](std::string const& jws) {
            return apply(name, jws, digest, rev);
        });
        if (!loaded)
            adapters::log(LogLevel::error, "hand.document_refused",
                          {{"document", name}, {"reason", loaded.error().message}});
    }
}

void Desk::on(wire::HandOrder const& request) {
    auto const waiting = pending();
    take(admit_order(request.jws, standing(waiting), session_));
}

void Desk::on(wire::HandPress const& request) {
    auto const waiting = pending();
    take(admit_press(request, standing(waiting), session_));
}

void Desk::on(wire::HandLease const& request) {
    auto const waiting = pending();
    auto const now = now_();
    auto const signed_time = std::max(session_.time(now.boot).value_or(base::WallTime{}),
                                      log_->floor());
    auto forbidden = lease_.forbids(request.remedy, now.boot, signed_time);
    // What is used of it must not be forgotten by a power cut that the healing itself may cause.
    if (!forbidden)
        if (auto saved = lease_.save_use(now.boot, true); !saved) forbidden = saved.error().message;
    take(admit_lease(request, forbidden, standing(waiting), session_));
}

void Desk::take(Admitted admitted) {
    if (!admitted) return refuse(admitted.error());
    if (!settings_.log_error.empty()) {
        Refusal refusal{admitted->id, ResultCode::exec_failed,
                        "nothing runs here: " + settings_.log_error, false, {}, {}, {}};
        return refuse(refusal);
    }
    std::lock_guard const lock{mutex_};
    queue_.push_back(std::move(*admitted));
    changed_.notify_one();
}

void Desk::refuse(Refusal const& refusal) {
    if (refusal.known) return answer_known(refusal.id);
    adapters::log(LogLevel::warning, "hand.refused",
                  {{"id", refusal.id},
                   {"code", domain::to_string(refusal.code)},
                   {"reason", refusal.reason}});
    if (refusal.id.empty()) {
        // Whose it was cannot be believed, so no command may be called refused.
        auto const code = std::string{domain::to_string(refusal.code)};
        return reply_(wire::HandTaken{"order", false, 0, "", code + ": " + refusal.reason});
    }
    domain::CommandResult result;
    result.id = refusal.id;
    result.state = refusal.code == ResultCode::expired ? CommandState::expired
                                                       : CommandState::rejected;
    result.code = refusal.code;
    result.detail = refusal.reason;
    auto const now = now_();
    result.finished_at = session_.time(now.boot).value_or(now.wall);
    if (!refusal.hash.empty() && settings_.log_error.empty()) {
        Known known;
        known.hash = refusal.hash;
        known.expires = refusal.expires;
        // Forgotten, it would only be judged again.
        [[maybe_unused]] auto const kept = log_->finished(refusal.id, result, known, now.boot);
    }
    reply_(wire::HandReport{result});
}

void Desk::answer_known(std::string const& id) {
    auto const known = log_->find(id);
    if (known && known->result) return reply_(wire::HandReport{*known->result});
    domain::CommandResult running;
    running.id = id;
    running.state = known && known->started ? CommandState::running : CommandState::accepted;
    if (known) running.started_at = known->started;
    reply_(wire::HandReport{running});
}

void Desk::on(wire::HandCancel const& request) {
    // Without a signature it is the agent's own wish: it may give up a look, never a change.
    std::string id;
    if (!request.jws.empty()) {
        auto const payload = trust::verify(trust::Purpose::cancel, coordinator_, request.jws);
        auto const cancel = payload.and_then(
            [](std::string const& text) { return wire::decode<wire::Cancel>(text); });
        bool const ours = cancel && cancel->host.text() == settings_.host && session_.known() &&
                          cancel->session == session_.id() &&
                          cancel->epoch >= std::max(session_.epoch(), log_->epoch()) &&
                          session_.take(cancel->counter);
        if (!ours)
            return reply_(wire::HandTaken{"cancel", false, 0, "",
                                          cancel ? "not for this session"
                                                 : cancel.error().message});
        id = cancel->id;
    } else if (settings_.lane == command::Lane::fix) {
        return reply_(
            wire::HandTaken{"cancel", false, 0, "", "a change is cancelled by signature"});
    }
    std::unique_lock lock{mutex_};
    auto const found = std::find_if(queue_.begin(), queue_.end(), [&](Work const& work) {
        return id.empty() || work.id == id;
    });
    if (found == queue_.end()) {
        lock.unlock();
        if (log_->find(id)) return answer_known(id);
        return reply_(wire::HandUnknown{id});
    }
    if (found == queue_.begin() && running_) {
        stop_.ask(Stop::Why::cancelled);
        return;
    }
    domain::CommandResult result;
    result.id = found->id;
    result.state = CommandState::cancelled;
    result.code = ResultCode::cancelled;
    result.detail = "cancelled before it began";
    queue_.erase(found);
    lock.unlock();
    reply_(wire::HandReport{result});
}

void Desk::on(wire::HandFreeze const& request) {
    wire::HandTaken taken{"freeze", false, 0, "", ""};
    auto const applied = apply_freeze(request.jws, taken.rev);
    taken.applied = applied.has_value();
    if (!applied) taken.reason = applied.error().message;
    tick();
    reply_(taken);
}

base::Status Desk::apply_freeze(std::string const& jws, std::int64_t& rev) {
    auto const opened = trust::open_freeze(coordinator_, approvers_.keys, jws);
    if (!opened) return tl::make_unexpected(opened.error());
    auto const freeze = wire::decode<wire::Freeze>(opened->payload);
    if (!freeze) return tl::make_unexpected(freeze.error());
    rev = freeze->rev;
    auto const denied = [](std::string reason) {
        return base::fail(base::Code::denied, std::move(reason));
    };
    auto const held = log_->freeze();
    if (!GUARD("freeze.purpose", freeze->frozen != opened->thaw))
        return denied(opened->by_approver ? "it was signed as the other of freeze and thaw"
                                          : "only an approver may thaw");
    if (!GUARD("freeze.site", freeze->site == settings_.site))
        return denied("it is for the site " + freeze->site);
    if (!GUARD("freeze.revision", freeze->rev >= held.rev))
        return denied("a newer revision is held already");
    if (freeze->rev == held.rev) {
        if (held.frozen == freeze->frozen) return {};
        // Retained and seen again after a thaw on the host, or two of one revision.
        return denied("this revision was taken already");
    }
    auto const kept = log_->set_freeze({freeze->frozen, freeze->rev, freeze->reason});
    if (kept)
        adapters::log(LogLevel::warning, freeze->frozen ? "hand.frozen" : "hand.thawed",
                      {{"by", freeze->actor},
                       {"key", opened->key_id},
                       {"rev", freeze->rev},
                       {"reason", freeze->reason}});
    return kept;
}

void Desk::on(wire::HandQuery const& request) {
    if (pending().contains(request.id) || log_->find(request.id)) return answer_known(request.id);
    reply_(wire::HandUnknown{request.id});
}

void Desk::on(wire::HandAsk const&) {
    // Asked now and then by a living agent: the moment to keep how long the lease has lasted.
    if (auto saved = lease_.save_use(now_().boot, false); !saved)
        adapters::log(LogLevel::warning, "hand.lease_not_kept",
                      {{"reason", saved.error().message}});
    reply_(hello());
}

wire::HandHello Desk::hello() const {
    auto const house = this->house();
    wire::HandHello hello;
    hello.lane = std::string{command::to_string(settings_.lane)};
    hello.mode = std::string{policy::to_string(house->policy.mode)};
    hello.policy_digest = house->policy.digest;
    hello.policy_error = policy_error_;
    if (!settings_.log_error.empty()) {
        // Whatever the policy says: who cannot remember does not change.
        hello.mode = std::string{policy::to_string(policy::Mode::observe)};
        hello.policy_error = settings_.log_error;
    }
    hello.remedies_digest = remedies_digest_;
    for (auto const& [name, offer] : house->policy.offers) hello.offers.push_back(name);
    hello.managers = house->managers.names();
    hello.frozen = frozen();
    return hello;
}

void Desk::work(std::stop_token stopping) {
    auto const tell = [this](domain::CommandResult const& running) {
        reply_(wire::HandReport{running});
    };
    std::unique_lock lock{mutex_};
    while (true) {
        changed_.wait(lock, stopping, [this] { return !queue_.empty(); });
        if (stopping.stop_requested()) return;
        auto const work = queue_.front();
        auto const house = house_;
        running_ = true;
        stop_.reset();
        lock.unlock();
        VerbRunner verbs{house->policy, house->managers, programs_, redactor_, *log_, now_};
        auto const result =
            Executor{verbs, programs_, redactor_, *log_, now_, tell}.run(work, stop_);
        lock.lock();
        running_ = false;
        queue_.pop_front();
        lock.unlock();
        adapters::log(LogLevel::info, "hand.finished",
                      {{"id", result.id},
                       {"state", domain::to_string(result.state)},
                       {"code", domain::to_string(result.code)},
                       {"detail", result.detail}});
        reply_(wire::HandReport{result});
        lock.lock();
    }
}

}  // namespace hand
