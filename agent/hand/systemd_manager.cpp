// systemd, by systemctl's argv.
#include <array>

#include "agent/hand/managers.hpp"

namespace hand {

namespace {

std::string_view value_of(std::string_view text, std::string_view key) {
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        if (line.starts_with(key) && line.substr(key.size()).starts_with('='))
            return line.substr(key.size() + 1);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return {};
}

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> all;
    while (!text.empty()) {
        auto const end = std::min(text.find(' '), text.size());
        if (end > 0) all.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return all;
}

class Systemd : public Manager {
  public:
    std::string_view name() const override { return "systemd"; }
    domain::SubjectKind kind() const override { return domain::SubjectKind::service; }

    base::Result<std::vector<Call>> calls(Action action, std::string const& unit) const override {
        auto const systemctl = find_program("systemctl");
        if (systemctl.empty()) return base::fail(base::Code::unavailable, "no systemctl here");
        switch (action) {
            case Action::state:
                return one({systemctl, "show", "--property=LoadState,ActiveState,Id,Names", "--",
                            unit});
            case Action::start: return one({systemctl, "--no-ask-password", "start", "--", unit});
            case Action::stop: return one({systemctl, "--no-ask-password", "stop", "--", unit});
            case Action::restart:
                return one({systemctl, "--no-ask-password", "restart", "--", unit});
            case Action::reset:
                return one({systemctl, "--no-ask-password", "reset-failed", "--", unit});
        }
        return base::fail(base::Code::internal, "an action without a program");
    }

    base::Result<State> state(Exit const& exit) const override {
        auto const load = value_of(exit.output, "LoadState");
        auto const active = value_of(exit.output, "ActiveState");
        if (exit.code != 0 || load.empty() || active.empty())
            return base::fail(base::Code::unavailable, "systemd did not answer");
        // A unit whose file was removed while it ran is still there.
        if (load == "not-found" && active == "inactive") return State{"missing", ""};
        State state{std::string{active == "reloading" ? "active" : active}, ""};
        state.names = words(value_of(exit.output, "Names"));
        state.names.emplace_back(value_of(exit.output, "Id"));
        return state;
    }

  private:
    static std::vector<Call> one(std::vector<std::string> argv) { return {{std::move(argv)}}; }
};

}  // namespace

std::unique_ptr<Manager> make_systemd() { return std::make_unique<Systemd>(); }

}  // namespace hand
