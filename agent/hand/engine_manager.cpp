// podman and docker, by the argv of their clients, which answer alike.
#include "agent/hand/managers.hpp"

namespace hand {

namespace {

// "running/healthy /web", "exited/ web". A container without a health check prints nothing after
// the slash; podman has the field always, docker only then. The name, because an id is one too.
constexpr char const* kFormat =
    "{{.State.Status}}/{{if .State.Health}}{{.State.Health.Status}}{{end}} {{.Name}}";

class Engine : public Manager {
  public:
    Engine(std::string name, std::vector<std::string> client)
        : name_(std::move(name)), client_(std::move(client)) {}

    std::string_view name() const override { return name_; }
    domain::SubjectKind kind() const override { return domain::SubjectKind::container; }

    base::Result<std::vector<Call>> calls(Action action, std::string const& name) const override {
        auto argv = client_;
        argv[0] = find_program(argv[0]);
        if (argv[0].empty()) return base::fail(base::Code::unavailable, "no " + name_ + " here");
        auto const add = [&](std::initializer_list<char const*> words) {
            argv.insert(argv.end(), words.begin(), words.end());
            argv.push_back(name);
            return std::vector<Call>{{std::move(argv)}};
        };
        switch (action) {
            case Action::state: return add({"container", "inspect", "--format", kFormat, "--"});
            case Action::start: return add({"container", "start", "--"});
            case Action::stop: return add({"container", "stop", "--"});
            case Action::restart: return add({"container", "restart", "--"});
            case Action::reset: break;
        }
        return base::fail(base::Code::invalid, name_ + " has nothing to reset");
    }

    base::Result<State> state(Exit const& exit) const override {
        if (exit.code != 0) {
            for (auto const* said : {"No such container", "no such container"})
                if (exit.output.find(said) != std::string::npos) return State{"missing", ""};
            return base::fail(base::Code::unavailable, name_ + " did not answer");
        }
        // The last line: warnings of the client may come before it.
        std::string_view line{exit.output};
        while (line.ends_with('\n')) line.remove_suffix(1);
        line.remove_prefix(line.rfind('\n') == line.npos ? 0 : line.rfind('\n') + 1);
        State state;
        if (auto const space = line.find(' '); space != line.npos) {
            auto name = line.substr(space + 1);
            if (name.starts_with('/')) name.remove_prefix(1);
            state.names.emplace_back(name);
            line = line.substr(0, space);
        }
        auto const slash = line.find('/');
        if (slash == line.npos || slash == 0)
            return base::fail(base::Code::unavailable, name_ + " gave no state");
        state.name = line.substr(0, slash);
        state.health = line.substr(slash + 1);
        return state;
    }

  private:
    std::string name_;
    std::vector<std::string> client_;
};

}  // namespace

std::unique_ptr<Manager> make_podman(std::string socket) {
    std::vector<std::string> client{"podman"};
    if (!socket.empty()) client.insert(client.end(), {"--url", "unix://" + socket});
    return std::make_unique<Engine>("podman", std::move(client));
}

std::unique_ptr<Manager> make_docker(std::string socket) {
    return std::make_unique<Engine>(
        "docker", std::vector<std::string>{"docker", "--host", "unix://" + std::move(socket)});
}

}  // namespace hand
