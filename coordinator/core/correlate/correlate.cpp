#include "coordinator/core/correlate/correlate.hpp"

namespace coordinator {
namespace {

std::string key_of(World& world, domain::Incident const& incident) {
    auto const* root = world.signal(incident.root);
    if (!incident.subject || root == nullptr) return {};
    return cause_key(*incident.subject, root->signal.name);
}

}  // namespace

std::string lock_of(domain::Subject const& subject) {
    constexpr std::string_view kSuffix = ".service";
    auto text = domain::to_text(subject);
    if (subject.kind == domain::SubjectKind::service && text.ends_with(kSuffix))
        text.resize(text.size() - kSuffix.size());
    return text;
}

std::string cause_key(domain::Subject const& subject, std::string const& signal_name) {
    auto const lock = lock_of(subject);
    return subject.kind == domain::SubjectKind::host ? lock + "!" + signal_name : lock;
}

domain::Incident* open_incident_for(World& world, std::string const& key) {
    auto const found = world.open_by_key.find(key);
    return found == world.open_by_key.end() ? nullptr : world.incident(found->second);
}

domain::Incident* echo_of(World& world, std::string const& key, domain::Signal const& signal) {
    auto const found = world.closed_by_key.find(key);
    if (key.empty() || found == world.closed_by_key.end()) return nullptr;
    auto* incident = world.incident(found->second);
    if (incident == nullptr || !incident->fixed_at || !incident->closed_at) return nullptr;
    bool const fresh = world.now.wall < *incident->closed_at + world.settings.confirm_within;
    bool const older = signal.starts_at <= *incident->fixed_at &&
                       signal.starts_at > *incident->fixed_at - world.settings.attempts_window;
    return fresh && older ? incident : nullptr;
}

void remember_key(World& world, domain::Incident const& incident) {
    auto const key = key_of(world, incident);
    if (key.empty()) return;
    auto& index = domain::is_final(incident.state) ? world.closed_by_key : world.open_by_key;
    index.insert_or_assign(key, incident.id);
}

void forget_key(World& world, domain::Incident const& incident) {
    auto const key = key_of(world, incident);
    for (auto* index : {&world.open_by_key, &world.closed_by_key}) {
        auto const found = index->find(key);
        if (found != index->end() && found->second == incident.id) index->erase(found);
    }
}

}  // namespace coordinator
