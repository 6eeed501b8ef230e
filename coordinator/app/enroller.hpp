// Lets hosts in and throws them out: invitations, the certificate authority, the registry and the
// broker's files, in the order that leaves nothing half done. Thread-safe: operators come from HTTP
// threads, hosts from the broker's.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "common/wire/enroll.hpp"
#include "coordinator/adapters/broker_files.hpp"
#include "coordinator/app/authority.hpp"
#include "coordinator/app/registry.hpp"
#include "coordinator/core/enrol/invites.hpp"
#include "coordinator/core/event.hpp"
#include "coordinator/ports/enrolment.hpp"

namespace coordinator {

struct EnrollerSettings {
    std::string site;
    std::string broker_host;  // what hosts connect to once they belong
    int broker_port = 8883;
    std::string listener;  // address:port for invitations
    std::string broker_files;
    std::string command_key_pem;
    std::string approver_keys_pem;  // empty: none
    std::vector<wire::ShippedRemedy> remedies;
};

// Called with the enroller's lock held: they must not call back.
struct EnrollerSinks {
    std::function<void(Event)> post;
    std::function<void(domain::HostId const&, trust::PublicKey)> know;
    std::function<void(domain::HostId const&)> forget;
    std::function<void(std::string topic, std::string payload)> tell;  // over the broker
    std::function<base::Time()> now;
};

class Enroller final : public Enrolment {
  public:
    static constexpr std::chrono::days kRenewableAfterEnd{180};

    // `registry` is borrowed.
    Enroller(EnrollerSettings settings, Authority authority, RegistryBook& registry,
             EnrollerSinks sinks);

    // Writes the broker's files as they are to be now: no invitation outlives a restart.
    base::Status start();
    // From time to time: invitations that ran out lose their rights at the broker.
    void tidy();

    base::Result<InviteMade> invite(InviteOrder const& order) override;
    std::vector<InviteReport> invites() override;
    base::Status decide(std::string const& id, std::string const& words, bool accept) override;
    base::Status revoke(std::string const& host) override;

    // What a host said on a topic of an enrolment, and what to answer where.
    using Reply = std::optional<std::pair<std::string, std::string>>;
    Reply heard(std::string_view topic, std::string_view payload);

  private:
    base::Result<wire::JoinAnswer> claim(std::string const& id, wire::Sealed const& message);
    base::Status issue(Invite& invite);
    Reply request(std::string const& id, std::string_view payload);
    Reply renewal(std::string const& id, std::string_view payload);
    base::Result<std::string> renew(std::string const& id, std::string_view payload);
    base::Status write_broker_files(bool with_revocations);

    EnrollerSettings settings_;
    RegistryBook& registry_;
    EnrollerSinks sinks_;
    std::mutex mutex_;
    Authority authority_;  // guarded by mutex_, as all below
    Invites invites_;
    std::map<std::string, std::string> passwords_;  // invitation -> its password's hash
    std::map<std::string, base::BootTime> renewed_;
    std::string renewal_hash_;
};

}  // namespace coordinator
