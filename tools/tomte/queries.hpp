// The commands that look and change nothing. Each gives back the exit status.
#pragma once

#include <string>

#include "tools/tomte/client.hpp"
#include "tools/tomte/screen.hpp"

namespace tomte {

// 1 when the coordinator says it is unhealthy.
int show_status(Client& client, Screen& screen);
int show_hosts(Client& client, Screen& screen);
// `state`: a state, "open", or empty for all.
int show_incidents(Client& client, Screen& screen, std::string const& state, int limit);
// `id` may be "last": the newest.
int show_incident(Client& client, Screen& screen, std::string const& id);
int show_telemetry(Client& client, Screen& screen, std::string const& host, bool with_points);

}  // namespace tomte
