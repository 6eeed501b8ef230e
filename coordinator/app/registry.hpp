// The registry of known hosts (hosts.toml): who may speak, by which key, under which names.
#pragma once

#include <map>
#include <mutex>
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

    RegisteredHost const* find(domain::HostId const& host) const;
    // In the place of the host of this id, or as a new one.
    void put(RegisteredHost host);
    void remove(domain::HostId const& host);
    std::string to_toml() const;  // the whole file

  private:
    std::vector<RegisteredHost> hosts_;
};

// The registry of a running coordinator and its file. Thread-safe.
class RegistryBook {
  public:
    RegistryBook(Registry registry, std::string file)
        : registry_(std::move(registry)), file_(std::move(file)) {}

    Registry current() const;
    // The file first; when it cannot be written nothing has changed.
    base::Status put(RegisteredHost host);
    base::Status remove(domain::HostId const& host);

  private:
    base::Status keep(Registry changed);  // with the lock held

    mutable std::mutex mutex_;
    Registry registry_;
    std::string file_;
};

}  // namespace coordinator
