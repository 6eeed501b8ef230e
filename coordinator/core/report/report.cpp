#include "coordinator/core/report/report.hpp"

namespace coordinator {
namespace {

std::string severity_of(domain::Incident const& incident) {
    return incident.severity == "critical" ? "critical" : "warning";
}

std::string counted(int attempts) {
    return std::to_string(attempts) + (attempts == 1 ? " attempt" : " attempts");
}

}  // namespace

void report_escalated(World& world, domain::Incident const& incident) {
    world.emit(Tell{"escalated", severity_of(incident), incident.id, incident.title,
                    "A person is needed after " + counted(incident.attempts) + ": " +
                        incident.reason + "."});
}

void report_closed(World& world, domain::Incident const& incident) {
    if (incident.state != domain::IncidentState::resolved || incident.attempts == 0) return;
    auto const remedy = incident.plan ? incident.plan->remedy.remedy : std::string{"nothing"};
    world.emit(Tell{"fixed", "info", incident.id, incident.title,
                    "Resolved after " + counted(incident.attempts) + " with " + remedy + ": " +
                        incident.reason + "."});
}

void report_attempt_failed(World& world, domain::Incident const& incident) {
    auto const* attempt = world.newest_attempt(incident.id);
    world.emit(Tell{"attempt_failed", "info", incident.id, incident.title,
                    "Attempt " + std::to_string(incident.attempts) + " did not help: " +
                        (attempt == nullptr ? incident.reason : attempt->detail) + "."});
}

}  // namespace coordinator
