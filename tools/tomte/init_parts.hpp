// The parts of a fleet's folder, each made in a place that must exist but be free of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/trust/keys.hpp"
#include "tools/tomte/init.hpp"

namespace tomte {

// The first failure of a list of steps; later steps are not tried.
class Steps {
  public:
    template <class F>
    Steps& then(F&& step) {
        if (status_) status_ = step();
        return *this;
    }
    base::Status result() const { return status_; }

  private:
    base::Status status_;
};

struct Authority {
    trust::PrivateKey key;
    std::string certificate;  // PEM
};

base::Result<Authority> make_authority(std::string const& site);

// What every host pins, as PEM.
struct PublicKeys {
    std::string command;
    std::string approver;
};

// hosts/NAME; gives back its entry for hosts.toml.
base::Result<HostEntry> make_host(FleetFacts const& facts, Authority const& ca,
                                  PublicKeys const& keys, domain::HostId const& host,
                                  std::vector<std::string> aliases);
base::Status make_broker(FleetFacts const& facts, Authority const& ca,
                         std::vector<domain::HostId> const& hosts);
// coordinator/ but for hosts.toml; the folder must exist.
base::Status make_coordinator(InitOptions const& options, Authority const& ca,
                              trust::PrivateKey const& command_key,
                              trust::PrivateKey const& approver_key);

}  // namespace tomte
