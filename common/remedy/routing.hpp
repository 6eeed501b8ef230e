// On which host must the fix for a signal run? Where a signal was measured and where its fix runs
// may differ. By explicit labels and rules against the registry of known hosts: never by substring,
// never a default host.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/domain/host.hpp"
#include "common/domain/remedy.hpp"
#include "common/domain/signal.hpp"
#include "common/remedy/catalog.hpp"

namespace remedy {

// "For this signal with these labels the fix runs on that host", from the user's routing.toml:
//   [[route]] signal = "BackupStale" labels = { system = "home assistant" } host = "skynet"
//             params = { remediation_job = "ha-backup" }
struct Route {
    std::string signal;  // empty: any
    domain::Labels labels;
    std::string host;       // empty: the signal's labels say it
    domain::Params params;  // added to the signal's labels before parameters are bound, winning
    // Instead of Routing's, for signals whose usual labels mislead: a backup's "instance" is where
    // its metric was scraped. Only without `host`.
    std::vector<std::string> host_from = {};
    std::vector<std::string> without = {};  // labels that must not be there
    std::string where = {};  // "routing.toml:3", for messages
};

// What labels may call a host: its id, and aliases of the registry (names, addresses).
using HostNames = std::map<std::string, domain::HostId, std::less<>>;

struct Where {
    domain::HostId host;
    std::string by;  // "label host", "route routing.toml:3"
    domain::Params params;
};

class Routing {
  public:
    Routing() = default;
    // The first route that fits; then the labels, in order (default: remediation_host, host,
    // hostname, nodename, instance, system). "instance" also without its ":port". The first label
    // that is there decides: if it names no known host, a later one is not asked, because the fix
    // would then run somewhere the signal did not mean.
    Routing(std::vector<Route> routes, std::vector<std::string> labels);
    static base::Result<Routing> parse(Source const& file);

    // Errors: not_found, with what was looked for: "no known host is called 'pi9' (label host)".
    // A signal that knows its subject (a probe's) is where its subject is.
    base::Result<Where> where(domain::Signal const& signal, HostNames const& names) const;

  private:
    std::vector<Route> routes_;
    std::vector<std::string> labels_{"remediation_host", "host",     "hostname",
                                     "nodename",         "instance", "system"};
};

}  // namespace remedy
