// Services without a service manager: the policy's [scripts.NAME] says what starts, stops and asks
// them. The status program's exit code is the answer, as init scripts have it: 0 active, 3
// inactive.
#include "agent/hand/managers.hpp"

namespace hand {

namespace {

class ScriptManager : public Manager {
  public:
    explicit ScriptManager(policy::Policy const& policy) : scripts_(policy.scripts) {}

    std::string_view name() const override { return "script"; }
    domain::SubjectKind kind() const override { return domain::SubjectKind::service; }

    base::Result<std::vector<Call>> calls(Action action, std::string const& name) const override {
        auto const found = scripts_.find(without_suffix(name));
        if (found == scripts_.end())
            return base::fail(base::Code::not_found, "the policy has no script for " + name);
        auto const& script = found->second;
        std::vector<Call> calls;
        switch (action) {
            case Action::state: calls = {{script.status}}; break;
            case Action::start: calls = {{script.start}}; break;
            case Action::stop: calls = {{script.stop}}; break;
            case Action::restart: calls = {{script.stop, true}, {script.start}}; break;
            case Action::reset: break;
        }
        if (calls.empty() || calls[0].argv.empty())
            return base::fail(base::Code::invalid, "the script of " + name + " has no '" +
                                                       std::string{to_string(action)} + "'");
        return calls;
    }

    base::Result<State> state(Exit const& exit) const override {
        if (exit.timed_out) return base::fail(base::Code::timeout, "status did not answer in time");
        if (exit.code == 0) return State{"active", ""};
        return State{exit.code == 3 ? "inactive" : "failed", ""};
    }

  private:
    std::map<std::string, policy::Script, std::less<>> scripts_;
};

}  // namespace

std::unique_ptr<Manager> make_script(policy::Policy const& policy) {
    return std::make_unique<ScriptManager>(policy);
}

}  // namespace hand
