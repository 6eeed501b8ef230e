#include "common/remedy/verbs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "common/base/nearest.hpp"
#include "common/remedy/fill.hpp"

namespace remedy {
namespace {

using domain::ParamType;
using domain::Risk;
using domain::SubjectKind;

std::vector<Verb> make_verbs() {
    VerbArg const unit{"unit", ParamType::unit};
    VerbArg const container{"container", ParamType::container};
    VerbArg const is{"is", ParamType::word, false};
    auto const service = SubjectKind::service;
    auto const box = SubjectKind::container;
    return {
        {"service.state", Risk::readonly, {unit, is}},
        {"service.start", Risk::reversible, {unit}, "unit", service},
        {"service.restart", Risk::reversible, {unit}, "unit", service},
        {"service.stop", Risk::reversible, {unit}, "unit", service},
        {"service.reset", Risk::reversible, {unit}, "unit", service},
        {"container.state", Risk::readonly, {container, is}},
        {"container.start", Risk::reversible, {container}, "container", box},
        {"container.restart", Risk::reversible, {container}, "container", box},
        {"container.stop", Risk::reversible, {container}, "container", box},
        {"engine.prune", Risk::reversible, {{"keep", ParamType::duration}}},
        {"journal.vacuum", Risk::reversible, {{"keep", ParamType::duration}}},
        {"apt.clean", Risk::reversible, {}},
        {"tmp.clean", Risk::reversible, {{"older", ParamType::duration}}},
        {"disk.free",
         Risk::readonly,
         {{"mount", ParamType::mount}, {"percent", ParamType::number}}},
        {"tunnel.state", Risk::readonly, {{"tunnel", ParamType::tunnel}, is}},
        {"certificate.valid",
         Risk::readonly,
         {{"host", ParamType::host}, {"port", ParamType::number}, {"days", ParamType::number}}},
        {"endpoint.answers",
         Risk::readonly,
         {{"host", ParamType::host}, {"port", ParamType::number}}},
        {"time.synced", Risk::readonly, {}},
        {"memory.available", Risk::readonly, {{"percent", ParamType::number}}},
        {"load.below", Risk::readonly, {{"per_core", ParamType::number}}},
        {"job.run", Risk::reversible, {{"job", ParamType::job}}, "job", SubjectKind::job},
        {"job.fresh", Risk::readonly, {{"job", ParamType::job}, {"within", ParamType::duration}}},
    };
}

// What `is` may ask for.
std::vector<std::string_view> states_of(std::string_view verb) {
    if (verb == "service.state") return {"active", "failed", "inactive"};
    if (verb == "container.state") return {"running", "healthy", "exited"};
    if (verb == "tunnel.state") return {"up", "down"};
    return {};
}

struct Floor {
    std::string_view verb;
    std::string_view arg;
    std::string_view least;
};

// Below these a "clean-up" destroys what somebody still needs to find out what happened.
constexpr std::array<Floor, 3> kFloors{{
    {"journal.vacuum", "keep", "2d"},
    {"tmp.clean", "older", "1d"},
    {"engine.prune", "keep", "1h"},
}};

struct Range {
    std::string_view arg;
    int least;
    int most;
};

constexpr std::array<Range, 4> kRanges{{
    {"port", 1, 65535},
    {"percent", 1, 99},
    {"days", 1, 3650},
    {"per_core", 1, 1000},
}};

base::Status check_range(std::string_view arg, std::string_view value) {
    auto const range = std::ranges::find(kRanges, arg, &Range::arg);
    if (range == kRanges.end()) return {};
    int number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    if (number >= range->least && number <= range->most) return {};
    return base::fail(base::Code::invalid, fmt::format("'{}' is {}; it must be {} to {}", arg,
                                                       value, range->least, range->most));
}

base::Status check_floor(std::string_view verb, std::string_view arg, std::string_view value) {
    for (auto const& floor : kFloors) {
        if (floor.verb != verb || floor.arg != arg) continue;
        if (*base::parse_duration(value) < *base::parse_duration(floor.least))
            return base::fail(base::Code::invalid, fmt::format("'{}' is {}; {} takes at least {}",
                                                               arg, value, verb, floor.least));
    }
    return {};
}

base::Status check_state(std::string_view verb, std::string_view arg, std::string_view value) {
    auto const states = states_of(verb);
    if (arg != "is" || std::ranges::find(states, value) != states.end()) return {};
    return base::fail(base::Code::invalid, fmt::format("{} cannot be '{}'; it can be {}", verb,
                                                       value, fmt::join(states, ", ")));
}

}  // namespace

std::span<Verb const> verbs() {
    static auto const all = make_verbs();
    return all;
}

Verb const* find_verb(std::string_view name) {
    auto const found = std::ranges::find(verbs(), name, &Verb::name);
    return found == verbs().end() ? nullptr : &*found;
}

base::Status check_verb_names(domain::Step const& step) {
    auto const* verb = find_verb(step.verb);
    std::vector<std::string_view> names;
    if (!verb) {
        for (auto const& known : verbs()) names.push_back(known.name);
        auto message = fmt::format("unknown verb '{}'", step.verb);
        if (auto const meant = base::nearest(step.verb, names); !meant.empty())
            message += fmt::format("; did you mean '{}'?", meant);
        return base::fail(base::Code::invalid, std::move(message));
    }
    for (auto const& arg : verb->args) {
        names.push_back(arg.name);
        if (arg.required && !step.args.contains(std::string{arg.name}))
            return base::fail(base::Code::invalid,
                              fmt::format("{} needs the argument '{}'", verb->name, arg.name));
    }
    for (auto const& [name, value] : step.args) {
        if (std::ranges::find(names, name) != names.end()) continue;
        auto message = fmt::format("{} has no argument '{}'", verb->name, name);
        if (auto const meant = base::nearest(name, names); !meant.empty())
            message += fmt::format("; did you mean '{}'?", meant);
        return base::fail(base::Code::invalid, std::move(message));
    }
    return {};
}

base::Status check_verb_arg(Verb const& verb, std::string_view name, std::string_view value) {
    auto const arg = std::ranges::find(verb.args, name, &VerbArg::name);
    if (arg == verb.args.end())
        return base::fail(base::Code::invalid,
                          fmt::format("{} has no argument '{}'", verb.name, name));
    return check_value(arg->type, value)
        .and_then([&] { return check_range(name, value); })
        .and_then([&] { return check_floor(verb.name, name, value); })
        .and_then([&] { return check_state(verb.name, name, value); })
        .map_error(base::with_context(fmt::format("argument '{}'", name)));
}

}  // namespace remedy
