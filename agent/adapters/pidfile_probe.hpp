// A service is healthy while the process its pid file names lives (and is no zombie).
#pragma once

#include <string>

#include "agent/ports/probe.hpp"

namespace agent {

struct PidfileProbeSettings {
    domain::Subject subject;  // a service
    std::string path;
    std::string proc = "/proc";
};

class PidfileProbe final : public Probe {
  public:
    explicit PidfileProbe(PidfileProbeSettings settings) : settings_(std::move(settings)) {}
    void ask(base::BootTime now) override;

  private:
    PidfileProbeSettings settings_;
};

// "service/patient=/run/patient.pid", as the settings file writes it. Error invalid.
base::Result<PidfileProbeSettings> parse_pidfile_probe(domain::HostId const& host,
                                                       std::string_view text);

}  // namespace agent
