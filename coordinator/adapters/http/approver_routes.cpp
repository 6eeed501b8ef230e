#include "coordinator/adapters/http/approver_routes.hpp"

#include "common/base/json.hpp"
#include "common/wire/codec.hpp"
#include "coordinator/adapters/http/api_json.hpp"
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

// All that an approver must see, and all that the plan's hash is made of.
void write_wanted(Writer& out, ApprovalWanted const& wanted) {
    auto const& command = wanted.row.command;
    out.begin_object().member("id", command.id).member("host", command.host.text());
    out.member("incarnation", command.incarnation).member("incident", command.incident);
    out.member("actor", command.actor).member("reason", command.reason);
    out.member("why", wanted.row.asked_why).member("plan_hash", wanted.plan_hash);
    if (auto const* remedy = std::get_if<domain::RemedyOrder>(&command.order)) {
        out.member("remedy", remedy->remedy).member("remedy_hash", remedy->hash).key("params");
        wire::write_object(out, remedy->params);
    } else {
        out.member("line", std::get<domain::LineOrder>(command.order).line);
    }
    out.member("timeout_ms", std::int64_t{command.limits.timeout.count()});
    out.member("output_bytes", static_cast<std::int64_t>(command.limits.output_bytes));
    if (wanted.row.asked_until) out.member("until", base::to_rfc3339(*wanted.row.asked_until));
    if (wanted.remedy) {
        out.key("content");
        wire::write(out, *wanted.remedy);
    }
    out.end_object();
}

void approvals(Call const& call, Api& api) {
    Writer out;
    out.begin_object().member("v", 1).key("items").begin_array();
    for (auto const& wanted : api.approvals()) write_wanted(out, wanted);
    out.end_array().end_object();
    call.reply(json(200, out.take()));
}

void approval(Call const& call, Api& api) {
    auto const& id = call.params.at("id");
    for (auto const& wanted : api.approvals()) {
        if (wanted.row.command.id != id) continue;
        Writer out;
        out.begin_object().member("v", 1).key("approval");
        write_wanted(out, wanted);
        out.end_object();
        call.reply(json(200, out.take()));
        return;
    }
    call.reply(problem(404, "no command " + id + " waits for an approval"));
}

void answer(Call const& call, Api& api) {
    auto const document = base::json::Document::parse(call.request.body, {.bytes_max = kBodyMax});
    auto const jws = document ? document->root()["jws"].string() : std::nullopt;
    if (!jws || document->root().unknown_key({"jws"})) {
        call.reply(problem(400, "the body is {\"jws\": an approval that an approver signed}"));
        return;
    }
    auto const& id = call.params.at("id");
    api.approve(id, std::string{*jws}, [id, reply = call.reply](base::Result<std::string> taken) {
        if (!taken) {
            reply(problem(taken.error()));
            return;
        }
        Writer out;
        out.begin_object().member("v", 1).member("id", id).end_object();
        reply(json(200, out.take()));
    });
}

}  // namespace

void add_approver_routes(Router& router, Api& api) {
    router.add("GET", "/api/v1/freeze", {Scope::read},
               [&api](Call const& call) {
                   call.reply(json(200, freeze_json(api.site(), api.freeze_now())));
               });
    router.add("POST", "/api/v1/freeze", {Scope::act},
               [&api](Call const& call) { freeze(call, api); });
    router.add("GET", "/api/v1/approvals", {Scope::read},
               [&api](Call const& call) { approvals(call, api); });
    router.add("GET", "/api/v1/approvals/{id}", {Scope::read},
               [&api](Call const& call) { approval(call, api); });
    router.add("POST", "/api/v1/approvals/{id}", {Scope::approve},
               [&api](Call const& call) { answer(call, api); });
}

}  // namespace coordinator::http
