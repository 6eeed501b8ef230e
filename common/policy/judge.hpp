// The one pure function between a plan and a host: used by the hand, whose answer counts, and by
// whoever wants to know it beforehand. Default deny.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/command/classify.hpp"
#include "common/domain/command.hpp"
#include "common/domain/remedy.hpp"
#include "common/policy/policy.hpp"

namespace policy {

// order: the coordinator's own plan; offer: an entry of this policy; lease: the host alone while
// the coordinator is away; person: an order that a person gave (its actor is "operator:…").
enum class Authority { order, offer, lease, person };

// Who asks, and with what in hand.
struct Asking {
    Asking(Authority authority);  // NOLINT: an authority alone is a whole question
    explicit Asking(Source from) : source(from) {}

    Source source = Source::coordinator;
    bool offer = false;     // an entry of this policy, so its owner's own wish
    bool approved = false;  // by an approver that this policy accepts; the signature was checked
    std::optional<int> minute;  // of the host's day; none: the time is not known
};

struct Judgement {
    bool allowed = false;
    domain::ResultCode code = domain::ResultCode::not_allowed;
    std::string rule;    // "mode_observe", "remedy_not_named", "subject_protected", …
    std::string reason;  // one sentence
};

// A host that observes says in the reason what it would have answered otherwise.
//
// A remedy with its parameters, as it would run: its class is its worst step's, the subjects are
// those its steps change (preconditions, steps, check and undo are all looked at). A subject must
// be in `remediable` and not protected; a job must be registered; steps on the host as a whole
// (journal.vacuum …) are bounded by their verbs, and need only the remedy's name in `remedies`.
Judgement judge_remedy(domain::Remedy const& remedy, domain::Params const& params,
                       Asking const& asking, Policy const& policy);

// One line of the command language: read-only lines pass in every mode.
Judgement judge_line(command::Classified const& line, Asking const& asking, Policy const& policy);

// Touched by no command line and no ordinary remedy (safety.md 0.10): Tomte itself, the broker,
// ssh, network managers, the container engine, dbus.
// A risky remedy that the policy names (not by "*") and an approver signed, or the owner leased,
// may still touch one of the built-in ones but Tomte itself: so ssh or the broker are restarted.
bool is_protected(domain::SubjectKind kind, std::string_view name, Policy const& policy);

}  // namespace policy
