// The files of a broker that is ours: who may say what, the passwords of its second listener, and
// the certificates that hold no longer. Written anew as a whole, each by rename with the mode it
// had; then the broker is told to read them (SIGHUP).
#pragma once

#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/domain/host.hpp"

namespace coordinator {

struct InviteUser {
    std::string invite;
    std::string password_hash;  // trust::mosquitto_password_hash
};

struct BrokerRights {
    std::string site;
    std::vector<domain::HostId> hosts;
    std::vector<InviteUser> invites;
    std::string renewal_hash;     // of wire::kRenewalUser
    std::string revocation_list;  // PEM; empty: leave it as it is
};

class BrokerFiles {
  public:
    // `folder` as `tomte init` makes it; its data/mosquitto.pid says who is to be told. A broker of
    // another user is told by its service manager, which watches the file `reload`.
    explicit BrokerFiles(std::string folder) : folder_(std::move(folder)) {}

    // Users of the password file that are not of invitations (Home Assistant's) are kept.
    base::Status write(BrokerRights const& rights) const;

  private:
    base::Status replace(std::string const& name, std::string const& text) const;
    void tell() const;

    std::string folder_;
};

}  // namespace coordinator
