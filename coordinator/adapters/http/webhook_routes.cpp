#include "coordinator/adapters/http/webhook_routes.hpp"

#include <fmt/format.h>

#include "common/base/json.hpp"
#include "coordinator/adapters/http/alertmanager_payload.hpp"
#include "coordinator/adapters/http/problem.hpp"

namespace coordinator::http {
namespace {

struct Split {
    std::vector<domain::Signal> signals;
    // One per alert of the request: what was refused, or nothing (its answer comes from the Api).
    std::vector<std::optional<RefusedAlert>> refused;
};

Split split(std::vector<ReadAlert> alerts) {
    Split parts;
    for (auto& alert : alerts) {
        if (auto* signal = std::get_if<domain::Signal>(&alert)) {
            parts.signals.push_back(std::move(*signal));
            parts.refused.emplace_back(std::nullopt);
        } else {
            parts.refused.emplace_back(std::move(std::get<RefusedAlert>(alert)));
        }
    }
    return parts;
}

void write_one(base::json::Writer& out, Accepted::One const& one) {
    out.begin_object()
        .member("fingerprint", one.fingerprint)
        .member("incident", one.incident)
        .member("result", one.status);
    if (!one.reason.empty()) out.member("reason", one.reason);
    out.end_object();
}

std::string results(std::vector<std::optional<RefusedAlert>> const& refused,
                    Accepted const& accepted) {
    base::json::Writer out;
    out.begin_object().member("v", 1).key("results").begin_array();
    std::size_t next = 0;
    for (auto const& refusal : refused) {
        if (refusal) {
            write_one(out, {refusal->fingerprint, "refused", "", refusal->reason});
        } else if (next < accepted.alerts.size()) {
            write_one(out, accepted.alerts[next++]);
        }
    }
    out.end_array().end_object();
    return out.take();
}

void receive(Call call, Api& api) {
    auto const& body = call.request.body;
    if (body.size() > kWebhookBytesMax) {
        call.reply(problem(413, fmt::format("the body has {} bytes, at most {} are read",
                                            body.size(), kWebhookBytesMax)));
        return;
    }
    auto alerts = parse_alertmanager(body);
    if (!alerts) {
        bool const is_json = !alerts.error().message.starts_with("malformed JSON");
        call.reply(problem(is_json ? 422 : 400, alerts.error().message));
        return;
    }
    auto parts = split(std::move(*alerts));
    if (parts.signals.empty() && !parts.refused.empty()) {
        call.reply(problem(422, parts.refused.front()->reason));
        return;
    }
    if (parts.signals.empty()) {
        call.reply(json(202, results({}, {})));
        return;
    }
    api.submit_signals(std::move(parts.signals),
                       [reply = call.reply, refused = std::move(parts.refused)](
                           base::Result<Accepted> const& accepted) {
                           if (accepted)
                               reply(json(202, results(refused, *accepted)));
                           else
                               reply(problem(accepted.error()));
                       });
}

}  // namespace

void add_webhook_routes(Router& router, Api& api) {
    for (auto const* path : {"/webhook/alertmanager", "/webhook"})
        router.add("POST", path, {Scope::webhook},
                   [&api](Call call) { receive(std::move(call), api); });
}

}  // namespace coordinator::http
