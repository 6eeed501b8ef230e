#include "coordinator/core/fleet/lease.hpp"

#include <algorithm>

#include "coordinator/core/act/act.hpp"
#include "coordinator/core/act/outbox.hpp"
#include "coordinator/core/advance.hpp"
#include "coordinator/core/correlate/correlate.hpp"
#include "coordinator/core/recall/recall.hpp"

namespace coordinator {
namespace {

constexpr base::Duration kLastsLeast{60'000};
constexpr base::Duration kLastsMost{31LL * 24 * 3600 * 1000};
constexpr int kPerHourMost = 60;

base::Status check(World const& world, LeaseOrdered const& event) {
    auto const wrong = [](std::string reason) {
        return base::fail(base::Code::invalid, std::move(reason));
    };
    if (event.remedies.empty()) return {};  // a revocation
    if (event.per_hour < 1 || event.per_hour > kPerHourMost)
        return wrong("a lease allows 1 to 60 fixes an hour");
    if (event.lasts < kLastsLeast || event.lasts > kLastsMost)
        return wrong("a lease lasts 1 minute to 31 days");
    for (auto const& name : event.remedies) {
        auto const* remedy = world.catalog.find(name);
        if (remedy == nullptr)
            return base::fail(base::Code::not_found, "no remedy is called '" + name + "'");
        if (remedy->risk >= domain::Risk::risky)
            return wrong(name + " is " + std::string{to_string(remedy->risk)} +
                         " and is never leased");
        if (!remedy->check) return wrong(name + " has no check, so a host cannot run it alone");
    }
    return {};
}

// Rises even if our store is lost: a revision is of the order of the clock's milliseconds.
std::int64_t next_revision(World const& world, HostRow const& host) {
    auto const before = host.lease ? host.lease->rev : 0;
    return std::max(before + 1, base::unix_ms(world.now.wall));
}

void grant(World& world, HostRow& host, domain::Lease lease) {
    lease.rev = next_revision(world, host);
    lease.expires_at = world.now.wall + lease.lasts;
    host.lease = std::move(lease);
    world.save(host);
    world.need_durable();
    send_lease(world, host);
}

std::string names(std::vector<std::string> const& remedies) {
    std::string text;
    for (auto const& name : remedies) text += (text.empty() ? "" : ", ") + name;
    return text;
}

domain::Incident* incident_of(World& world, HostRow const& host, std::string const& fingerprint) {
    auto const* signal = world.signal(host.host.text() + ":" + fingerprint);
    return signal == nullptr ? nullptr : world.incident(signal->incident);
}

// The plan as it would have been ours, so that the incident reads the same.
domain::Plan plan_for(World const& world, domain::Incident const& incident, HostRow const& host,
                      domain::RemedyOrder const& order) {
    domain::Plan plan{.remedy = order,
                      .risk = domain::Risk::reversible,
                      .origin = domain::PlanOrigin::lease,
                      .host = host.host,
                      .subject = incident.subject.value_or(
                          domain::Subject{host.host, domain::SubjectKind::host, ""}),
                      .timeout = {}};
    if (auto const* remedy = world.catalog.find(order.remedy)) {
        plan.risk = remedy->risk;
        plan.timeout = remedy->timeout;
    }
    return plan;
}

// False: the incident is where no host's own fix belongs to any more; it is evidence only.
bool begin(World& world, domain::Incident& incident, HostRow const& host,
           domain::LocalFix const& fix) {
    if (find_row(incident.state, Trigger::host_acts) == nullptr) return false;
    auto const started = world.moment(fix.result.started_at);
    incident.plan = plan_for(world, incident, host, fix.order);
    domain::Command command{fix.result.id, host.host, host.incarnation, world.epoch, "", 0,
                            started, world.now.wall + incident.plan->timeout, incident.id,
                            incident.attempts + 1, "lease", incident.title, fix.order, {}};
    command.limits.timeout = incident.plan->timeout;
    incident.attempts = command.attempt;
    world.add(domain::Attempt{incident.id, command.attempt, command.id, *incident.plan, started,
                              {}, {}, ""});
    auto& tried = world.tried[lock_of(incident.plan->subject)];
    if (std::ranges::find(tried, incident.id) == tried.end()) tried.push_back(incident.id);
    world.record("plan", incident,
                 fix.order.remedy + " by " + host.host.text() + " itself, under its lease");
    raise(world, incident, Trigger::host_acts, host.host.text() + " heals itself");
    occupy(world, incident);
    arm(world, incident, acting_lasts_longer(incident));
    adopt_local(world, std::move(command));
    return true;
}

}  // namespace

bool is_local(domain::Command const& command) {
    return command.id.starts_with(domain::kLeaseIdPrefix);
}

void send_lease(World& world, HostRow const& host) {
    if (host.lease) world.emit(SendLease{*host.lease});
}

void on_lease(World& world, LeaseOrdered const& event) {
    auto const refuse = [&](base::Error error) {
        world.emit(Ordered{event.ticket, "", std::move(error)});
    };
    auto const named = world.names.find(event.host);
    if (named == world.names.end())
        return refuse({base::Code::not_found, "no known host is called '" + event.host + "'"});
    if (auto const fits = check(world, event); !fits) return refuse(fits.error());
    auto& host = *world.host(named->second);
    grant(world, host,
          {.host = host.host,
           .incarnation = host.incarnation,
           .remedies = event.remedies,
           .per_hour = event.per_hour,
           .lasts = event.lasts});
    world.record_host("lease", host.host,
                      event.remedies.empty()
                          ? "revoked by " + event.actor
                          : "granted by " + event.actor + ": " + names(event.remedies),
                      {{"rev", std::to_string(host.lease->rev)}});
    world.emit(Ordered{event.ticket, std::to_string(host.lease->rev), std::nullopt});
}

void on_lease_reported(World& world, HostRow& host, DocumentReported const& event) {
    if (event.applied && event.rev > host.lease_held) {
        host.lease_held = event.rev;
        world.save(host);
    }
    world.record_host("lease", host.host,
                      event.applied ? "holds the lease's revision " + std::to_string(event.rev)
                                    : "did not take the lease: " + event.reason,
                      {{"rev", std::to_string(event.rev)}});
}

void renew_lease(World& world, HostRow& host) {
    if (!host.lease || host.lease->remedies.empty()) return;
    if (world.now.wall < host.lease->expires_at - host.lease->lasts / 2) return;
    grant(world, host, *host.lease);
}

void on_local_fix(World& world, HostRow const& host, domain::LocalFix const& fix) {
    bool const known = world.command(fix.result.id) != nullptr;
    auto* incident = incident_of(world, host, fix.fingerprint);
    bool const belongs = known || (incident != nullptr && begin(world, *incident, host, fix));
    if (belongs) return on_result(world, host.host, fix.result);
    world.record_host("host", host.host,
                      fix.order.remedy + " under the lease: " +
                          std::string{to_string(fix.result.state)},
                      {{"id", fix.result.id}, {"detail", fix.result.detail}});
}

}  // namespace coordinator
