// Units of systemd, asked over the system bus: one ListUnitsByNames for all of them, answered
// asynchronously. A bus that cannot be reached says nothing about the units: no answer, one log
// line.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/ports/probe.hpp"

namespace agent {

struct SystemdProbeSettings {
    domain::HostId host;
    std::vector<std::string> units;  // "nginx.service"; without a dot ".service" is added
    std::string bus_path;            // empty: the system bus; else a socket, for tests
};

class SystemdProbe final : public Probe {
  public:
    explicit SystemdProbe(SystemdProbeSettings settings);
    ~SystemdProbe() override;
    void ask(base::BootTime now) override;
    int fd() const override;
    void service(base::BootTime now) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace agent
