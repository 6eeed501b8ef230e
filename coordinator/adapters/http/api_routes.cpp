#include "coordinator/adapters/http/api_routes.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "coordinator/adapters/http/api_json.hpp"
#include "coordinator/adapters/http/order_request.hpp"
#include "coordinator/adapters/http/problem.hpp"

namespace coordinator::http {
namespace {

using base::json::Writer;

constexpr int kIncidentsMax = 500;
constexpr int kIncidentsUsual = 50;

void read_on(Worker& reader, Reply const& reply, std::function<Response()> read) {
    bool const posted = reader.post([reply, read = std::move(read)] { reply(read()); });
    if (!posted) reply(problem(503, "too many questions at once: try again"));
}

struct IncidentsQuestion {
    std::string state;       // as History wants it
    bool only_open = false;  // state=open: everything that is not final
    int limit = kIncidentsUsual;
};

base::Result<IncidentsQuestion> read_question(Request const& request) {
    IncidentsQuestion question;
    if (auto const state = request.query.find("state"); state != request.query.end()) {
        question.only_open = state->second == "open";
        if (!question.only_open) question.state = state->second;
        if (!question.state.empty() && !domain::parse_incident_state(question.state))
            return base::fail(base::Code::invalid,
                              "state is no state of an incident, nor \"open\"");
    }
    if (auto const limit = request.query.find("limit"); limit != request.query.end()) {
        auto const& text = limit->second;
        auto const [end, wrong] =
            std::from_chars(text.data(), text.data() + text.size(), question.limit);
        if (wrong != std::errc{} || end != text.data() + text.size() || question.limit < 1 ||
            question.limit > kIncidentsMax)
            return base::fail(base::Code::invalid, "limit is not a number from 1 to 500");
    }
    return question;
}

using Incidents = std::vector<domain::Incident>;

// State by state: an old one must not hide behind hundreds that have ended since.
base::Result<Incidents> open_incidents(History& history, int limit) {
    using enum domain::IncidentState;
    Incidents all;
    for (auto const state :
         {gathering, asking, waiting, acting, confirming, backing_off, escalated}) {
        auto some = history.incidents(std::string{domain::to_string(state)}, limit);
        if (!some) return some;
        std::move(some->begin(), some->end(), std::back_inserter(all));
    }
    std::sort(all.begin(), all.end(),
              [](auto const& a, auto const& b) { return a.id > b.id; });  // ids sort by time
    if (all.size() > static_cast<std::size_t>(limit))
        all.erase(all.begin() + limit, all.end());
    return all;
}

void incidents(Call const& call, Api& api, Worker& reader) {
    auto const question = read_question(call.request);
    if (!question) {
        call.reply(problem(question.error()));
        return;
    }
    read_on(reader, call.reply, [&api, question = *question] {
        auto const found = question.only_open
                               ? open_incidents(api.history(), question.limit)
                               : api.history().incidents(question.state, question.limit);
        return found ? json(200, incidents_json(*found)) : problem(found.error());
    });
}

void incident(Call const& call, Api& api, Worker& reader) {
    read_on(reader, call.reply, [&api, id = call.params.at("id")] {
        auto const found = api.history().incident(id);
        if (!found) return problem(found.error());
        if (!*found) return problem(404, "there is no incident " + id);
        return json(200, incident_json(**found));
    });
}

void hosts(Call const& call, Api& api, Worker& reader) {
    read_on(reader, call.reply, [&api] {
        auto const found = api.history().hosts();
        return found ? json(200, hosts_json(*found)) : problem(found.error());
    });
}

void telemetry(Call const& call, Api& api) {
    auto const& name = call.params.at("id");
    auto const host = domain::HostId::parse(name);
    auto const points = call.request.query.find("points");
    bool const with_points = points != call.request.query.end() && points->second == "1";
    auto const series = host ? api.telemetry(*host, with_points) : std::nullopt;
    if (!series) {
        call.reply(problem(404, "no telemetry of '" + name + "' was heard since the start"));
        return;
    }
    call.reply(json(200, telemetry_json(name, *series, with_points)));
}

Response command_pending(std::string const& id) {
    Writer out;
    out.begin_object().member("v", 1).member("id", id).end_object();
    auto response = json(202, out.take());
    response.headers.emplace_back("Location", "/api/v1/commands/" + id);
    return response;
}

Response command_finished(domain::CommandResult const& result) {
    Writer out;
    out.begin_object().member("v", 1).member("id", result.id).key("result");
    write(out, result);
    out.end_object();
    return json(200, out.take());
}

// The command goes on whatever happens to the waiting: then the id alone is the answer.
void wait_and_answer(Api& api, std::string const& id, base::Duration wait, Reply const& reply) {
    api.wait_finished(id, wait, [reply, id](base::Result<domain::CommandResult> const& result) {
        reply(result ? command_finished(*result) : command_pending(id));
    });
}

void order(Call const& call, Api& api) {
    auto parsed = parse_order(call.request.body, call.caller);
    if (!parsed) {
        call.reply(problem(parsed.error()));
        return;
    }
    parsed->order.host = call.params.at("id");
    auto const wait = parsed->wait;
    api.order_command(std::move(parsed->order),
                      [&api, wait, reply = call.reply](base::Result<std::string> const& id) {
                          if (!id)
                              reply(problem(id.error()));
                          else if (wait.count() == 0)
                              reply(command_pending(*id));
                          else
                              wait_and_answer(api, *id, wait, reply);
                      });
}

Response command_row(CommandRow const& row) {
    Writer out;
    out.begin_object().member("v", 1).key("command");
    write(out, row);
    out.end_object();
    return json(200, out.take());
}

void command(Call const& call, Api& api, Worker& reader) {
    auto const asked = call.request.query.find("wait_s");
    auto const wait = parse_wait(asked == call.request.query.end() ? "" : asked->second);
    if (!wait) {
        call.reply(problem(wait.error()));
        return;
    }
    auto const& id = call.params.at("id");
    bool const posted = reader.post([&api, id, wait = *wait, reply = call.reply] {
        auto const found = api.history().command(id);
        if (!found)
            reply(problem(found.error()));
        else if (!*found)
            reply(problem(404, "there is no command " + id));
        else if (wait.count() == 0 || domain::is_final((*found)->state))
            reply(command_row(**found));
        else
            wait_and_answer(api, id, wait, reply);
    });
    if (!posted) call.reply(problem(503, "too many questions at once: try again"));
}

}  // namespace

void add_open_routes(Router& router, Api& api, std::string const& version) {
    router.add("GET", "/health", {}, [&api](Call const& call) {
        auto const status = api.status();
        call.reply(json(status.state == "unhealthy" ? 503 : 200, health_json(status)));
    });
    router.add("GET", "/version", {}, [version](Call const& call) {
        Writer out;
        out.begin_object().member("v", 1).member("name", "tomte").member("version", version);
        out.end_object();
        call.reply(json(200, out.take()));
    });
}

void add_api_routes(Router& router, Api& api, Worker& reader) {
    std::vector<Scope> const read{Scope::read};
    router.add("GET", "/metrics", {Scope::scrape, Scope::read}, [&api](Call const& call) {
        call.reply({200, "text/plain; version=0.0.4; charset=utf-8", api.metrics_text(), {}});
    });
    router.add("GET", "/api/v1/incidents", read,
               [&](Call const& call) { incidents(call, api, reader); });
    router.add("GET", "/api/v1/incidents/{id}", read,
               [&](Call const& call) { incident(call, api, reader); });
    router.add("GET", "/api/v1/hosts", read, [&](Call const& call) { hosts(call, api, reader); });
    router.add("GET", "/api/v1/hosts/{id}/telemetry", read,
               [&](Call const& call) { telemetry(call, api); });
    router.add("POST", "/api/v1/hosts/{id}/commands", {Scope::act},
               [&](Call const& call) { order(call, api); });
    router.add("GET", "/api/v1/commands/{id}", read,
               [&](Call const& call) { command(call, api, reader); });
}

}  // namespace coordinator::http
