#include "agent/hand/managers.hpp"

#include <unistd.h>

#include <algorithm>

namespace hand {

namespace {

bool exists(std::string const& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace

std::string_view to_string(Action action) {
    switch (action) {
        case Action::state: return "state";
        case Action::start: return "start";
        case Action::stop: return "stop";
        case Action::restart: return "restart";
        case Action::reset: return "reset";
    }
    return "unknown";
}

std::string_view without_suffix(std::string_view unit) {
    if (unit.ends_with(".service")) unit.remove_suffix(std::string_view{".service"}.size());
    return unit;
}

bool State::is(std::string_view wanted) const {
    if (wanted == "healthy") return name == "running" && (health.empty() || health == "healthy");
    if (wanted == "exited") return name == "exited" || name == "stopped" || name == "created";
    return name == wanted || (!health.empty() && name == "running" && health == wanted);
}

Managers::Managers(std::vector<std::unique_ptr<Manager>> list, policy::Policy const& policy)
    : list_(std::move(list)) {
    for (auto const& [name, script] : policy.scripts) scripted_.push_back(name);
}

Managers Managers::find(policy::Policy const& policy) {
    auto const wanted = [&](std::string_view name) {
        auto const& named = policy.managers;
        return named.empty() || std::find(named.begin(), named.end(), name) != named.end();
    };
    std::vector<std::unique_ptr<Manager>> list;
    if (wanted("script") && !policy.scripts.empty()) list.push_back(make_script(policy));
    if (wanted("systemd") && exists("/run/systemd/system")) list.push_back(make_systemd());
    if (wanted("podman") && !find_program("podman").empty()) {
        bool const served = exists(policy.podman_socket);
        list.push_back(make_podman(served ? policy.podman_socket : ""));
    }
    if (wanted("docker") && !find_program("docker").empty() && exists(policy.docker_socket))
        list.push_back(make_docker(policy.docker_socket));
    return {std::move(list), policy};
}

std::vector<std::string> Managers::names() const {
    std::vector<std::string> names;
    for (auto const& manager : list_) names.emplace_back(manager->name());
    return names;
}

Manager const* Managers::service(std::string_view unit) const {
    bool const scripted = std::find(scripted_.begin(), scripted_.end(), without_suffix(unit)) !=
                          scripted_.end();
    for (auto const& manager : list_)
        if (manager->kind() == domain::SubjectKind::service &&
            (manager->name() == "script") == scripted)
            return manager.get();
    return nullptr;
}

std::vector<Manager const*> Managers::engines() const {
    std::vector<Manager const*> engines;
    for (auto const& manager : list_)
        if (manager->kind() == domain::SubjectKind::container) engines.push_back(manager.get());
    return engines;
}

}  // namespace hand
