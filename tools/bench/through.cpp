// Distinct alerts on the whole way: webhook, incident, verdict, signed order over the real broker,
// agent core, run, check, result, outcome. Limits are lifted: this measures the machinery.
#include <cstdlib>
#include <fmt/format.h>
#include <stdexcept>

#include "common/base/json.hpp"
#include "tools/bench/alerts.hpp"
#include "tools/bench/bench.hpp"
#include "tools/bench/crowd.hpp"

namespace bench {
namespace {

constexpr int kGroup = 50;
constexpr auto kPatience = std::chrono::minutes(5);

std::vector<std::string> names(int count) {
    std::vector<std::string> list;
    for (int i = 0; i < count; ++i) list.push_back(fmt::format("crowd-{}", i));
    return list;
}

struct Health {
    std::int64_t online = -1;
    std::int64_t open = -1;
};

Health health(farm::Farm& place) {
    auto const answer = place.get("/health").body;
    auto const document = base::json::Document::parse(answer);
    if (!document) return {};
    auto const root = document->root();
    return {root["hosts"]["online"].integer().value_or(-1),
            root["incidents_open"].integer().value_or(-1)};
}

// How many incidents came into a state, by the coordinator's own counters.
double came_into(farm::Farm& place, std::string const& state) {
    std::string const line = "\ntomte_incident_states_total{state=\"" + state + "\"} ";
    auto const text = "\n" + place.get("/metrics").body;
    auto const at = text.find(line);
    return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + line.size(), nullptr);
}

}  // namespace

int through(Options const& options) {
    int const alerts = options.count > 0 ? options.count : 10'000;
    auto const hosts = names(options.hosts);
    farm::Farm place({options.bin, options.patient, hosts});
    place.append("coordinator",
                 "[core]\nlimits_lifted = true\ngather = \"0s\"\n");
    place.start_broker();
    place.start_coordinator();
    EffectLog effects;
    Crowd crowd(place, hosts, effects);
    if (!farm::eventually([&] { return health(place).online >= options.hosts; }))
        throw std::runtime_error("the crowd does not come online\n" + place.logs());

    Stopwatch watch;
    auto const load = post_alerts(
        place, {.requests = alerts / kGroup, .size = kGroup},
        [&](int i) { return hosts[static_cast<std::size_t>(i) % hosts.size()]; });
    bool const ended = farm::eventually(
        [&] { return health(place).open == 0; }, kPatience);
    double const seconds = watch.ms() / 1000;

    double const resolved = came_into(place, "resolved");
    Report report("through", options.json);
    report.at_least("reached a run command and a check", 100.0 * resolved / alerts, "%", 95);
    report.at_least("commands run", static_cast<double>(effects.commands()), "commands",
                    0.95 * alerts);
    report.at_most("commands run twice", static_cast<double>(effects.twice()), "commands", 0);
    report.at_most("without an outcome", ended ? 0 : 1, "yes/no", 0);
    report.at_most("refused at the webhook", load.refused, "requests", 0);
    report.figure("taken in after", load.seconds, "s");
    report.figure("all through after", seconds, "s");
    report.at_least("through", alerts / seconds, "alerts/s", 1000);
    return report.print();
}

}  // namespace bench
