// Readings of /proc and /sys: groups cpu, mem, disk, net, temp, sys. No process is started, no
// network file system is touched (statvfs on a dead NFS server never returns).
#pragma once

#include <memory>
#include <string>

#include "agent/ports/probe.hpp"

namespace agent {

struct ProcfsSettings {
    std::string proc = "/proc";
    std::string sys = "/sys";
};

class ProcfsMeter final : public Meter {
  public:
    explicit ProcfsMeter(ProcfsSettings settings = {});
    ~ProcfsMeter() override;
    std::vector<domain::ReadingGroup> read(base::BootTime now) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace agent
