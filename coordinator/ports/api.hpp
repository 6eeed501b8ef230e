// What the outside may ask of a running coordinator: the HTTP routes call this and nothing else of
// the program. Thread-safe; never blocks on the network or the broker. Answers come by callback,
// called exactly once, on the loop thread (or before the call returns): a callback must only hand
// the answer over to the caller's own thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/domain/remedy.hpp"
#include "coordinator/core/effect.hpp"
#include "coordinator/ports/journal.hpp"

namespace coordinator {

struct StatusReport {
    std::string state;                 // "healthy" | "degraded" | "unhealthy"
    std::vector<std::string> reasons;  // "no_store: disk full", "broker: not connected", …
    std::string version;
    base::WallTime time{};
    base::WallTime started_at{};
    std::int64_t epoch = 0;
    bool database_connected = false;
    bool broker_connected = false;
    bool maintenance_mode = false;
    std::int64_t queue_depth = 0;  // events waiting for the loop
    std::int64_t queue_limit = 0;
    std::int64_t hosts_known = 0;
    std::int64_t hosts_online = 0;
    std::int64_t incidents_open = 0;
    std::int64_t journal_seq = 0;  // last committed
};

// One metric of one host: the last value and what the ring still holds, oldest first.
struct TelemetryPoint {
    base::WallTime time{};
    double value = 0;
    bool operator==(TelemetryPoint const&) const = default;
};
struct TelemetrySeries {
    std::string group;   // "cpu", "mem", …
    std::string metric;  // "used_percent", …
    TelemetryPoint last;
    std::vector<TelemetryPoint> points;  // one a minute, at most 24 h
};

// An operator's command, as parsed from a request. Exactly one of the orders.
struct OrderRequest {
    std::string host;
    std::variant<domain::RemedyOrder, domain::LineOrder> order;  // a remedy's hash may be empty
    std::string actor;  // "operator:api"
    std::string reason;
    base::Duration timeout{60'000};
};

// A freeze by word, or a freeze or thaw that an approver signed (then nothing else counts).
struct FreezeRequest {
    std::string jws;
    std::string reason;
    std::string actor;  // "operator:api"
};

// A host's right to heal itself while the coordinator is away; without remedies it is taken back.
struct LeaseRequest {
    std::string host;
    std::vector<std::string> remedies;
    int per_hour = 6;
    base::Duration lasts{};
    std::string actor;  // "operator:api"
};

// A command that waits for an approver, with all that one must know to sign it.
struct ApprovalWanted {
    CommandRow row;
    std::string plan_hash;
    std::optional<domain::Remedy> remedy;  // as the coordinator holds it; none for a line
};

class Api {
  public:
    virtual ~Api() = default;

    // Called after the commit, so 2xx may be said. Errors: busy (mailbox full: 503, try again),
    // unavailable (no store, or stopping: 503).
    virtual void submit_signals(std::vector<domain::Signal> signals,
                                std::function<void(base::Result<Accepted>)> answer) = 0;

    // The command's id after the commit. Errors: invalid, not_found (unknown host or remedy),
    // denied, busy, unavailable.
    virtual void order_command(OrderRequest request,
                               std::function<void(base::Result<std::string>)> answer) = 0;

    // Its revision after the commit. Errors: invalid (also a revision that is not newer), denied (a
    // signature of nobody who may), busy, unavailable.
    virtual void freeze(FreezeRequest request,
                        std::function<void(base::Result<std::string>)> answer) = 0;
    // Oldest first.
    virtual std::vector<ApprovalWanted> approvals() = 0;
    // `jws`: an approval or denial of command `id`. Gives back the id after the commit. Errors:
    // invalid, not_found, denied (a signature of nobody who may), busy, unavailable.
    virtual void approve(std::string const& id, std::string jws,
                         std::function<void(base::Result<std::string>)> answer) = 0;
    virtual FreezeRow freeze_now() = 0;
    virtual std::string site() = 0;

    // Its revision after the commit. Errors: invalid, not_found (host or remedy), busy,
    // unavailable.
    virtual void lease(LeaseRequest request,
                       std::function<void(base::Result<std::string>)> answer) = 0;

    // The final result of a command, whether it ended before this call or after it. Error timeout
    // after `within` (the command goes on); busy when too many wait already.
    virtual void wait_finished(
        std::string const& id, base::Duration within,
        std::function<void(base::Result<domain::CommandResult>)> answer) = 0;

    virtual StatusReport status() = 0;
    // Reads committed rows on its own connection; any thread.
    virtual History& history() = 0;
    // None: no telemetry of this host was heard since the start. `with_points` false: only `last`.
    virtual std::optional<std::vector<TelemetrySeries>> telemetry(domain::HostId const& host,
                                                                  bool with_points) = 0;
    // The text exposition format (docs/formats/metrics.md).
    virtual std::string metrics_text() = 0;
};

}  // namespace coordinator
