// The Api port: what a request asks, as events into the mailbox and questions to the store.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/remedy/catalog.hpp"
#include "common/trust/keys.hpp"
#include "coordinator/app/board.hpp"
#include "coordinator/app/mailbox.hpp"
#include "coordinator/app/telemetry_ring.hpp"
#include "coordinator/app/waiters.hpp"
#include "coordinator/ports/api.hpp"

namespace coordinator {

// Whose signatures the API believes, the hosts check them all again; and the remedies that an
// approver is shown.
struct ApiTrust {
    std::string site;
    std::optional<trust::PublicKey> coordinator;
    std::vector<trust::PublicKey> approvers;
    std::vector<trust::PublicKey> web_approvers;
    remedy::Catalog const* catalog = nullptr;
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
    std::vector<ApprovalWanted> approvals() override;
    void approve(std::string const& id, std::string jws,
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
    base::Result<ApprovalArrived> read_approval(std::string const& id,
                                                std::string const& jws) const;
    base::Result<FreezeOrdered> read_freeze(FreezeRequest const& request) const;

    ApiParts parts_;
};

}  // namespace coordinator
