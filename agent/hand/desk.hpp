// One lane, without its sockets: takes requests, gives replies, keeps one worker busy. The loop
// calls handle() and tick(); replies come out through `reply`, from the loop's thread and from the
// worker's, so it must be thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "agent/hand/admission.hpp"
#include "agent/hand/executor.hpp"
#include "agent/hand/id_log.hpp"
#include "agent/hand/lease.hpp"
#include "agent/hand/managers.hpp"
#include "agent/hand/redactor.hpp"
#include "agent/hand/session.hpp"
#include "agent/hand/verb_runner.hpp"
#include "common/wire/hand_protocol.hpp"

namespace hand {

struct DeskSettings {
    command::Lane lane = command::Lane::read;
    std::string host;
    std::string site = "home";
    policy::Policy policy;         // to begin with
    std::string policy_error;      // not empty: `policy` is observe_only()
    std::string log_error;         // not empty: the log could not be opened; nothing may change
    std::string state_folder;      // fixing lane: holds log and remedies; empty: keep nothing
    std::string freeze_file;       // while it exists the host is frozen; empty: none
};

// What the owner allows, and the managers found by it. Replaced whole.
struct House {
    policy::Policy policy;
    Managers managers;
};

class Desk {
  public:
    using Reply = std::function<void(wire::HandReply)>;

    // `programs` must outlive it.
    Desk(DeskSettings settings, trust::PublicKey coordinator,
         Approvers approvers, std::unique_ptr<IdLog> log, Managers managers,
         Programs& programs, Now now, Reply reply);
    // Cancels what runs and waits for it.
    ~Desk();
    Desk(Desk const&) = delete;
    Desk& operator=(Desk const&) = delete;

    void handle(wire::HandRequest const& request);
    // Looks for a freeze or thaw made on the host itself; call at least once a second while busy.
    void tick();
    bool busy() const;
    // The owner changed the policy file (SIGHUP). A wrong one is refused loudly and the policy of
    // before is kept; what runs goes on under the one it began with.
    void reload(base::Result<policy::Policy> policy);

  private:
    void on(wire::HandWelcome const& request);
    void on(wire::HandDocument const& request);
    void on(wire::HandOrder const& request);
    void on(wire::HandPress const& request);
    void on(wire::HandLease const& request);
    void on(wire::HandCancel const& request);
    void on(wire::HandFreeze const& request);
    void on(wire::HandQuery const& request);
    void on(wire::HandAsk const& request);

    Standing standing(std::map<std::string, std::string> const& pending) const;
    std::map<std::string, std::string> pending() const;
    bool frozen() const;
    std::shared_ptr<House const> house() const;
    wire::HandHello hello() const;
    void take(Admitted admitted);
    void refuse(Refusal const& refusal);
    void answer_known(std::string const& id);
    void load_documents();
    base::Status apply(std::string const& document, std::string const& jws, std::string& digest,
                       std::int64_t& rev);
    base::Status apply_lease(std::string const& jws, std::string& digest, std::int64_t& rev);
    base::Status apply_remedies(std::string const& jws, std::string& digest, std::int64_t& rev);
    base::Status apply_freeze(std::string const& jws, std::int64_t& rev);
    void work(std::stop_token stopping);

    // Constant after construction.
    DeskSettings settings_;
    trust::PublicKey coordinator_;
    Approvers approvers_;
    Programs& programs_;
    Now now_;
    Reply reply_;
    PatternRedactor redactor_;

    // The loop's thread only.
    Session session_;
    remedy::Catalog remedies_;
    std::int64_t remedies_rev_ = 0;
    std::string remedies_digest_;
    std::string policy_error_;  // not empty: the newest file was refused

    // Own synchronisation.
    std::unique_ptr<IdLog> log_;
    LeaseBook lease_;  // the loop's thread only
    Stop stop_;

    mutable std::mutex mutex_;
    // Below: guarded by mutex_.
    std::condition_variable_any changed_;
    std::deque<Work> queue_;  // the front one runs
    bool running_ = false;
    std::shared_ptr<House const> house_;  // never null; written by the loop's thread alone

    std::jthread worker_;  // last: ends before what it uses
};

}  // namespace hand
