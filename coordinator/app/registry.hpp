// The registry of known hosts (hosts.toml): who may speak, by which key, under which names.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/domain/host.hpp"
#include "common/trust/keys.hpp"
#include "coordinator/core/tables.hpp"

namespace coordinator {

struct RegisteredHost {
    domain::HostId host;
    std::vector<std::string> aliases;
    std::int64_t incarnation = 1;
    trust::PublicKey key;
};

class Registry {
  public:
    // Errors (invalid) name file and line: a malformed id or key, an unknown key of the table, one
    // name for two hosts.
    static base::Result<Registry> parse(std::string_view text, std::string const& file);
    static base::Result<Registry> load(std::string const& file);

    std::vector<RegisteredHost> const& hosts() const { return hosts_; }
    std::map<domain::HostId, trust::PublicKey> keys() const;
    // What the core is to know: every registered host, with what was last heard of it if that was
    // of this incarnation. A stored host that is not registered any more is left out.
    std::vector<HostRow> merge(std::vector<HostRow> stored) const;

  private:
    std::vector<RegisteredHost> hosts_;
};

}  // namespace coordinator
