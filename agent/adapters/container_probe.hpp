// Containers of docker or podman, asked over the engine's own socket (GET /containers/json): a
// container is ill if it is missing, not running or its own health check says so. An engine that
// does not answer says nothing about its containers: no answer, one log line.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/ports/probe.hpp"

namespace agent {

struct ContainerProbeSettings {
    domain::HostId host;
    std::string socket;  // "/run/docker.sock"
    std::vector<std::string> containers;
    base::Duration timeout{5'000};
};

class ContainerProbe final : public Probe {
  public:
    explicit ContainerProbe(ContainerProbeSettings settings);
    ~ContainerProbe() override;
    ContainerProbe(ContainerProbe const&) = delete;
    ContainerProbe& operator=(ContainerProbe const&) = delete;

    void ask(base::BootTime now) override;
    int fd() const override { return fd_; }
    void service(base::BootTime now) override;

  private:
    void finish();
    void give_up(std::string_view reason);

    ContainerProbeSettings settings_;
    int fd_ = -1;
    std::string answer_;
    base::BootTime asked_{};
    bool complained_ = false;
};

// Name -> what is wrong with it (empty: nothing), for every container the engine listed.
base::Result<std::map<std::string, std::string>> read_containers(std::string_view http_answer);

}  // namespace agent
