#include "tools/tomte/lease.hpp"

#include <poll.h>

#include <chrono>
#include <ostream>

namespace tomte {
namespace {

using base::json::Value;
using base::json::Writer;
using Clock = std::chrono::steady_clock;

constexpr int kLookEvery_ms = 200;

base::Result<Page> hosts(Client& client) { return get_page(client, {"GET", "/api/v1/hosts"}); }

// Nothing: no such host.
std::optional<Value> find(Page const& page, std::string const& host) {
    for (auto const& one : page.root()["items"].children())
        if (one["id"].string() == host) return one;
    return std::nullopt;
}

base::Error unknown(std::string const& host) {
    return {base::Code::not_found, "no host is called '" + host + "'; tomte hosts lists them"};
}

void tell(Screen& screen, std::string const& host, Value const& lease) {
    if (!lease.present() || lease["remedies"].size() == 0) {
        screen.out << host << " holds no lease: cut off, it only watches\n";
        return;
    }
    std::string names;
    for (auto const& name : lease["remedies"].children())
        names += (names.empty() ? "" : ", ") + plain(name.string().value_or(""));
    bool const held = lease["held"].boolean().value_or(false);
    screen.out << host << " may heal itself while the coordinator is away: " << names << "\n"
               << "  at most " << lease["per_hour"].integer().value_or(0) << " an hour, for "
               << base::to_text(std::chrono::seconds{lease["for_s"].integer().value_or(0)})
               << " without contact\n  "
               << (held
                       ? painted(screen, Paint::good, "the host holds it")
                       : painted(screen, Paint::doubtful, "the host has not said that it holds it"))
               << "\n";
}

int show(Client& client, Screen& screen, std::string const& host) {
    auto const page = hosts(client);
    if (!page) return failed(screen, page.error());
    auto const found = find(*page, host);
    if (!found) return failed(screen, unknown(host));
    auto const lease = (*found)["lease"];
    if (!screen.json) {
        tell(screen, plain(host), lease);
        return 0;
    }
    Writer out;
    out.begin_object().member("v", 1).member("host", host);
    out.member("rev", lease["rev"].string().value_or("0"));
    out.member("held", lease["held"].boolean().value_or(false));
    out.member("per_hour", lease["per_hour"].integer().value_or(0));
    out.member("for_s", lease["for_s"].integer().value_or(0));
    out.key("remedies").begin_array();
    for (auto const& name : lease["remedies"].children()) out.value(name.string().value_or(""));
    out.end_array().end_object();
    screen.out << out.take() << "\n";
    return 0;
}

base::Result<std::string> body(LeaseOptions const& options) {
    Writer out;
    out.begin_object().key("remedies").begin_array();
    if (options.action == "grant") {
        if (options.remedies.empty())
            return base::fail(base::Code::invalid,
                              "say which remedies: tomte lease HOST grant --remedy NAME …");
        for (auto const& name : options.remedies) out.value(name);
    }
    out.end_array();
    auto const lasts = base::parse_duration(options.lasts);
    if (!lasts) return tl::make_unexpected(base::with_context("--for")(lasts.error()));
    out.member("per_hour", options.per_hour);
    out.member("for_s", std::int64_t{lasts->count() / 1000}).end_object();
    return out.take();
}

// Does the host, if it is online, say that it holds it?
bool settled(Value const& host) {
    return !host["online"].boolean().value_or(false) ||
           host["lease"]["held"].boolean().value_or(false);
}

}  // namespace

int lease(Client& client, Screen& screen, LeaseOptions const& options) {
    if (options.action == "show") return show(client, screen, options.host);
    auto const text = body(options);
    if (!text) return failed(screen, text.error());
    auto const path = "/api/v1/hosts/" + path_segment(options.host) + "/lease";
    auto const answer = get_page(client, {"POST", path, *text});
    if (!answer) return failed(screen, answer.error());
    auto const until = Clock::now() + std::chrono::seconds{options.wait_s};
    while (true) {
        auto const page = hosts(client);
        if (!page) return failed(screen, page.error());
        auto const found = find(*page, options.host);
        bool const done = !found || settled(*found);
        if (!done && Clock::now() < until) {
            ::poll(nullptr, 0, kLookEvery_ms);
            continue;
        }
        auto const shown = show(client, screen, options.host);
        return done ? shown : 1;
    }
}

}  // namespace tomte
