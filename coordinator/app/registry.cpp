#include "coordinator/app/registry.hpp"

#include <algorithm>
#include <utility>

#include "common/base/file_writing.hpp"
#include "common/base/files.hpp"
#include "common/base/toml.hpp"
#include "common/base/toml_text.hpp"

namespace coordinator {

namespace {

base::Result<RegisteredHost> read_host(base::toml::Value entry) {
    auto const wrong = [&](std::string const& what) {
        return base::fail(base::Code::invalid, entry.where() + ": " + what);
    };
    auto const host = domain::HostId::parse(entry.key());
    if (!host)
        return wrong("'" + entry.key() + "' is not a host id (a-z, 0-9 and '-', at most 63)");
    if (!entry.is_table()) return wrong("host '" + entry.key() + "' is not a table");
    if (auto closed = entry.only({"aliases", "incarnation", "key"}); !closed)
        return tl::make_unexpected(closed.error());
    auto aliases = base::toml::strings_or(entry, "aliases", {});
    if (!aliases) return tl::make_unexpected(aliases.error());
    auto const incarnation = base::toml::integer_or(entry, "incarnation", 1);
    if (!incarnation) return tl::make_unexpected(incarnation.error());
    if (*incarnation < 1) return wrong("the incarnation counts from 1");
    auto const pem = base::toml::need_string(entry, "key");
    if (!pem) return tl::make_unexpected(pem.error());
    auto key = trust::PublicKey::from_pem(*pem);
    if (!key) return wrong("the key of '" + entry.key() + "': " + key.error().message);
    return RegisteredHost{*host, std::move(*aliases), *incarnation, std::move(*key)};
}

}  // namespace

base::Result<Registry> Registry::parse(std::string_view text, std::string const& file) {
    auto const document = base::toml::Document::parse(text, file);
    if (!document) return tl::make_unexpected(document.error());
    auto const root = document->root();
    if (auto closed = root.only({"hosts"}); !closed) return tl::make_unexpected(closed.error());
    Registry registry;
    std::map<std::string, std::string> owner_of_name;
    for (auto const& entry : root["hosts"].children()) {
        auto host = read_host(entry);
        if (!host) return tl::make_unexpected(host.error());
        auto names = host->aliases;
        names.push_back(host->host.text());
        for (auto const& name : names) {
            auto const [taken, is_new] = owner_of_name.emplace(name, host->host.text());
            if (!is_new && taken->second != host->host.text())
                return base::fail(base::Code::invalid, entry.where() + ": '" + name +
                                                           "' is already a name of '" +
                                                           taken->second + "'");
        }
        registry.hosts_.push_back(std::move(*host));
    }
    return registry;
}

base::Result<Registry> Registry::load(std::string const& file) {
    auto const text = base::read_file(file);
    if (!text) return tl::make_unexpected(text.error());
    return parse(*text, file);
}

RegisteredHost const* Registry::find(domain::HostId const& host) const {
    auto const found = std::ranges::find(hosts_, host, &RegisteredHost::host);
    return found == hosts_.end() ? nullptr : &*found;
}

void Registry::put(RegisteredHost host) {
    auto const found = std::ranges::find(hosts_, host.host, &RegisteredHost::host);
    if (found == hosts_.end())
        hosts_.push_back(std::move(host));
    else
        *found = std::move(host);
}

void Registry::remove(domain::HostId const& host) {
    std::erase_if(hosts_, [&](auto const& one) { return one.host == host; });
}

std::string Registry::to_toml() const {
    std::string text =
        "# The known hosts. An alert's labels may call a host by its name or by one of its "
        "aliases.\n";
    for (auto const& host : hosts_)
        text += "\n[hosts." + host.host.text() + "]\naliases = " +
                base::toml::quoted_list(host.aliases) + "\nincarnation = " +
                std::to_string(host.incarnation) + "\nkey = \"\"\"\n" + host.key.to_pem() +
                "\"\"\"\n";
    return text;
}

Registry RegistryBook::current() const {
    std::lock_guard const lock{mutex_};
    return registry_;
}

base::Status RegistryBook::put(RegisteredHost host) {
    std::lock_guard const lock{mutex_};
    auto changed = registry_;
    changed.put(std::move(host));
    return keep(std::move(changed));
}

base::Status RegistryBook::remove(domain::HostId const& host) {
    std::lock_guard const lock{mutex_};
    auto changed = registry_;
    changed.remove(host);
    return keep(std::move(changed));
}

base::Status RegistryBook::keep(Registry changed) {
    auto const text = changed.to_toml();
    // What could not be read at the next start must not be written now.
    if (auto readable = Registry::parse(text, file_); !readable)
        return tl::make_unexpected(readable.error());
    if (auto written = base::replace_file(file_, text, base::kFileMode); !written) return written;
    registry_ = std::move(changed);
    return {};
}

std::map<domain::HostId, trust::PublicKey> Registry::keys() const {
    std::map<domain::HostId, trust::PublicKey> keys;
    for (auto const& host : hosts_) keys.emplace(host.host, host.key);
    return keys;
}

std::vector<HostRow> Registry::merge(std::vector<HostRow> stored) const {
    std::vector<HostRow> rows;
    for (auto const& known : hosts_) {
        auto const old = std::find_if(stored.begin(), stored.end(), [&](HostRow const& row) {
            return row.host == known.host && row.incarnation == known.incarnation;
        });
        if (old != stored.end()) {
            rows.push_back(std::move(*old));
        } else {
            HostRow fresh{known.host, {}, 1, false, {}, 0, {}, {}, {}, {}, {}, {}, {}, 0, {}, 0};
            rows.push_back(std::move(fresh));
        }
        rows.back().aliases = known.aliases;
        rows.back().incarnation = known.incarnation;
    }
    return rows;
}

}  // namespace coordinator
