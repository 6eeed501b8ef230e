#include "common/policy/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "common/command/protected.hpp"
#include "common/remedy/fill.hpp"
#include "common/remedy/verbs.hpp"

namespace policy {
namespace {

using domain::ResultCode;
using domain::Risk;
using domain::SubjectKind;

Judgement deny(ResultCode code, std::string rule, std::string reason) {
    return {false, code, std::move(rule), std::move(reason)};
}

// The ceiling and the class: what does not depend on which remedy it is.
std::optional<Judgement> deny_by_class(Risk risk, Authority authority, Policy const& policy) {
    if (risk == Risk::forbidden)
        return deny(ResultCode::not_allowed, "class_forbidden",
                    "this is forbidden and cannot be unlocked from outside the host");
    if (policy.mode == Mode::observe)
        return deny(ResultCode::observe_only, "mode_observe",
                    "this host's policy only lets it be observed");
    bool const alone = authority == Authority::order || authority == Authority::lease;
    if (policy.mode == Mode::ask && alone)
        return deny(ResultCode::not_allowed, "mode_ask",
                    "this host's policy wants a person to ask for every fix");
    if (risk == Risk::risky)
        return deny(ResultCode::not_allowed, "class_risky",
                    "a risky step needs an approver's signature, which did not come with it");
    return std::nullopt;
}

bool is_offered(domain::Remedy const& remedy, domain::Params const& params,
                Policy const& policy) {
    return std::ranges::any_of(policy.offers, [&](auto const& entry) {
        Offer const& offer = entry.second;
        return offer.remedy == remedy.name &&
               std::ranges::all_of(params, [&](auto const& param) {
                   auto const allowed = offer.params.find(param.first);
                   return allowed != offer.params.end() &&
                          std::ranges::find(allowed->second, param.second) !=
                              allowed->second.end();
               });
    });
}

std::optional<Judgement> deny_by_name(domain::Remedy const& remedy, domain::Params const& params,
                                      Authority authority, Policy const& policy) {
    if (authority == Authority::offer) {
        if (is_offered(remedy, params, policy)) return std::nullopt;
        return deny(ResultCode::not_allowed, "not_offered",
                    fmt::format("no offer of this host's policy is {} with these parameters",
                                remedy.name));
    }
    auto const named = [&](std::string_view name) {
        return std::ranges::find(policy.remedies, name) != policy.remedies.end();
    };
    if (named(remedy.name) || named("*")) return std::nullopt;
    return deny(ResultCode::not_allowed, "remedy_not_named",
                fmt::format("this host's policy does not name the remedy {}", remedy.name));
}

std::optional<Judgement> deny_subject(remedy::Verb const& verb, domain::Step const& step,
                                      Policy const& policy) {
    if (verb.subject_arg.empty()) return std::nullopt;  // the host itself, by a bounded verb
    auto const name = step.args.find(std::string{verb.subject_arg})->second;
    auto const kind = verb.subject_kind;
    if (is_protected(kind, name, policy))
        return deny(ResultCode::not_allowed, "subject_protected",
                    fmt::format("{} {} is protected on this host", to_string(kind), name));
    if (kind == SubjectKind::job) {
        // The owner who registered the job allowed it to be run.
        if (policy.jobs.contains(name)) return std::nullopt;
        return deny(ResultCode::not_allowed, "job_not_registered",
                    fmt::format("this host's policy registers no job {}", name));
    }
    auto const matches = [&](SubjectPattern const& one) { return one.matches(kind, name); };
    if (std::ranges::any_of(policy.remediable, matches)) return std::nullopt;
    return deny(ResultCode::not_allowed, "subject_not_remediable",
                fmt::format("this host's policy does not let {} {} be changed", to_string(kind),
                            name));
}

// What no policy lists by a kind of its own (a guest's number, a pool) is listed as a part of the
// host: "host/vmid/100".
std::optional<Judgement> deny_change(command::Change const& change, Policy const& policy) {
    auto const kind = change.kind.value_or(SubjectKind::host);
    auto const name = change.kind ? change.name
                                  : fmt::format("{}/{}", command::name_of(change.type),
                                                change.name);
    auto const matches = [&](SubjectPattern const& one) { return one.matches(kind, name); };
    // To start again what must go on running is the language's to call risky; the owner's own
    // list has no such exception.
    bool const gentle = change.gentle &&
                        command::protection_of(kind, name) == command::Protection::reach &&
                        std::ranges::none_of(policy.protected_subjects, matches);
    if (!gentle && is_protected(kind, name, policy))
        return deny(ResultCode::not_allowed, "subject_protected",
                    fmt::format("{} {} is protected on this host", to_string(kind), name));
    if (std::ranges::any_of(policy.remediable, matches)) return std::nullopt;
    return deny(ResultCode::not_allowed, "subject_not_remediable",
                fmt::format("this host's policy does not let {} {} be changed", to_string(kind),
                            name));
}

}  // namespace

bool is_protected(SubjectKind kind, std::string_view name, Policy const& policy) {
    bool const owners = std::ranges::any_of(policy.protected_subjects, [&](auto const& pattern) {
        return pattern.matches(kind, name);
    });
    if (owners) return true;
    return command::is_always_protected(kind, name);
}

Judgement judge_remedy(domain::Remedy const& remedy, domain::Params const& params,
                       Authority authority, Policy const& policy) {
    if (auto const fits = remedy::check_params(remedy, params); !fits)
        return deny(ResultCode::bad_arguments, "arguments", fits.error().message);
    std::vector<domain::Step> steps = remedy.preconditions;
    steps.insert(steps.end(), remedy.steps.begin(), remedy.steps.end());
    if (remedy.check) steps.push_back(remedy.check->step);
    steps.insert(steps.end(), remedy.undo.begin(), remedy.undo.end());
    Risk risk = remedy.risk;
    std::vector<std::pair<remedy::Verb const*, domain::Step>> changes;
    for (auto const& step : steps) {
        auto const* verb = remedy::find_verb(step.verb);
        if (!verb)
            return deny(ResultCode::unsupported, "unknown_verb",
                        fmt::format("this host does not know the verb {}", step.verb));
        auto filled = remedy::fill(step, params);
        if (!filled)
            return deny(ResultCode::bad_arguments, "arguments", filled.error().message);
        risk = std::max(risk, verb->risk);
        if (verb->risk != Risk::readonly) changes.emplace_back(verb, std::move(*filled));
    }
    if (risk == Risk::readonly)
        return {true, ResultCode::ok, "readonly", "it only asks questions"};
    if (auto const denied = deny_by_class(risk, authority, policy)) return *denied;
    if (auto const denied = deny_by_name(remedy, params, authority, policy)) return *denied;
    for (auto const& [verb, step] : changes)
        if (auto const denied = deny_subject(*verb, step, policy)) return *denied;
    return {true, ResultCode::ok, "allowed", "this host's policy allows it"};
}

Judgement judge_line(command::Classified const& line, Authority authority, Policy const& policy) {
    if (line.risk == Risk::readonly) return {true, ResultCode::ok, line.rule, line.reason};
    if (line.risk == Risk::forbidden)
        return deny(ResultCode::not_allowed, line.rule, line.reason);
    if (auto const denied = deny_by_class(line.risk, authority, policy)) return *denied;
    for (auto const& change : line.changes)
        if (auto const denied = deny_change(change, policy)) return *denied;
    return {true, ResultCode::ok, line.rule, line.reason};
}

}  // namespace policy
