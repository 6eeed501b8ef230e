#include "coordinator/core/recall/recall.hpp"

#include <algorithm>

#include "common/remedy/fill.hpp"

namespace coordinator {

domain::Plan plan_of(domain::Remedy const& remedy, domain::Params params,
                     domain::HostId const& host, domain::PlanOrigin origin) {
    std::string name;
    if (remedy.subject_kind != domain::SubjectKind::host) {
        auto const named = params.find(remedy.subject_param);
        if (named != params.end()) name = named->second;
    }
    auto const kind = name.empty() ? domain::SubjectKind::host : remedy.subject_kind;
    return domain::Plan{.remedy = {remedy.name, remedy.hash, std::move(params)},
                        .risk = remedy.risk,
                        .origin = origin,
                        .host = host,
                        .subject = {host, kind, std::move(name)},
                        .timeout = remedy.timeout};
}

base::Result<Place> locate(World const& world, domain::Signal const& signal) {
    auto const where = world.routing.where(signal, world.names);
    if (!where) return tl::make_unexpected(where.error());
    Place place{where->host, where->by, signal.labels, std::nullopt};
    if (signal.subject && !signal.subject->name.empty())
        place.labels.emplace(domain::to_string(signal.subject->kind), signal.subject->name);
    for (auto const& [name, value] : where->params) place.labels.insert_or_assign(name, value);
    if (signal.subject && signal.subject->kind != domain::SubjectKind::host) {
        place.subject = signal.subject;
        return place;
    }
    for (auto const* remedy : world.catalog.answering(signal.name, place.labels)) {
        auto const params = remedy::bind(*remedy, place.labels);
        if (!params) continue;
        place.subject =
            plan_of(*remedy, *params, place.host, domain::PlanOrigin::catalogue).subject;
        break;
    }
    return place;
}

base::Result<domain::Plan> recall(World& world, domain::Incident const& incident,
                                  domain::Signal const& root) {
    auto const place = locate(world, root);
    if (!place) return tl::make_unexpected(place.error());
    auto remedies = world.catalog.answering(root.name, place->labels);
    if (remedies.empty())
        return base::fail(base::Code::not_found, "no remedy answers " + root.name);
    // The second is tried when the first failed; then the first again.
    auto const failed = std::ranges::count_if(world.attempts(incident.id), [](auto const& attempt) {
        return attempt.outcome == domain::Outcome::failed;
    });
    auto const first = failed % std::ssize(remedies);
    std::ranges::rotate(remedies, remedies.begin() + first);
    std::optional<base::Error> refused;
    for (auto const* remedy : remedies) {
        auto params = remedy::bind(*remedy, place->labels);
        if (params)
            return plan_of(*remedy, std::move(*params), place->host,
                           domain::PlanOrigin::catalogue);
        if (!refused) refused = base::with_context("remedy " + remedy->name)(params.error());
    }
    return tl::make_unexpected(*refused);
}

}  // namespace coordinator
