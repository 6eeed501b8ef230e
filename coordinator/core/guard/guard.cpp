#include "coordinator/core/guard/guard.hpp"

#include <algorithm>

#include "coordinator/core/correlate/correlate.hpp"

namespace coordinator {

int attempts_spent(World& world, domain::Subject const& subject) {
    auto const found = world.tried.find(lock_of(subject));
    if (found == world.tried.end()) return 0;
    auto const since = world.now.wall - world.settings.attempts_window;
    auto last_good = base::WallTime::min();
    std::vector<base::WallTime> bad;
    for (auto const& incident : found->second)
        for (auto const& attempt : world.attempts(incident)) {
            if (attempt.started_at < since) continue;
            if (attempt.outcome == domain::Outcome::resolved)
                last_good = std::max(last_good, attempt.started_at);
            else
                bad.push_back(attempt.started_at);
        }
    return static_cast<int>(std::ranges::count_if(bad, [&](auto at) { return at > last_good; }));
}

bool attempts_left(World& world, domain::Subject const& subject) {
    return attempts_spent(world, subject) < world.settings.attempts_max;
}

bool waits_for_hand(HostRow const& host) {
    return host.mode == "observe" && host.policy_digest.empty();
}

domain::Verdict judge(World& world, domain::Plan const& plan) {
    using domain::VerdictAnswer;
    auto const what = plan.remedy.remedy + " on " + domain::to_text(plan.subject);
    if (plan.risk == domain::Risk::forbidden)
        return {VerdictAnswer::deny, "risk_forbidden", what + " is forbidden"};
    if (!attempts_left(world, plan.subject))
        return {VerdictAnswer::deny, "attempts_spent",
                std::to_string(world.settings.attempts_max) + " attempts on " +
                    domain::to_text(plan.subject) + " did not help"};
    auto const* host = world.host(plan.host);
    auto const mode = host == nullptr || waits_for_hand(*host) ? std::string{} : host->mode;
    if (mode == "observe")
        return {VerdictAnswer::deny, "host_observes",
                plan.host.text() + " only observes; it would have been " + what};
    if (plan.risk == domain::Risk::risky)
        return {VerdictAnswer::ask, "risk_needs_a_person", what + " is risky"};
    if (mode == "ask" && plan.risk != domain::Risk::readonly)
        return {VerdictAnswer::ask, "host_asks",
                plan.host.text() + "'s policy asks a person before anything runs"};
    return {VerdictAnswer::allow, "allowed", what + " may run"};
}

}  // namespace coordinator
