#include "agent/core/fallback.hpp"

#include <algorithm>

#include "agent/core/trim.hpp"
#include "common/remedy/fill.hpp"

namespace agent {
namespace {

using namespace std::chrono_literals;
using domain::CommandState;
using domain::ResultCode;

// Beyond a remedy's own time: the hand is away or hangs, and what became of it is not known.
constexpr base::Duration kGrace = 60s;

bool fits(domain::Answer const& answer, domain::Signal const& signal) {
    if (answer.signal != signal.name) return false;
    return std::ranges::all_of(answer.labels, [&](auto const& wanted) {
        auto const label = signal.labels.find(wanted.first);
        return label != signal.labels.end() && label->second == wanted.second;
    });
}

std::size_t labels_matched(std::vector<domain::Answer> const& answers,
                           domain::Signal const& signal) {
    std::size_t most = 0;
    for (auto const& answer : answers)
        if (fits(answer, signal)) most = std::max(most, answer.labels.size() + 1);
    return most;
}

}  // namespace

void Fallback::load(Step& step, Started const& started) {
    heard_at_ = step.now.boot;
    for (auto const& document : started.documents) {
        documents_[document.name] = document.jws;
        Fallback::document(step, document);
    }
    if (!started.fix) return;
    running_ = started.fix;
    running_until_ = step.now.boot + kGrace;
}

void Fallback::document(Step& step, DocumentArrived const& document) {
    if (documents_[document.name] != document.jws) {
        documents_[document.name] = document.jws;
        step.add(SaveDocument{document.name, document.jws});
    }
    if (document.name == "remedies") {
        remedies_.clear();
        for (auto const& one : document.remedies)
            if (!one.answers.empty() && one.check)
                remedies_.push_back({one.name, one.hash, one.answers, one.params, one.timeout});
    }
    if (document.lease && (!lease_ || document.lease->rev >= lease_->rev)) lease_ = document.lease;
    // What was held back may be possible now.
    for (auto& [_, illness] : illnesses_) illness.told.clear();
}

void Fallback::heard(Step const& step, bool no_store) {
    heard_at_ = step.now.boot;
    no_store_ = no_store;
}

bool Fallback::away(base::BootTime now) const {
    return no_store_ || now - heard_at_ >= kAwayAfter;
}

bool Fallback::leased(std::string const& remedy) const {
    return lease_ && std::ranges::find(lease_->remedies, remedy) != lease_->remedies.end();
}

// The most specific first, as the coordinator would.
std::vector<Fallback::Leasable const*> Fallback::answering(domain::Signal const& signal) const {
    std::vector<Leasable const*> found;
    for (auto const& remedy : remedies_)
        if (leased(remedy.name) && labels_matched(remedy.answers, signal) > 0)
            found.push_back(&remedy);
    std::ranges::stable_sort(found, std::ranges::greater{}, [&](Leasable const* remedy) {
        return labels_matched(remedy->answers, signal);
    });
    return found;
}

void Fallback::tick(Step& step) {
    auto const now = step.now.boot;
    if (running_) {
        if (now < running_until_) return;
        domain::CommandResult result;
        result.state = CommandState::interrupted;
        result.code = ResultCode::interrupted;
        result.detail = "the hand never said how it ended";
        end(step, std::move(result));
    }
    if (!lease_ || lease_->remedies.empty() || !away(now)) return;
    auto const firing = watch_.firing();
    for (auto& [_, illness] : illnesses_) {
        auto& attempts = illness.attempts;
        while (!attempts.empty() && now - attempts.front() >= kAttemptsWindow) attempts.pop_front();
    }
    std::erase_if(illnesses_, [&](auto const& entry) {
        bool const ill = std::ranges::any_of(
            firing, [&](auto const& signal) { return signal.fingerprint == entry.first; });
        return entry.second.attempts.empty() && !ill;
    });
    for (auto const& signal : firing) {
        consider(step, signal);
        if (running_) return;  // one at a time
    }
}

void Fallback::consider(Step& step, domain::Signal const& signal) {
    auto& illness = illnesses_[signal.fingerprint];
    if (illness.not_before && step.now.boot < *illness.not_before) return;
    if (illness.attempts.size() >= kAttemptsMax)
        return hold(step, signal, std::to_string(kAttemptsMax) + " attempts did not help");
    auto remedies = answering(signal);
    if (remedies.empty()) return hold(step, signal, "the lease names no remedy for it");
    // The second is tried when the first failed; then the first again.
    auto const first = static_cast<std::ptrdiff_t>(illness.attempts.size() % remedies.size());
    std::ranges::rotate(remedies, remedies.begin() + first);
    auto labels = signal.labels;
    if (signal.subject && !signal.subject->name.empty())
        labels.emplace(domain::to_string(signal.subject->kind), signal.subject->name);
    std::string why;
    for (auto const* remedy : remedies) {
        domain::Remedy wanted;
        wanted.name = remedy->name;
        wanted.params = remedy->params;
        auto params = remedy::bind(wanted, labels);
        if (params) return begin(step, signal, *remedy, std::move(*params));
        why = remedy->name + ": " + params.error().message;
    }
    hold(step, signal, std::move(why));
}

void Fallback::begin(Step& step, domain::Signal const& signal, Leasable const& remedy,
                     domain::Params params) {
    auto const now = step.now.boot;
    auto& illness = illnesses_[signal.fingerprint];
    illness.attempts.push_back(now);
    illness.told.clear();
    domain::LocalFix fix;
    fix.result.id = std::string{domain::kLeaseIdPrefix} + facts_.session.substr(0, 24) + "-" +
                    std::to_string(1'000 + count_++);
    fix.result.state = CommandState::accepted;
    fix.fingerprint = signal.fingerprint;
    fix.order = {remedy.name, remedy.hash, params};
    // On the disk before the hand hears of it: its end must find its way into the journal even when
    // this process does not live to see it.
    step.add_durable(SaveFix{fix});
    lanes_.send(step, Lane::fix, wire::HandLease{fix.result.id, remedy.name, std::move(params)});
    running_ = std::move(fix);
    running_until_ = now + remedy.timeout + kGrace;
}

void Fallback::reported(Step& step, domain::CommandResult const& result) {
    if (!owns(result.id)) return;
    if (domain::is_final(result.state)) return end(step, result);
    if (result.state != CommandState::running || running_->result.state == CommandState::running)
        return;
    running_->result = result;
    outbox_.append(step, *running_);
}

void Fallback::unknown(Step& step, std::string const& id) {
    if (!owns(id)) return;
    domain::CommandResult result;
    result.state = CommandState::interrupted;
    result.code = ResultCode::interrupted;
    result.detail = "the hand does not know it; nothing ran";
    end(step, std::move(result));
}

void Fallback::resume(Step& step) const {
    if (running_) lanes_.send(step, Lane::fix, wire::HandQuery{running_->result.id});
}

void Fallback::end(Step& step, domain::CommandResult result) {
    auto fix = *std::move(running_);
    running_.reset();
    result.id = fix.result.id;
    if (!result.finished_at) result.finished_at = facts_.wall(step.now);
    fix.result = trimmed(std::move(result));
    step.add(SaveFix{fix});
    outbox_.append(step, fix);
    if (facts_.link_up)
        step.publish(PublishEvent{"healed_alone", fix.order.remedy + " " +
                                                      std::string{to_string(fix.result.state)}});
    auto& illness = illnesses_[fix.fingerprint];
    auto const tries = static_cast<int>(std::max<std::size_t>(illness.attempts.size(), 1));
    // Also after a success: the probe needs a moment to see it.
    illness.not_before = step.now.boot + kBackoffFirst * (1 << std::min(tries - 1, 6));
}

// Never silently: what is not healed stays as a story for the person, told once per reason.
void Fallback::hold(Step& step, domain::Signal const& signal, std::string why) {
    auto& illness = illnesses_[signal.fingerprint];
    if (illness.told == why) return;
    illness.told = why;
    std::string text = signal.name;
    if (signal.subject) text += " " + domain::to_text(*signal.subject);
    outbox_.append(step, wire::NoteRecord{"not_healed_alone", text + ": " + why});
}

// Later than now only: what is due is decided with every step, and a probe answers now and then.
std::optional<base::BootTime> Fallback::next_wake(base::BootTime now) const {
    if (running_) return running_until_;
    std::optional<base::BootTime> wake;
    if (!lease_ || lease_->remedies.empty()) return wake;
    if (auto const at = heard_at_ + kAwayAfter; !no_store_ && at > now) wake = at;
    for (auto const& [_, illness] : illnesses_)
        if (illness.not_before && *illness.not_before > now) sooner(wake, illness.not_before);
    return wake;
}

}  // namespace agent
