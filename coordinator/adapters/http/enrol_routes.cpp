#include "coordinator/adapters/http/enrol_routes.hpp"

#include <functional>
#include <optional>
#include <utility>

#include "common/base/json.hpp"
#include "coordinator/adapters/http/problem.hpp"

namespace coordinator::http {
namespace {

using base::Code;
using base::fail;
using base::Result;
using base::json::Document;
using base::json::Value;
using base::json::Writer;

constexpr std::size_t kBodyBytesMax = 4096;

void work_on(Worker& worker, Reply const& reply, std::function<Response()> work) {
    bool const posted = worker.post([reply, work = std::move(work)] { reply(work()); });
    if (!posted) reply(problem(503, "too many questions at once: try again"));
}

Response done() {
    Writer out;
    out.begin_object().member("v", 1).end_object();
    return json(200, out.take());
}

Result<Document> read_body(std::string_view body, std::vector<std::string_view> const& keys) {
    auto document = Document::parse(body, {.bytes_max = kBodyBytesMax, .depth_max = 2});
    if (!document) return document;
    if (!document->root().is_object()) return fail(Code::invalid, "the body is not an object");
    if (auto const key = document->root().unknown_key(keys))
        return fail(Code::invalid, "unknown key '" + std::string{*key} + "'");
    return document;
}

// Absent is false; anything else that is no truth value is an error.
std::optional<bool> flag(Value value) {
    if (!value.present()) return false;
    return value.boolean();
}

Result<InviteOrder> read_order(std::string_view body) {
    auto const document = read_body(body, {"host", "replace", "token_only"});
    if (!document) return tl::make_unexpected(document.error());
    auto const root = document->root();
    auto host = base::json::need_string(root, "host");
    if (!host) return tl::make_unexpected(host.error());
    auto const replace = flag(root["replace"]);
    auto const token_only = flag(root["token_only"]);
    if (!replace || !token_only)
        return fail(Code::invalid, "replace and token_only are true or false");
    return InviteOrder{*std::move(host), *replace, *token_only};
}

Response invited(Enrolment& enrolment, InviteOrder const& order) {
    auto const made = enrolment.invite(order);
    if (!made) return problem(made.error());
    Writer out;
    out.begin_object()
        .member("v", 1)
        .member("id", made->id)
        .member("link", made->link)
        .member("expires_at", base::to_rfc3339(made->expires_at));
    return json(201, out.end_object().take());
}

void write(Writer& out, InviteReport const& report) {
    out.begin_object()
        .member("id", report.id)
        .member("host", report.host)
        .member("state", report.state)
        .member("words", report.words)
        .member("reason", report.reason)
        .member("token_only", report.token_only)
        .end_object();
}

Response invites(Enrolment& enrolment) {
    Writer out;
    out.begin_object().member("v", 1).key("items").begin_array();
    for (auto const& report : enrolment.invites()) write(out, report);
    out.end_array().end_object();
    return json(200, out.take());
}

Response decided(Enrolment& enrolment, std::string const& id, std::string_view body) {
    auto const document = read_body(body, {"words", "accept"});
    if (!document) return problem(document.error());
    auto const accept = document->root()["accept"].boolean();
    if (!accept) return problem(400, "accept is true or false");
    std::string const words{document->root()["words"].string().value_or("")};
    auto const status = enrolment.decide(id, words, *accept);
    return status ? done() : problem(status.error());
}

}  // namespace

void add_enrol_routes(Router& router, Enrolment& enrolment, Worker& worker) {
    std::vector<Scope> const admin{Scope::admin};
    router.add("POST", "/api/v1/invites", admin, [&](Call const& call) {
        auto const order = read_order(call.request.body);
        if (!order) return call.reply(problem(order.error()));
        work_on(worker, call.reply,
                [&enrolment, order = *order] { return invited(enrolment, order); });
    });
    router.add("GET", "/api/v1/invites", admin, [&](Call const& call) {
        work_on(worker, call.reply, [&enrolment] { return invites(enrolment); });
    });
    router.add("POST", "/api/v1/invites/{id}/decision", admin, [&](Call const& call) {
        work_on(worker, call.reply,
                [&enrolment, id = call.params.at("id"), body = std::string{call.request.body}] {
                    return decided(enrolment, id, body);
                });
    });
    router.add("POST", "/api/v1/hosts/{id}/revoke", admin, [&](Call const& call) {
        work_on(worker, call.reply, [&enrolment, id = call.params.at("id")] {
            auto const status = enrolment.revoke(id);
            return status ? done() : problem(status.error());
        });
    });
}

}  // namespace coordinator::http
