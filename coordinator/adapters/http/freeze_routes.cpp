#include "coordinator/adapters/http/freeze_routes.hpp"

#include "common/base/json.hpp"
#include "coordinator/adapters/http/problem.hpp"

namespace coordinator::http {
namespace {

using base::json::Writer;

constexpr std::size_t kBodyMax = 16 * 1024;
constexpr std::size_t kReasonMax = 1000;

std::string freeze_json(std::string const& site, FreezeRow const& row) {
    Writer out;
    out.begin_object().member("v", 1).member("site", site).member("frozen", row.frozen);
    // As text: a revision may be beyond what JSON's numbers hold.
    out.member("rev", std::to_string(row.rev)).member("reason", row.reason);
    out.member("actor", row.actor).member("signed_by_approver", !row.jws.empty());
    if (row.rev > 0) out.member("at", base::to_rfc3339(row.at));
    out.end_object();
    return out.take();
}

base::Result<FreezeRequest> read_request(Call const& call) {
    auto const document = base::json::Document::parse(call.request.body, {.bytes_max = kBodyMax});
    if (!document)
        return tl::make_unexpected(base::with_context("malformed JSON")(document.error()));
    auto const root = document->root();
    if (!root.is_object()) return base::fail(base::Code::invalid, "the body is not an object");
    if (auto const key = root.unknown_key({"jws", "reason"}))
        return base::fail(base::Code::invalid, "unknown key '" + std::string{*key} + "'");
    auto const jws = root["jws"].string();
    auto const reason = root["reason"].string();
    if (jws.has_value() == reason.has_value())
        return base::fail(base::Code::invalid,
                          "give either \"jws\", signed by an approver, or \"reason\"");
    if (reason && (reason->empty() || reason->size() > kReasonMax))
        return base::fail(base::Code::invalid, "say why, in at most 1000 bytes");
    return FreezeRequest{std::string{jws.value_or("")}, std::string{reason.value_or("")},
                         "operator:" + call.caller};
}

void freeze(Call const& call, Api& api) {
    auto request = read_request(call);
    if (!request) {
        call.reply(problem(request.error()));
        return;
    }
    api.freeze(std::move(*request), [reply = call.reply](base::Result<std::string> const& rev) {
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

void add_freeze_routes(Router& router, Api& api) {
    router.add("GET", "/api/v1/freeze", {Scope::read},
               [&api](Call const& call) {
                   call.reply(json(200, freeze_json(api.site(), api.freeze_now())));
               });
    router.add("POST", "/api/v1/freeze", {Scope::act},
               [&api](Call const& call) { freeze(call, api); });
}

}  // namespace coordinator::http
