#include "tools/tomte/freeze.hpp"

#include <poll.h>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <ostream>

#include <fmt/format.h>

#include "common/trust/jws.hpp"
#include "common/wire/codec.hpp"

namespace tomte {
namespace {

using base::json::Writer;
using Clock = std::chrono::steady_clock;

constexpr int kLookEvery_ms = 200;

std::int64_t number(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// The coordinator says which revision it holds and which site it is; a lie makes only a signature
// that no host takes.
base::Result<std::string> signed_body(Client& client, FreezeOptions const& options,
                                      trust::PrivateKey const& key, base::WallTime now) {
    auto const page = get_page(client, {"GET", "/api/v1/freeze"});
    if (!page) return tl::make_unexpected(page.error());
    auto const held = number(page->root()["rev"].string().value_or("0"));
    wire::Freeze const freeze{std::string{page->root()["site"].string().value_or("home")},
                              std::max(held + 1, base::unix_ms(now)), options.frozen,
                              options.reason, options.actor};
    auto const purpose = options.frozen ? trust::Purpose::freeze : trust::Purpose::thaw;
    Writer out;
    out.begin_object().member("jws", trust::sign(purpose, key, wire::encode(freeze))).end_object();
    return out.take();
}

base::Result<std::string> body(Client& client, FreezeOptions const& options,
                               std::optional<trust::PrivateKey> const& key, base::WallTime now) {
    if (key) return signed_body(client, options, *key, now);
    if (!options.frozen)
        return base::fail(base::Code::denied,
                          "a thaw needs an approver's key: say --approver-key FILE");
    Writer out;
    out.begin_object().member("reason", options.reason).end_object();
    return out.take();
}

// The hosts that are online and whose hand has not said that it holds `rev`.
base::Result<std::string> missing(Client& client, std::int64_t rev) {
    auto const page = get_page(client, {"GET", "/api/v1/hosts"});
    if (!page) return tl::make_unexpected(page.error());
    std::string names;
    for (auto const& host : page->root()["items"].children()) {
        if (!host["online"].boolean().value_or(false)) continue;
        if (host["freeze_rev"].integer().value_or(0) >= rev) continue;
        names += (names.empty() ? "" : ", ") + plain(host["id"].string().value_or("?"));
    }
    return names;
}

}  // namespace

base::Result<std::optional<trust::PrivateKey>> find_approver_key(std::string const& path,
                                                                 std::string const& secrets) {
    auto file = path;
    if (file.empty() && !secrets.empty()) {
        auto const folder = std::filesystem::path{secrets}.parent_path();
        std::error_code ignored;
        for (auto const& place : {folder / "approver.key", folder / "../operator/approver.key"})
            if (file.empty() && std::filesystem::exists(place, ignored)) file = place.string();
    }
    if (file.empty()) return std::nullopt;
    auto key = trust::PrivateKey::load(file);
    if (!key) return tl::make_unexpected(key.error());
    return std::optional{std::move(*key)};
}

int freeze(Client& client, Screen& screen, FreezeOptions const& options,
           std::optional<trust::PrivateKey> const& key, base::WallTime now) {
    auto const text = body(client, options, key, now);
    if (!text) return failed(screen, text.error());
    auto const page = get_page(client, {"POST", "/api/v1/freeze", *text});
    if (!page) return failed(screen, page.error());
    auto const rev = number(page->root()["rev"].string().value_or("0"));
    auto const until = Clock::now() + std::chrono::seconds{options.wait_s};
    auto names = missing(client, rev);
    while (names && !names->empty() && Clock::now() < until) {
        ::poll(nullptr, 0, kLookEvery_ms);
        names = missing(client, rev);
    }
    if (!names) return failed(screen, names.error());
    auto const* what = options.frozen ? "frozen" : "thawed";
    if (screen.json) {
        Writer out;
        out.begin_object().member("v", 1).member("rev", std::to_string(rev));
        out.member("frozen", options.frozen).member("missing", *names).end_object();
        screen.out << out.take() << "\n";
    } else if (names->empty()) {
        screen.out << painted(screen, options.frozen ? Paint::doubtful : Paint::good, what)
                   << ": every host that is online holds it\n";
    } else {
        screen.out << painted(screen, Paint::doubtful, what) << ", but not yet on: " << *names
                   << "\n";
    }
    return names->empty() ? 0 : 1;
}

}  // namespace tomte
