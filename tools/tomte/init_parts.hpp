// The parts of a fleet's folder, each made in a place that must exist but be free of them.
#pragma once

#include <filesystem>
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
    std::string issued;       // ledger lines of what this call issued
};

base::Result<Authority> make_authority(std::string const& site);

// What a host believes.
struct PinnedKeys {
    std::string command_pem;
    std::string approver_pem;
};

// hosts/NAME; gives back its entry for hosts.toml.
base::Result<HostEntry> make_host(FleetFacts const& facts, Authority& ca, PinnedKeys const& pinned,
                                  domain::HostId const& host,
                                  std::vector<std::string> aliases);

// `homeassistant` is the password of its user at the broker's second listener.
base::Status make_broker(FleetFacts const& facts, Authority& ca,
                         std::vector<domain::HostId> const& hosts,
                         std::string const& homeassistant);

// The approver's private key belongs to the person who approves, not to any service: a folder of
// its own, to be taken away.
base::Status make_operator(std::filesystem::path const& folder,
                           trust::PrivateKey const& approver_key);

base::Status make_coordinator(InitOptions const& options, Authority& ca,
                              trust::PrivateKey const& command_key,
                              std::string const& approver_pem, std::string const& homeassistant);

}  // namespace tomte
