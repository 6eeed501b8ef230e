#include "common/policy/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "common/base/guard.hpp"
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

// The ceilings and the class: what does not depend on which remedy it is.
std::optional<Judgement> deny_by_class(Risk risk, Asking const& asking, Policy const& policy) {
    if (!GUARD("policy.forbidden", risk != Risk::forbidden))
        return deny(ResultCode::not_allowed, "class_forbidden",
                    "this is forbidden and cannot be unlocked from outside the host");
    if (!GUARD("policy.class_of_source", risk <= policy.classes.of(asking.source)))
        return deny(ResultCode::not_allowed, "class_of_source",
                    fmt::format("this host's policy lets nothing {} come from {}",
                                domain::to_string(risk), to_string(asking.source)));
    bool const person_suffices =
        policy.approval == ApprovalRule::coordinator && asking.source == Source::person;
    bool const asked = asking.approved || asking.offer || person_suffices;
    if (!GUARD("policy.mode_ask", policy.mode != Mode::ask || asked))
        return deny(ResultCode::not_allowed, "mode_ask",
                    "this host's policy wants a person to approve every fix");
    bool const leased = asking.source == Source::lease && !asking.offer;
    bool const signed_for = asking.approved || leased ||
                            (policy.approval == ApprovalRule::coordinator && !asking.offer);
    if (!GUARD("policy.class_risky", risk != Risk::risky || signed_for))
        return deny(ResultCode::not_allowed, "class_risky",
                    "a risky step needs an approver's signature, which did not come with it");
    bool const by_person = asking.approved || asking.offer || asking.source == Source::person;
    bool const quiet = asking.minute && std::ranges::any_of(policy.quiet_hours, [&](auto hours) {
        return hours.holds(*asking.minute);
    });
    if (!GUARD("policy.quiet_hours", !quiet || by_person))
        return deny(ResultCode::quiet_hours, "quiet_hours",
                    "these are quiet hours on this host, and no person asked for it");
    return std::nullopt;
}

bool is_protected_by_owner(SubjectKind kind, std::string_view name, Policy const& policy) {
    return std::ranges::any_of(policy.protected_subjects, [&](auto const& pattern) {
        return pattern.matches(kind, name);
    });
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
                                      Risk risk, Asking const& asking, Policy const& policy) {
    if (asking.offer) {
        if (GUARD("policy.not_offered", is_offered(remedy, params, policy))) return std::nullopt;
        return deny(ResultCode::not_allowed, "not_offered",
                    fmt::format("no offer of this host's policy is {} with these parameters",
                                remedy.name));
    }
    auto const named = [&](std::string_view name) {
        return std::ranges::find(policy.remedies, name) != policy.remedies.end();
    };
    // "*" stands for what is not risky: that is named one by one.
    bool const is_named = named(remedy.name) || (named("*") && risk < Risk::risky);
    if (GUARD("policy.remedy_named", is_named)) return std::nullopt;
    return deny(ResultCode::not_allowed, "remedy_not_named",
                fmt::format("this host's policy does not name the remedy {}", remedy.name));
}

// Whole sets of units, and mounts: starting a target is a reboot by another name.
constexpr std::array<std::string_view, 7> kSetTypes{
    ".target", ".mount", ".automount", ".swap", ".slice", ".scope", ".device"};

// Of the built-in protected ones: those that end our own reach for good, and whole sets of units.
bool is_never_touched(SubjectKind kind, std::string_view name) {
    if (kind == SubjectKind::service) {
        bool const set =
            std::ranges::any_of(kSetTypes, [&](auto type) { return name.ends_with(type); });
        return set || name.starts_with("tomte");
    }
    return name.find("tomte") != std::string_view::npos;
}

std::optional<Judgement> deny_subject(remedy::Verb const& verb, domain::Step const& step,
                                      bool unlocked, Policy const& policy) {
    if (verb.subject_arg.empty()) return std::nullopt;  // the host itself, by a bounded verb
    auto const name = step.args.find(std::string{verb.subject_arg})->second;
    auto const kind = verb.subject_kind;
    bool const may_touch =
        unlocked && !is_never_touched(kind, name) && !is_protected_by_owner(kind, name, policy);
    if (!GUARD("policy.protected", !is_protected(kind, name, policy) || may_touch))
        return deny(ResultCode::not_allowed, "subject_protected",
                    fmt::format("{} {} is protected on this host", to_string(kind), name));
    if (kind == SubjectKind::job) {
        // The owner who registered the job allowed it to be run.
        if (GUARD("policy.job", policy.jobs.contains(name))) return std::nullopt;
        return deny(ResultCode::not_allowed, "job_not_registered",
                    fmt::format("this host's policy registers no job {}", name));
    }
    auto const matches = [&](SubjectPattern const& one) { return one.matches(kind, name); };
    if (GUARD("policy.remediable", std::ranges::any_of(policy.remediable, matches)))
        return std::nullopt;
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
    return is_protected_by_owner(kind, name, policy) || command::is_always_protected(kind, name);
}

Asking::Asking(Authority authority) {
    switch (authority) {
        case Authority::order: return;
        case Authority::offer:
            source = Source::home_assistant;
            offer = true;
            return;
        case Authority::lease: source = Source::lease; return;
        case Authority::person: source = Source::person; return;
    }
}

namespace {

struct Changes {
    Risk risk = Risk::readonly;
    std::vector<std::pair<remedy::Verb const*, domain::Step>> steps;
};

// Every step that may run, filled; the worst of their classes and of the remedy's own.
tl::expected<Changes, Judgement> changes_of(domain::Remedy const& remedy,
                                            domain::Params const& params) {
    std::vector<domain::Step> steps = remedy.preconditions;
    steps.insert(steps.end(), remedy.steps.begin(), remedy.steps.end());
    if (remedy.check) steps.push_back(remedy.check->step);
    steps.insert(steps.end(), remedy.undo.begin(), remedy.undo.end());
    Changes changes{remedy.risk, {}};
    for (auto const& step : steps) {
        auto const* verb = remedy::find_verb(step.verb);
        if (!verb)
            return tl::make_unexpected(
                deny(ResultCode::unsupported, "unknown_verb",
                     fmt::format("this host does not know the verb {}", step.verb)));
        auto filled = remedy::fill(step, params);
        if (!filled)
            return tl::make_unexpected(
                deny(ResultCode::bad_arguments, "arguments", filled.error().message));
        changes.risk = std::max(changes.risk, verb->risk);
        if (verb->risk != Risk::readonly) changes.steps.emplace_back(verb, std::move(*filled));
    }
    return changes;
}

Judgement judge_changes(domain::Remedy const& remedy, domain::Params const& params,
                        Changes const& changes, Asking const& asking, Policy const& policy) {
    if (auto const denied = deny_by_class(changes.risk, asking, policy)) return *denied;
    if (auto const denied = deny_by_name(remedy, params, changes.risk, asking, policy))
        return *denied;
    bool const leased = asking.source == Source::lease && !asking.offer;
    bool const unlocked = changes.risk == Risk::risky && (asking.approved || leased);
    for (auto const& [verb, step] : changes.steps)
        if (auto const denied = deny_subject(*verb, step, unlocked, policy)) return *denied;
    return {true, ResultCode::ok, "allowed", "this host's policy allows it"};
}

// What an observing host answers: no, and what it would have said.
Judgement only_observed(Judgement const& otherwise, std::string const& what) {
    return deny(ResultCode::observe_only, "mode_observe",
                otherwise.allowed
                    ? fmt::format("this host only observes; it would have run {}", what)
                    : fmt::format(
                          "this host only observes; it would not have run {} either: {}: {}", what,
                          otherwise.rule, otherwise.reason));
}

// The policy as it were if its mode let things run.
Policy acting(Policy policy) {
    policy.mode = Mode::automatic;
    return policy;
}

std::string with_params(domain::Remedy const& remedy, domain::Params const& params) {
    auto text = remedy.name;
    for (auto const& [name, value] : params) text += fmt::format(" {}={}", name, value);
    return text;
}

}  // namespace

Judgement judge_remedy(domain::Remedy const& remedy, domain::Params const& params,
                       Asking const& asking, Policy const& policy) {
    if (auto const fits = remedy::check_params(remedy, params); !fits)
        return deny(ResultCode::bad_arguments, "arguments", fits.error().message);
    auto const changes = changes_of(remedy, params);
    if (!changes) return changes.error();
    if (changes->risk == Risk::readonly)
        return {true, ResultCode::ok, "readonly", "it only asks questions"};
    if (policy.mode != Mode::observe)
        return judge_changes(remedy, params, *changes, asking, policy);
    return only_observed(judge_changes(remedy, params, *changes, asking, acting(policy)),
                         with_params(remedy, params));
}

Judgement judge_line(command::Classified const& line, Asking const& asking, Policy const& policy) {
    if (line.risk == Risk::readonly) return {true, ResultCode::ok, line.rule, line.reason};
    if (line.risk == Risk::forbidden)
        return deny(ResultCode::not_allowed, line.rule, line.reason);
    if (policy.mode == Mode::observe)
        return only_observed(judge_line(line, asking, acting(policy)), "this line");
    if (auto const denied = deny_by_class(line.risk, asking, policy)) return *denied;
    for (auto const& change : line.changes)
        if (auto const denied = deny_change(change, policy)) return *denied;
    return {true, ResultCode::ok, line.rule, line.reason};
}

}  // namespace policy
