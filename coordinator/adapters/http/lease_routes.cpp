#include "coordinator/adapters/http/lease_routes.hpp"

#include "common/base/json.hpp"
#include "coordinator/adapters/http/problem.hpp"

namespace coordinator::http {
namespace {

using base::json::Writer;

constexpr std::size_t kBodyMax = 16 * 1024;
constexpr std::size_t kRemediesMax = 256;
constexpr std::int64_t kPerHourDefault = 6;
constexpr std::int64_t kForDefault_s = 7LL * 24 * 3600;
constexpr std::int64_t kForMost_s = 366LL * 24 * 3600;

base::Result<LeaseRequest> read_request(Call const& call, std::string const& host) {
    auto const document = base::json::Document::parse(call.request.body, {.bytes_max = kBodyMax});
    if (!document)
        return tl::make_unexpected(base::with_context("malformed JSON")(document.error()));
    auto const root = document->root();
    auto const wrong = [](std::string what) {
        return base::fail(base::Code::invalid, std::move(what));
    };
    if (!root.is_object()) return wrong("the body is not an object");
    if (auto const key = root.unknown_key({"remedies", "per_hour", "for_s"}))
        return wrong("unknown key '" + std::string{*key} + "'");
    auto const remedies = root["remedies"];
    if (!remedies.is_array() || remedies.size() > kRemediesMax)
        return wrong("'remedies' must be a list of names; an empty one revokes the lease");
    LeaseRequest request;
    request.host = host;
    request.actor = "operator:" + call.caller;
    for (auto const& one : remedies.children()) {
        auto const name = one.string();
        if (!name) return wrong("'remedies' must hold names");
        request.remedies.emplace_back(*name);
    }
    auto const per_hour =
        root["per_hour"].present() ? root["per_hour"].integer() : std::optional{kPerHourDefault};
    auto const lasts_s =
        root["for_s"].present() ? root["for_s"].integer() : std::optional{kForDefault_s};
    if (!per_hour || *per_hour < 0 || *per_hour > 1'000)
        return wrong("'per_hour' must be a whole number");
    if (!lasts_s || *lasts_s < 0 || *lasts_s > kForMost_s)
        return wrong("'for_s' must be a number of seconds");
    request.per_hour = static_cast<int>(*per_hour);
    request.lasts = std::chrono::seconds{*lasts_s};
    return request;
}

void lease(Call const& call, Api& api) {
    auto request = read_request(call, call.params.at("id"));
    if (!request) {
        call.reply(problem(request.error()));
        return;
    }
    api.lease(std::move(*request), [reply = call.reply](base::Result<std::string> const& rev) {
        if (!rev) {
            reply(problem(rev.error()));
            return;
        }
        Writer out;
        out.begin_object().member("v", 1).member("rev", *rev).end_object();
        reply(json(200, out.take()));
    });
}

}  // namespace

void add_lease_routes(Router& router, Api& api) {
    router.add("POST", "/api/v1/hosts/{id}/lease", {Scope::admin},
               [&api](Call const& call) { lease(call, api); });
}

}  // namespace coordinator::http
