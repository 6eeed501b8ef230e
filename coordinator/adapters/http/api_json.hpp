// The API's view of the coordinator's rows, as JSON (docs/formats/http-api.md). Pure.
#pragma once

#include <string>
#include <vector>

#include "common/base/json.hpp"
#include "coordinator/ports/api.hpp"

namespace coordinator::http {

void write(base::json::Writer& out, domain::Incident const& incident);
void write(base::json::Writer& out, HostRow const& host);
void write(base::json::Writer& out, CommandRow const& row);
void write(base::json::Writer& out, domain::CommandResult const& result);

std::string incidents_json(std::vector<domain::Incident> const& incidents);
std::string incident_json(IncidentDetail const& detail);
std::string hosts_json(std::vector<HostRow> const& hosts);
std::string telemetry_json(std::string_view host, std::vector<TelemetrySeries> const& series,
                           bool with_points);
std::string health_json(StatusReport const& status);

}  // namespace coordinator::http
