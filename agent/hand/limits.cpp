#include "agent/hand/limits.hpp"

#include <algorithm>

namespace hand {

namespace {

using namespace std::chrono_literals;

int count_within(std::vector<Fix> const& fixes, base::Duration within) {
    return static_cast<int>(std::count_if(fixes.begin(), fixes.end(), [&](Fix const& fix) {
        return fix.started_ago < within;
    }));
}

bool touches(Fix const& fix, std::string const& subject) {
    return std::find(fix.subjects.begin(), fix.subjects.end(), subject) != fix.subjects.end();
}

// How long ago the last unbroken row of failures on this subject ended, if it is long enough to
// block.
std::optional<base::Duration> blocked_for(policy::Limits const& limits,
                                          std::vector<Fix> const& fixes,
                                          std::string const& subject) {
    int failures = 0;
    std::optional<base::Duration> last;
    for (auto fix = fixes.rbegin(); fix != fixes.rend(); ++fix) {
        if (!touches(*fix, subject)) continue;
        if (fix->succeeded || !fix->finished_ago) break;
        if (!last) last = fix->finished_ago;
        if (++failures >= limits.failures_block) return last;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> over_limit(policy::Limits const& limits, std::vector<Fix> const& fixes,
                                      std::vector<std::string> const& subjects) {
    if (count_within(fixes, 1h) >= limits.fixes_per_hour)
        return std::to_string(limits.fixes_per_hour) + " fixes within the last hour are enough";
    if (count_within(fixes, 24h) >= limits.fixes_per_day)
        return std::to_string(limits.fixes_per_day) + " fixes within the last day are enough";
    for (auto const& subject : subjects) {
        for (auto const& fix : fixes)
            if (touches(fix, subject) && fix.started_ago < limits.cooldown)
                return subject + " was changed less than " + base::to_text(limits.cooldown) +
                       " ago";
        auto const ended = blocked_for(limits, fixes, subject);
        if (ended && *ended < limits.block)
            return std::to_string(limits.failures_block) + " fixes in a row failed on " + subject +
                   "; it is left alone for " + base::to_text(limits.block);
    }
    return std::nullopt;
}

}  // namespace hand
