#include "agent/core/presence.hpp"

#include <algorithm>

namespace agent {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kBirthWaitLeast = 15s;
constexpr base::Duration kBirthWaitMost = 5min;
// A coordinator that has just started welcomes the births it finds; this is for a lost welcome.
constexpr base::Duration kNewerWait = 3s;

void add_new(std::vector<std::string>& list, std::vector<std::string> const& more) {
    for (auto const& entry : more)
        if (std::ranges::find(list, entry) == list.end()) list.push_back(entry);
}

double reading(std::vector<domain::ReadingGroup> const& groups, std::string_view metric) {
    for (auto const& group : groups)
        for (auto const& entry : group.readings)
            if (entry.metric == metric) return entry.value;
    return 0;
}

}  // namespace

Presence::Presence(Facts const& facts, Lanes const& lanes, Outbox const& outbox)
    : facts_(facts), lanes_(lanes), outbox_(outbox) {}

void Presence::connected(Step& step) {
    step.publish(PublishAvail{true});
    birth_wait_ = kBirthWaitLeast;
    say_birth(step);
    // Welcomed before: its answer is not needed again.
    if (facts_.coordinator.welcomed()) birth_again_.reset();
}

void Presence::goodbye(Step& step) const {
    if (facts_.link_up) step.publish(PublishAvail{false});
}

wire::Birth Presence::birth() const {
    auto const& settings = facts_.settings;
    wire::Birth birth{.host = settings.host,
                      .session = facts_.session,
                      .boot_id = facts_.boot_id,
                      .version = settings.version,
                      .arch = settings.arch,
                      .capabilities = settings.capabilities,
                      .offers = {},
                      .mode = "observe",  // nobody can change anything until the hand says so
                      .policy_digest = {},
                      .remedies_digest = {},
                      .journal_first = outbox_.first(),
                      .journal_last = outbox_.last(),
                      .metric_groups = settings.metric_groups};
    if (auto const& hello = lanes_.hello(Lane::fix)) {
        birth.mode = hello->mode;
        birth.policy_digest = hello->policy_digest;
        birth.remedies_digest = hello->remedies_digest;
        birth.offers = hello->offers;
        add_new(birth.capabilities, hello->managers);
    }
    return birth;
}

void Presence::say_birth(Step& step) {
    said_ = birth();
    step.publish(*said_);
    birth_again_ = step.now.boot + birth_wait_;
    birth_wait_ = std::min(birth_wait_ * 2, kBirthWaitMost);
}

void Presence::refresh(Step& step) {
    if (!facts_.link_up || !said_) return;
    auto current = birth();
    // The journal moves all the time; that alone is no news.
    current.journal_first = said_->journal_first;
    current.journal_last = said_->journal_last;
    if (current == *said_) return;
    bool const waiting = birth_again_.has_value();
    say_birth(step);
    if (!waiting) birth_again_.reset();
}

void Presence::nudge(Step const& step, bool newer) {
    if (!facts_.link_up || (!birth_again_ && !newer)) return;
    birth_wait_ = kBirthWaitLeast;
    auto const at = step.now.boot + (newer ? kNewerWait : kBirthWaitLeast);
    birth_again_ = std::min(birth_again_.value_or(at), at);
}

void Presence::measured(Step& step, std::vector<domain::ReadingGroup> const& groups) {
    if (!facts_.link_up) return;
    auto const time = facts_.wall(step.now);
    for (auto const& group : groups)
        step.publish(wire::Telemetry{facts_.settings.host, time, group});
    auto const& hello = lanes_.hello(Lane::fix);
    step.publish(wire::AgentHeartbeat{
        .host = facts_.settings.host,
        .sequence = ++beats_,
        .uptime_ms = (step.now.boot - started_).count(),
        .cpu_percent = reading(groups, "agent_cpu_percent"),
        .rss_bytes = static_cast<std::int64_t>(reading(groups, "agent_rss_bytes")),
        .written_bytes = static_cast<std::int64_t>(reading(groups, "agent_written_bytes")),
        .queue_depth = outbox_.depth(),
        .mode = hello ? hello->mode : "observe"});
}

void Presence::tick(Step& step) {
    if (facts_.link_up && birth_again_ && *birth_again_ <= step.now.boot) say_birth(step);
}

std::optional<base::BootTime> Presence::next_wake() const {
    return facts_.link_up ? birth_again_ : std::nullopt;
}

}  // namespace agent
