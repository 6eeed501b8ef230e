#include "coordinator/core/lifecycle.hpp"

#include <algorithm>
#include <array>

#include "common/domain/names.hpp"

namespace coordinator {
namespace {

using State = domain::IncidentState;

// No row leads from escalated back to work: a person is told once and not again.
constexpr std::array kTable{
    Row{State::gathering, Trigger::time_out, State::waiting, Action::make_plan},
    Row{State::gathering, Trigger::gone, State::cancelled, Action::close},
    Row{State::gathering, Trigger::suppressed, State::suppressed, Action::close},
    Row{State::gathering, Trigger::refused, State::escalated, Action::escalate},

    Row{State::gathering, Trigger::host_acts, State::acting, Action::none},

    Row{State::asking, Trigger::advised, State::waiting, Action::none},
    Row{State::asking, Trigger::approved, State::waiting, Action::none},
    Row{State::asking, Trigger::refused, State::escalated, Action::escalate},
    Row{State::asking, Trigger::time_out, State::escalated, Action::escalate},
    Row{State::asking, Trigger::gone, State::cancelled, Action::close},
    Row{State::asking, Trigger::fixed, State::confirming, Action::confirm},
    Row{State::asking, Trigger::settled, State::resolved, Action::close},

    Row{State::waiting, Trigger::dispatched, State::acting, Action::none},
    Row{State::waiting, Trigger::host_acts, State::acting, Action::none},
    Row{State::waiting, Trigger::needs_advice, State::asking, Action::ask_advisor},
    Row{State::waiting, Trigger::needs_approval, State::asking, Action::none},
    Row{State::waiting, Trigger::refused, State::escalated, Action::escalate},
    Row{State::waiting, Trigger::time_out, State::escalated, Action::escalate},
    Row{State::waiting, Trigger::gone, State::cancelled, Action::close},
    Row{State::waiting, Trigger::fixed, State::confirming, Action::confirm},
    Row{State::waiting, Trigger::settled, State::resolved, Action::close},

    Row{State::acting, Trigger::fixed, State::confirming, Action::confirm},
    Row{State::acting, Trigger::failed, State::backing_off, Action::none},
    Row{State::acting, Trigger::spent, State::escalated, Action::escalate},
    Row{State::acting, Trigger::refused, State::escalated, Action::escalate},
    Row{State::acting, Trigger::unproven, State::confirming, Action::confirm},
    Row{State::acting, Trigger::settled, State::resolved, Action::close},
    Row{State::acting, Trigger::time_out, State::escalated, Action::escalate},

    Row{State::confirming, Trigger::settled, State::resolved, Action::close},
    Row{State::confirming, Trigger::time_out, State::backing_off, Action::note_failure},
    Row{State::confirming, Trigger::spent, State::escalated, Action::escalate},
    Row{State::confirming, Trigger::unproven, State::escalated, Action::escalate},

    Row{State::backing_off, Trigger::time_out, State::waiting, Action::make_plan},
    Row{State::backing_off, Trigger::host_acts, State::acting, Action::none},
    Row{State::backing_off, Trigger::fixed, State::confirming, Action::confirm},
    Row{State::backing_off, Trigger::settled, State::resolved, Action::close},

    Row{State::escalated, Trigger::settled, State::resolved, Action::close},
    Row{State::escalated, Trigger::time_out, State::abandoned, Action::close},
};

constexpr domain::NameTable<Trigger, 15> kTriggers{{
    {Trigger::time_out, "time_out"},
    {Trigger::gone, "gone"},
    {Trigger::suppressed, "suppressed"},
    {Trigger::refused, "refused"},
    {Trigger::needs_advice, "needs_advice"},
    {Trigger::advised, "advised"},
    {Trigger::needs_approval, "needs_approval"},
    {Trigger::approved, "approved"},
    {Trigger::dispatched, "dispatched"},
    {Trigger::host_acts, "host_acts"},
    {Trigger::fixed, "fixed"},
    {Trigger::failed, "failed"},
    {Trigger::spent, "spent"},
    {Trigger::unproven, "unproven"},
    {Trigger::settled, "settled"},
}};

}  // namespace

std::string_view to_string(Trigger trigger) { return domain::name_of(kTriggers, trigger); }

std::span<Row const> lifecycle() { return kTable; }

Row const* find_row(State state, Trigger trigger) {
    auto const row = std::ranges::find_if(
        kTable, [&](Row const& r) { return r.from == state && r.trigger == trigger; });
    return row == kTable.end() ? nullptr : &*row;
}

base::Duration lasts(CoreSettings const& settings, State state, int attempts) {
    switch (state) {
        case State::gathering: return settings.gather;
        case State::asking: return settings.advisor_within;
        case State::waiting: return settings.host_within;
        case State::acting: return settings.command_ttl;
        case State::confirming: return settings.confirm_within;
        case State::backing_off:
            return settings.backoff_first * (1 << std::clamp(attempts - 1, 0, 10));
        case State::escalated: return settings.escalation_keeps;
        case State::resolved:
        case State::cancelled:
        case State::suppressed:
        case State::abandoned: break;
    }
    return base::Duration::zero();
}

}  // namespace coordinator
