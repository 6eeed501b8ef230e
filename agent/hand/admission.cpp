#include "agent/hand/admission.hpp"

#include <algorithm>

#include "common/base/guard.hpp"
#include "common/policy/judge.hpp"
#include "common/remedy/fill.hpp"
#include "common/remedy/hash.hpp"
#include "common/trust/hash.hpp"
#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"

namespace hand {

namespace {

using domain::ResultCode;

constexpr std::size_t kOutputMax = 64 * 1024;
constexpr base::Duration kTimeoutMax = std::chrono::hours{24};

tl::unexpected<Refusal> refuse(ResultCode code, std::string reason) {
    return tl::make_unexpected(Refusal{{}, code, std::move(reason), false, {}, {}, {}});
}

bool is_press_id(std::string_view id) {
    constexpr std::string_view kPrefix = "press-";
    if (!id.starts_with(kPrefix)) return false;
    id.remove_prefix(kPrefix.size());
    return id.size() >= 8 && id.size() <= 40 && std::all_of(id.begin(), id.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      c == '-';
           });
}

std::optional<Known> known_here(std::string const& id, Standing const& standing) {
    auto const pending = standing.pending.find(id);
    if (pending == standing.pending.end()) return standing.log.find(id);
    Known known;
    known.hash = pending->second;
    return known;
}

// For whom, from whom, when: everything that is decided before looking at what is asked.
tl::expected<void, Refusal> check_envelope(domain::Command const& command, std::string const& hash,
                                           Standing const& standing, Session& session) {
    if (!GUARD("hand.target", command.host.text() == standing.host))
        return refuse(ResultCode::wrong_target, "this is for " + command.host.text());
    if (!session.known())
        return refuse(ResultCode::precondition,
                      "no welcome yet, so neither session nor time are known");
    if (!GUARD("hand.incarnation", command.incarnation == session.incarnation()))
        return refuse(ResultCode::wrong_target, "this is for another enrolment of this host");
    // Looked up early, answered late: what is known is told as it is, however old its envelope, so
    // that a repeated delivery can never make a finished command look refused.
    auto const known = known_here(command.id, standing);
    auto const answer_known = [&]() -> tl::expected<void, Refusal> {
        if (!GUARD("hand.known_body", known->hash == hash))
            return refuse(ResultCode::bad_arguments, "this id is known with another content");
        Refusal found;
        found.known = true;
        found.stored = known->result;
        return tl::make_unexpected(std::move(found));
    };
    if (!GUARD("hand.session", command.session == session.id()))
        return known ? answer_known()
                     : refuse(ResultCode::replayed, "this was signed for another session");
    if (!GUARD("hand.epoch", command.epoch >= std::max(session.epoch(), standing.log.epoch())))
        return known ? answer_known()
                     : refuse(ResultCode::stale_epoch, "a newer coordinator has taken over");
    if (!GUARD("hand.counter", session.take(command.counter)))
        return known ? answer_known()
                     : refuse(ResultCode::replayed, "this envelope was here before");
    auto const now = std::max(*session.time(standing.now.boot), standing.log.floor());
    if (!GUARD("hand.expiry", now < command.expires_at))
        return known ? answer_known() : refuse(ResultCode::expired, "it came too late");
    if (!GUARD("hand.known_id", !known)) return answer_known();
    return {};
}

}  // namespace

tl::expected<void, Refusal> check_remedy(domain::Remedy const& remedy, domain::Params const& params,
                                         policy::Asking const& asking, Standing const& standing,
                                         Work& work) {
    if (auto good = remedy::check_params(remedy, params); !good)
        return refuse(ResultCode::bad_arguments, good.error().message);
    auto const judgement = policy::judge_remedy(remedy, params, asking, standing.policy);
    if (!GUARD("hand.policy", judgement.allowed))
        return refuse(judgement.code, judgement.rule + ": " + judgement.reason);
    auto subjects = subjects_of(remedy, params);
    if (!subjects) return refuse(ResultCode::bad_arguments, subjects.error().message);
    work.subjects = std::move(*subjects);
    work.changes = changes_anything(remedy);
    if (work.changes) {
        auto const fixes = standing.log.fixes(standing.now.boot);
        auto const over = over_limit(standing.policy.limits, fixes, work.subjects);
        if (!GUARD("hand.limits", !over))
            return refuse(ResultCode::rate_limited, *over);
    }
    if (!GUARD("hand.one_at_a_time", !standing.busy))
        return refuse(ResultCode::busy, "another command runs here");
    work.what = RemedyWork{remedy, params};
    return {};
}

namespace {

int minute_of_day(base::WallTime now, int utc_offset_minutes) {
    auto const minutes =
        std::chrono::floor<std::chrono::minutes>(now.time_since_epoch()).count() +
        utc_offset_minutes;
    constexpr std::int64_t kDay = 24 * 60;
    return static_cast<int>(((minutes % kDay) + kDay) % kDay);
}

// Who asks, as far as the command can show it.
tl::expected<policy::Asking, Refusal> asking_of(domain::Command const& command, base::WallTime now,
                                                Standing const& standing) {
    policy::Asking asking{policy::source_of(command.actor)};
    asking.minute = minute_of_day(now, standing.utc_offset_minutes);
    auto const approved =
        check_approval(command, standing.approvers, standing.policy.approval, now);
    if (!approved) return refuse(approved.error().code, approved.error().reason);
    asking.approved = *approved;
    return asking;
}

tl::expected<void, Refusal> check_order(domain::RemedyOrder const& order,
                                        policy::Asking const& asking, Standing const& standing,
                                        Work& work) {
    if (standing.lane != command::Lane::fix)
        return refuse(ResultCode::unsupported, "remedies are the fixing lane's");
    if (!GUARD("hand.frozen", !standing.frozen))
        return refuse(ResultCode::frozen, "this host is frozen");
    auto const* remedy = standing.remedies.find(order.remedy);
    if (remedy == nullptr)
        return refuse(ResultCode::unknown_remedy, "this host holds no remedy " + order.remedy);
    if (!GUARD("hand.remedy_hash", remedy->hash == order.hash))
        return refuse(ResultCode::unknown_remedy,
                      "the remedy " + order.remedy + " this host holds is another one");
    return check_remedy(*remedy, order.params, asking, standing, work);
}

// The limits of the host count a line that changes something like a remedy.
tl::expected<void, Refusal> admit_line(command::Classified line, Standing const& standing,
                                       Work& work) {
    if (line.lane != standing.lane)
        return refuse(ResultCode::unsupported, "this line is the other lane's");
    take_line(std::move(line), work);
    if (work.changes) {
        if (standing.frozen) return refuse(ResultCode::frozen, "this host is frozen");
        auto const fixes = standing.log.fixes(standing.now.boot);
        if (auto over = over_limit(standing.policy.limits, fixes, work.subjects))
            return refuse(ResultCode::rate_limited, *over);
    }
    if (standing.busy) return refuse(ResultCode::busy, "another command runs here");
    return {};
}

tl::expected<void, Refusal> check_line(domain::LineOrder const& order,
                                       policy::Asking const& asking, Standing const& standing,
                                       Work& work) {
    auto line = command::classify(order.line);
    auto const judgement = policy::judge_line(line, asking, standing.policy);
    if (!judgement.allowed)
        return refuse(judgement.code, judgement.rule + ": " + judgement.reason);
    return admit_line(std::move(line), standing, work);
}

}  // namespace

std::string body_hash(domain::Command command) {
    command.session.clear();
    command.counter = 0;
    command.epoch = 0;  // another one when the coordinator was restarted before the resend
    command.issued_at = {};
    return trust::sha256_hex(wire::encode(command));
}

Admitted admit_order(std::string_view jws, Standing const& standing, Session& session) {
    auto const payload = trust::verify(trust::Purpose::command, standing.coordinator, jws);
    if (!payload) return refuse(ResultCode::bad_signature, payload.error().message);
    auto const command = wire::decode<domain::Command>(*payload);
    if (!command) return refuse(ResultCode::bad_arguments, command.error().message);
    Work work;
    work.id = command->id;
    work.hash = body_hash(*command);
    work.expires = command->expires_at;
    work.limits.timeout = std::clamp(command->limits.timeout, base::Duration{1}, kTimeoutMax);
    work.limits.output_bytes = std::min<std::uint64_t>(command->limits.output_bytes, kOutputMax);
    work.boot = standing.now.boot;
    auto const named = [&](Refusal refusal) {
        refusal.id = command->id;
        return refusal;
    };
    if (auto good = check_envelope(*command, work.hash, standing, session); !good)
        return tl::make_unexpected(named(good.error()));
    work.wall = std::max(*session.time(standing.now.boot), standing.log.floor());
    auto const* remedy = std::get_if<domain::RemedyOrder>(&command->order);
    auto const good =
        asking_of(*command, work.wall, standing).and_then([&](policy::Asking const& asking) {
            return remedy != nullptr ? check_order(*remedy, asking, standing, work)
                                     : check_line(std::get<domain::LineOrder>(command->order),
                                                  asking, standing, work);
        });
    if (good) return work;
    auto refusal = named(good.error());
    refusal.hash = work.hash;
    refusal.expires = work.expires;
    return tl::make_unexpected(std::move(refusal));
}

Admitted admit_press(wire::HandPress const& press, Standing const& standing,
                     Session const& session) {
    auto const named = [&](Refusal refusal) {
        refusal.id = press.id;
        return tl::make_unexpected(std::move(refusal));
    };
    auto const no = [&](ResultCode code, std::string reason) {
        return named(Refusal{{}, code, std::move(reason), false, {}, {}, {}});
    };
    if (!is_press_id(press.id)) return refuse(ResultCode::bad_arguments, "a press needs an id");
    auto const known = known_here(press.id, standing);
    if (known) {
        Refusal found;
        found.known = true;
        found.stored = known->result;
        return named(std::move(found));
    }
    if (standing.lane != command::Lane::fix)
        return no(ResultCode::unsupported, "offers are the fixing lane's");
    if (standing.frozen) return no(ResultCode::frozen, "this host is frozen");
    auto const offer = standing.policy.offers.find(press.offer);
    if (offer == standing.policy.offers.end())
        return no(ResultCode::not_allowed, "the policy offers no '" + press.offer + "'");
    // An offer's parameters are the policy's own words: one of the enumerated values each, and the
    // first of them where the press names none.
    domain::Params params;
    for (auto const& [name, values] : offer->second.params) {
        auto const given = press.params.find(name);
        auto const value = given != press.params.end() ? given->second
                           : values.empty()            ? std::string{}
                                                       : values.front();
        if (std::find(values.begin(), values.end(), value) == values.end())
            return no(ResultCode::bad_arguments, "the offer has no such value for " + name);
        params[name] = value;
    }
    for (auto const& [name, value] : press.params)
        if (!offer->second.params.contains(name))
            return no(ResultCode::bad_arguments, "the offer has no parameter " + name);
    auto const* remedy = standing.remedies.find(offer->second.remedy);
    if (remedy == nullptr)
        return no(ResultCode::unknown_remedy,
                  "this host holds no remedy " + offer->second.remedy);
    Work work;
    work.id = press.id;
    work.hash = trust::sha256_hex(press.offer);
    work.limits.timeout = remedy->timeout;
    work.boot = standing.now.boot;
    work.wall = session.time(standing.now.boot).value_or(standing.now.wall);
    if (auto good = check_remedy(*remedy, params, policy::Authority::offer, standing, work); !good)
        return named(good.error());
    return work;
}

}  // namespace hand
