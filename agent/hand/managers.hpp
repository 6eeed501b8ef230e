// What starts, stops and tells the state of services and containers on this host, behind one port:
// each manager says which programs to start and what their answers mean, and starts nothing itself.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/hand/programs.hpp"
#include "common/base/result.hpp"
#include "common/policy/policy.hpp"

namespace hand {

enum class Action { state, start, stop, restart, reset };
std::string_view to_string(Action action);

// One program to start for an action. Where `may_fail` is set its exit code decides nothing (the
// stop of a restart: what is dead cannot be stopped).
struct Call {
    std::vector<std::string> argv;
    bool may_fail = false;
    bool operator==(Call const&) const = default;
};

// A state in the words of the verbs table: active, inactive, failed (services); running, healthy,
// unhealthy, exited, … (containers). "missing": the manager does not know the name.
struct State {
    std::string name;
    bool missing() const { return name == "missing"; }
    // Is it what a step asks for? A container that is healthy is running; one without a health
    // check is as healthy as it can be when it runs.
    bool is(std::string_view wanted) const;
    std::string health;  // of a container; empty: it has no health check
    std::vector<std::string> names = {};  // every name it goes by, as far as the manager says
    bool operator==(State const&) const = default;
};

class Manager {
  public:
    virtual ~Manager() = default;
    virtual std::string_view name() const = 0;  // systemd, podman, docker, script
    virtual domain::SubjectKind kind() const = 0;
    // Errors: invalid when this manager has no such action. The name was checked by
    // remedy::check_value and begins with no '-'.
    virtual base::Result<std::vector<Call>> calls(Action action, std::string const& name) const = 0;
    // From the exit of calls(state). Errors: unavailable when the manager itself did not answer.
    virtual base::Result<State> state(Exit const& exit) const = 0;
};

std::unique_ptr<Manager> make_systemd();
std::unique_ptr<Manager> make_podman(std::string socket);  // empty: the local storage, as root
std::unique_ptr<Manager> make_docker(std::string socket);
std::unique_ptr<Manager> make_script(policy::Policy const& policy);

class Managers {
  public:
    Managers(std::vector<std::unique_ptr<Manager>> list, policy::Policy const& policy);
    // Those that are here: systemd if it is the running init, engines whose client is installed
    // (and whose socket exists), scripts if the policy has any; narrowed by the policy's
    // `managers`.
    static Managers find(policy::Policy const& policy);

    std::vector<std::string> names() const;
    // Who may know this service: a script of this name wins over systemd. None: nobody.
    Manager const* service(std::string_view unit) const;
    std::vector<Manager const*> engines() const;

  private:
    std::vector<std::unique_ptr<Manager>> list_;
    std::vector<std::string> scripted_;
};

// "patient.service" -> "patient"; other names as they are.
std::string_view without_suffix(std::string_view unit);

}  // namespace hand
