// All parts of a running coordinator, made in the order of the members and ended in the reverse.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "coordinator/adapters/http/http_service.hpp"
#include "coordinator/adapters/paho_fleet.hpp"
#include "coordinator/adapters/prometheus_metrics.hpp"
#include "coordinator/adapters/prometheus_source.hpp"
#include "coordinator/adapters/sqlite_history.hpp"
#include "coordinator/adapters/sqlite_journal.hpp"
#include "coordinator/app/api_impl.hpp"
#include "coordinator/app/enroller.hpp"
#include "coordinator/app/known_hosts_history.hpp"
#include "coordinator/app/loop.hpp"
#include "coordinator/app/setup.hpp"

namespace coordinator {

class Running {
  public:
    // `tables` as loaded from the journal, their hosts merged with the registry.
    // `feed` may be null: nobody listens.
    Running(Setup setup, std::unique_ptr<SqliteJournal> journal, Tables tables,
            std::unique_ptr<Feed> feed);
    ~Running();

    // Loop, broker, HTTP, in this order. A broker that is away is no error; a taken port is.
    base::Status start();
    // The reverse; what is in the mailbox is worked off first. Stopping twice is harmless.
    void stop();
    // Why the loop ended by itself, in which case the process was sent SIGTERM. After stop() only.
    base::Status const& ended() const { return ended_; }

  private:
    class Counting;
    FleetSinks sinks();
    void make_enroller();
    CoreSettings core_with_secrets() const;
    void post(Event event);
    void run_loop(std::stop_token stop);
    void keep_journal_short(base::WallTime now);
    void tell_head(base::Time now);
    void sign_head(base::Time now);

    Setup setup_;
    std::unique_ptr<SqliteJournal> journal_;
    std::int64_t const epoch_;
    Board board_;
    Mailbox mailbox_;
    Waiters waiters_;
    TelemetryRing telemetry_;
    PrometheusMetrics metrics_;
    SqliteHistory stored_;
    RegistryBook registry_;
    KnownHostsHistory history_;
    std::unique_ptr<Notifier> notifier_;
    std::unique_ptr<PrometheusSource> prometheus_;  // null: none is configured
    std::unique_ptr<Feed> feed_;
    PahoFleet fleet_;
    Coordinator core_;
    std::unique_ptr<LoopObserver> counting_;
    Loop loop_;
    ApiImpl api_;
    std::unique_ptr<Enroller> enroller_;  // null: no authority is configured
    std::unique_ptr<HttpService> http_;
    base::Status ended_;
    std::int64_t signed_seq_ = -1;      // of the newest head that was signed and kept; loop thread
    base::BootTime signed_at_{};
    std::atomic<std::int64_t> turned_away_{0};
    std::jthread thread_;
};

}  // namespace coordinator
