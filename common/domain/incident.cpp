#include "common/domain/incident.hpp"

#include "common/domain/names.hpp"

namespace domain {
namespace {

constexpr NameTable<IncidentState, 11> kStates{{
    {IncidentState::gathering, "gathering"},
    {IncidentState::asking, "asking"},
    {IncidentState::waiting, "waiting"},
    {IncidentState::acting, "acting"},
    {IncidentState::confirming, "confirming"},
    {IncidentState::backing_off, "backing_off"},
    {IncidentState::escalated, "escalated"},
    {IncidentState::resolved, "resolved"},
    {IncidentState::cancelled, "cancelled"},
    {IncidentState::suppressed, "suppressed"},
    {IncidentState::abandoned, "abandoned"},
}};

constexpr NameTable<PlanOrigin, 6> kOrigins{{
    {PlanOrigin::catalogue, "catalogue"},
    {PlanOrigin::pattern, "pattern"},
    {PlanOrigin::runbook, "runbook"},
    {PlanOrigin::claude, "claude"},
    {PlanOrigin::person, "person"},
    {PlanOrigin::lease, "lease"},
}};

constexpr NameTable<VerdictAnswer, 3> kAnswers{{
    {VerdictAnswer::allow, "allow"},
    {VerdictAnswer::ask, "ask"},
    {VerdictAnswer::deny, "deny"},
}};

constexpr NameTable<Outcome, 7> kOutcomes{{
    {Outcome::resolved, "resolved"},
    {Outcome::failed, "failed"},
    {Outcome::unknown, "unknown"},
    {Outcome::rolled_back, "rolled_back"},
    {Outcome::interrupted, "interrupted"},
    {Outcome::rejected, "rejected"},
    {Outcome::expired, "expired"},
}};

}  // namespace

std::string_view to_string(IncidentState state) { return name_of(kStates, state); }
std::optional<IncidentState> parse_incident_state(std::string_view text) {
    return value_of(kStates, text);
}

bool is_final(IncidentState state) {
    return state == IncidentState::resolved || state == IncidentState::cancelled ||
           state == IncidentState::suppressed || state == IncidentState::abandoned;
}

std::string_view to_string(PlanOrigin origin) { return name_of(kOrigins, origin); }
std::optional<PlanOrigin> parse_plan_origin(std::string_view text) {
    return value_of(kOrigins, text);
}
std::string_view to_string(VerdictAnswer answer) { return name_of(kAnswers, answer); }
std::string_view to_string(Outcome outcome) { return name_of(kOutcomes, outcome); }
std::optional<Outcome> parse_outcome(std::string_view text) { return value_of(kOutcomes, text); }

}  // namespace domain
