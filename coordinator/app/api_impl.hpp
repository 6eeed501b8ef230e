// The Api port: what a request asks, as events into the mailbox and questions to the store.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/trust/keys.hpp"
#include "coordinator/app/board.hpp"
#include "coordinator/app/mailbox.hpp"
#include "coordinator/app/telemetry_ring.hpp"
#include "coordinator/app/waiters.hpp"
#include "coordinator/ports/api.hpp"

namespace coordinator {

// Whose signatures the API believes; the hosts check them all again.
struct ApiTrust {
    std::string site;
    std::optional<trust::PublicKey> coordinator;
    std::vector<trust::PublicKey> approvers;
};

// Borrowed; all must outlive the Api.
struct ApiParts {
    Mailbox& mailbox;
    Waiters& waiters;
    Board& board;
    TelemetryRing& telemetry;
    History& history;
    std::function<base::Time()> now;
    std::function<std::string(StatusReport const&)> metrics_text;
    ApiTrust trust;
};

class ApiImpl final : public Api {
  public:
    explicit ApiImpl(ApiParts parts) : parts_(std::move(parts)) {}

    void submit_signals(std::vector<domain::Signal> signals,
                        std::function<void(base::Result<Accepted>)> answer) override;
    void order_command(OrderRequest request,
                       std::function<void(base::Result<std::string>)> answer) override;
    void lease(LeaseRequest request,
               std::function<void(base::Result<std::string>)> answer) override;
    void freeze(FreezeRequest request,
                std::function<void(base::Result<std::string>)> answer) override;
    FreezeRow freeze_now() override { return parts_.board.freeze(); }
    std::string site() override { return parts_.trust.site; }
    void wait_finished(std::string const& id, base::Duration within,
                       std::function<void(base::Result<domain::CommandResult>)> answer) override;
    StatusReport status() override;
    History& history() override { return parts_.history; }
    std::optional<std::vector<TelemetrySeries>> telemetry(domain::HostId const& host,
                                                          bool with_points) override;
    std::string metrics_text() override;

  private:
    void post(Ticket ticket, Event event);
    base::Result<FreezeOrdered> read_freeze(FreezeRequest const& request) const;

    ApiParts parts_;
};

}  // namespace coordinator
