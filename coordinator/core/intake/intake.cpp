#include "coordinator/core/intake/intake.hpp"

#include <algorithm>

#include "common/trust/hash.hpp"
#include "coordinator/core/advance.hpp"
#include "coordinator/core/correlate/correlate.hpp"
#include "coordinator/core/recall/recall.hpp"
#include "coordinator/core/suppress/suppress.hpp"
#include "coordinator/core/verify/verify.hpp"

namespace coordinator {
namespace {

// Two rounds of a host's probes at their usual interval, and the way here.
constexpr base::Duration kSecondLook{30'000};

void say(World& world, domain::Signal const& signal, std::string const& incident,
         std::string const& status) {
    world.emit(Record{"signal", incident, "",
                      signal.name + (signal.firing ? " is firing: " : " resolved: ") + status,
                      {{"fingerprint", signal.fingerprint},
                       {"name", signal.name},
                       {"source", std::string{to_string(signal.source)}},
                       {"status", status}}});
}

// Joins the signal's row to an incident, as the newest state of its series.
void keep(World& world, domain::Signal const& signal, std::string const& incident) {
    auto* row = world.signal(signal.fingerprint);
    if (row == nullptr) {
        world.add(SignalRow{signal, incident, 1, world.now.wall, world.now.wall});
        return;
    }
    auto next = *row;
    next.times = signal.firing && row->signal.firing ? row->times + 1 : 1;
    next.signal = signal;
    next.incident = incident;
    next.last_seen = world.now.wall;
    world.add(std::move(next));
}

void join(World& world, domain::Signal const& signal, domain::Incident& incident) {
    keep(world, signal, incident.id);
    auto& firing = incident.firing;
    if (std::ranges::find(firing, signal.fingerprint) == firing.end())
        firing.push_back(signal.fingerprint);
    if (signal.severity == "critical") incident.severity = signal.severity;
    world.save(incident);
}

std::string title_of(domain::Signal const& signal, domain::Incident const& incident) {
    auto title = signal.name;
    if (incident.subject && !incident.subject->name.empty()) title += " " + incident.subject->name;
    if (incident.host) title += " on " + incident.host->text();
    return title;
}

Accepted::One open(World& world, domain::Signal const& signal, base::Result<Place> const& place) {
    domain::Incident fresh;
    fresh.id = world.ids.next(world.now.wall);
    fresh.severity = signal.severity;
    fresh.root = signal.fingerprint;
    fresh.changed_at = world.now.wall;
    // A host that was cut off tells of what began long before.
    fresh.opened_at = noticed_by_host(signal) ? world.moment(signal.starts_at) : world.now.wall;
    if (place) {
        fresh.host = place->host;
        fresh.subject = place->subject;
    }
    fresh.title = title_of(signal, fresh);
    auto& incident = world.add(std::move(fresh));
    join(world, signal, incident);
    say(world, signal, incident.id, "new_incident");
    arm(world, incident, world.settings.gather);
    remember_key(world, incident);
    world.record("incident", incident, "opened: " + incident.title,
                 {{"severity", incident.severity}, {"by", place ? place->by : ""}});
    if (auto const why = suppressed(signal)) {
        raise(world, incident, Trigger::suppressed, *why);
    } else if (!place) {
        raise(world, incident, Trigger::refused, place.error().message);
    } else {
        ask_if_known(world, incident);
        if (world.settings.gather <= base::Duration::zero()) on_deadline(world, incident);
    }
    bool const started = incident.state != domain::IncidentState::escalated &&
                         incident.state != domain::IncidentState::suppressed;
    return {signal.fingerprint,
            started ? "new_incident" : std::string{to_string(incident.state)}, incident.id,
            incident.reason};
}

// It belongs to no open incident by its fingerprint. An echo is about what was just fixed.
Accepted::One begin(World& world, domain::Signal const& signal, bool may_be_echo) {
    auto const* row = world.signal(signal.fingerprint);
    auto const place = locate(world, signal);
    auto const key =
        place && place->subject ? cause_key(*place->subject, signal.name) : std::string{};
    if (auto* open_one = open_incident_for(world, key)) {
        join(world, signal, *open_one);
        say(world, signal, open_one->id, "merged");
        return {signal.fingerprint, "merged", open_one->id, "the same cause as an open incident"};
    }
    if (auto const* echo = may_be_echo ? echo_of(world, key, signal) : nullptr) {
        auto const id = echo->id;
        keep(world, signal, id);
        say(world, signal, id, "repeated");
        second_look_later(world, signal.fingerprint);
        return {signal.fingerprint, "repeated", id, "it began before this was fixed"};
    }
    if (row != nullptr && row->signal.firing)
        if (auto const* before = world.incident(row->incident)) note_relapse(world, *before);
    return open(world, signal, place);
}

Accepted::One fire(World& world, domain::Signal const& signal) {
    auto const* row = world.signal(signal.fingerprint);
    auto* incident = row == nullptr ? nullptr : world.incident(row->incident);
    if (incident != nullptr && !domain::is_final(incident->state)) {
        bool const again = row->signal.firing;
        join(world, signal, *incident);
        if (!again) say(world, signal, incident->id, "merged");
        return {signal.fingerprint, again ? "repeated" : "merged", incident->id,
                "it belongs to an open incident"};
    }
    return begin(world, signal, row == nullptr || row->signal.firing);
}

Accepted::One resolve(World& world, domain::Signal const& signal) {
    auto const* row = world.signal(signal.fingerprint);
    auto const id = row == nullptr ? std::string{} : row->incident;
    bool const was_firing = row != nullptr && row->signal.firing;
    keep(world, signal, id);
    auto* incident = world.incident(id);
    if (incident == nullptr || !was_firing)
        return {signal.fingerprint, "resolved", id, "nothing was open"};
    std::erase(incident->firing, signal.fingerprint);
    world.save(*incident);
    say(world, signal, id, "resolved");
    if (domain::is_final(incident->state))
        return {signal.fingerprint, "resolved", id, "its incident is closed already"};
    if (incident->state == domain::IncidentState::confirming)
        confirm(world, *incident);
    else if (incident->firing.empty())
        on_gone(world, *incident);
    bool const cancelled = incident->state == domain::IncidentState::cancelled;
    return {signal.fingerprint, cancelled ? "cancelled" : "resolved", id, incident->reason};
}

}  // namespace

std::string fingerprint_of(domain::Signal const& signal) {
    std::string text;
    auto const add = [&text](std::string const& part) {
        text += std::to_string(part.size()) + ":" + part;
    };
    add(signal.name);
    for (auto const& [name, value] : signal.labels) {
        add(name);
        add(value);
    }
    return trust::sha256_hex(text).substr(0, 16);
}

Accepted::One accept_signal(World& world, domain::Signal signal) {
    world.need_durable();
    if (signal.fingerprint.empty()) signal.fingerprint = fingerprint_of(signal);
    return signal.firing ? fire(world, signal) : resolve(world, signal);
}

void second_look_later(World& world, std::string const& fingerprint) {
    auto const* row = world.signal(fingerprint);
    if (row == nullptr || !row->signal.firing || !noticed_by_host(row->signal)) return;
    world.timers.set({TimerKind::signal, fingerprint}, world.now.boot + kSecondLook);
}

void second_look(World& world, std::string const& fingerprint) {
    auto const* row = world.signal(fingerprint);
    if (row == nullptr || !row->signal.firing) return;
    auto const* incident = world.incident(row->incident);
    if (incident != nullptr && !domain::is_final(incident->state)) return;
    begin(world, domain::Signal{row->signal}, false);
}

void on_signals(World& world, SignalsArrived const& event) {
    Accepted accepted{event.ticket, {}};
    for (auto const& signal : event.signals)
        accepted.alerts.push_back(accept_signal(world, signal));
    world.emit(std::move(accepted));
}

}  // namespace coordinator
