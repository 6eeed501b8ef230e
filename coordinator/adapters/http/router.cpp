#include "coordinator/adapters/http/router.hpp"

#include <optional>

#include "coordinator/adapters/http/problem.hpp"

namespace coordinator::http {
namespace {

using Params = std::map<std::string, std::string>;

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> segments;
    if (path.starts_with('/')) path.remove_prefix(1);
    for (;;) {
        auto const slash = path.find('/');
        segments.emplace_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

std::optional<Params> match(std::vector<std::string> const& pattern,
                            std::vector<std::string> const& path) {
    if (pattern.size() != path.size()) return std::nullopt;
    Params params;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        auto const& segment = pattern[i];
        if (segment.starts_with('{')) {
            if (path[i].empty()) return std::nullopt;
            params[segment.substr(1, segment.size() - 2)] = path[i];
        } else if (segment != path[i]) {
            return std::nullopt;
        }
    }
    return params;
}

}  // namespace

void Router::add(std::string method, std::string_view pattern, std::vector<Scope> any_of,
                 Route route) {
    entries_.push_back({std::move(method), split(pattern), std::move(any_of), std::move(route)});
}

void Router::serve(Request request, Reply const& reply) const {
    auto const path = split(request.path);
    std::string allowed;
    for (auto const& entry : entries_) {
        auto params = match(entry.segments, path);
        if (!params) continue;
        if (entry.method != request.method) {
            allowed += (allowed.empty() ? "" : ", ") + entry.method;
            continue;
        }
        admit(entry, {std::move(request), {}, std::move(*params), reply});
        return;
    }
    if (allowed.empty()) {
        reply(problem(404, "there is nothing at " + request.path.substr(0, 200)));
        return;
    }
    auto refusal = problem(405, "this path answers " + allowed);
    refusal.headers.emplace_back("Allow", allowed);
    reply(std::move(refusal));
}

void Router::admit(Entry const& entry, Call call) const {
    if (entry.any_of.empty()) {
        entry.route(std::move(call));
        return;
    }
    auto const admission = authenticator_.admit(call.request.authorization, entry.any_of);
    switch (admission.answer) {
        case Admission::Answer::allowed:
            call.caller = admission.name;
            entry.route(std::move(call));
            return;
        case Admission::Answer::forbidden:
            call.reply(problem(403, "the token '" + admission.name + "' has not the scope '" +
                                        std::string{to_string(entry.any_of.front())} + "'"));
            return;
        case Admission::Answer::unknown: break;
    }
    auto refusal = problem(401, "no or wrong credentials");
    refusal.headers.emplace_back("WWW-Authenticate", "Basic realm=\"tomte\", Bearer");
    call.reply(std::move(refusal));
}

}  // namespace coordinator::http
