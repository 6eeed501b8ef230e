#include "coordinator/adapters/http/router.hpp"

#include <chrono>
#include <optional>

#include "common/adapters/system_clock.hpp"
#include "coordinator/adapters/http/problem.hpp"

namespace coordinator::http {
namespace {

base::BootTime boot_now() { return adapters::system_now().boot; }

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

void Router::serve(Request request, Reply const& reply) {
    if (!names_.allows(request.host)) {
        reply(problem(421, "this service is not known by that name; http.public_url and http.hosts "
                           "say which it has"));
        return;
    }
    if (request.body.size() > kBodyBytesMax) {
        reply(problem(413, "a body has at most " + std::to_string(kBodyBytesMax) + " bytes"));
        return;
    }
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

// `wait` is set when too many were wrong before: then these were not looked at.
Admission Router::ask(Entry const& entry, Request const& request, base::Duration& wait) {
    auto const tokens = tokens_.now();
    // Whoever was right before need not wait because somebody behind the same proxy guesses.
    if (auto known = tokens->admit_known(request.authorization, entry.any_of))
        return *std::move(known);
    if (request.authorization.empty()) return {};
    if (auto const must = guard_.must_wait(request.remote, boot_now())) {
        wait = *must;
        return {};
    }
    auto admission = tokens->admit(request.authorization, entry.any_of);
    if (admission.answer == Admission::Answer::unknown)
        guard_.failed(request.remote, boot_now());
    else
        guard_.succeeded(request.remote);
    return admission;
}

void Router::admit(Entry const& entry, Call call) {
    if (entry.any_of.empty()) {
        entry.route(std::move(call));
        return;
    }
    base::Duration wait{0};
    auto const admission = ask(entry, call.request, wait);
    if (wait > base::Duration{0}) {
        auto refusal = problem(429, "too many wrong credentials from this address");
        auto const seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
        refusal.headers.emplace_back("Retry-After", std::to_string(seconds));
        call.reply(std::move(refusal));
        return;
    }
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
