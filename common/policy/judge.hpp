// The one pure function between a plan and a host: used by the hand, whose answer counts, and by
// whoever wants to know it beforehand. Default deny.
#pragma once

#include <string>
#include <string_view>

#include "common/command/classify.hpp"
#include "common/domain/command.hpp"
#include "common/domain/remedy.hpp"
#include "common/policy/policy.hpp"

namespace policy {

enum class Authority { order, offer, lease };

struct Judgement {
    bool allowed = false;
    domain::ResultCode code = domain::ResultCode::not_allowed;
    std::string rule;    // "mode_observe", "remedy_not_named", "subject_protected", "class_risky", …
    std::string reason;  // one sentence
};

// A remedy with its parameters, as it would run: its class is its worst step's, the subjects are
// those its steps change.
Judgement judge_remedy(domain::Remedy const& remedy, domain::Params const& params,
                       Authority authority, Policy const& policy);

// One line of the command language: read-only lines pass in every mode.
Judgement judge_line(command::Classified const& line, Authority authority, Policy const& policy);

// Touched by no command line and no ordinary remedy (safety.md 0.10): Tomte itself, the broker,
// ssh, network managers, the container engine, dbus.
bool is_protected(domain::SubjectKind kind, std::string_view name, Policy const& policy);

}  // namespace policy
