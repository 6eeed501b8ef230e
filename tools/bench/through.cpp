// Distinct alerts on the whole way: webhook, incident, verdict, signed order over the real broker,
// agent core, run, check, result, outcome. Limits are lifted: this measures the machinery.
#include <poll.h>

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

std::int64_t status_number(farm::Farm& place, std::string_view key) {
    auto const answer = place.get("/api/v1/status").body;
    auto const document = base::json::Document::parse(answer);
    if (!document) return -1;
    return document->root()[key].integer().value_or(-1);
}

// Counts incidents by their state, page by page from the store's own API.
std::map<std::string, int> states(farm::Farm& place, int most) {
    auto const answer = place.get(fmt::format("/api/v1/incidents?limit={}", most)).body;
    auto const document =
        base::json::Document::parse(answer, {.bytes_max = 256 << 20, .depth_max = 16});
    if (!document) throw std::runtime_error("incidents: " + document.error().message);
    std::map<std::string, int> count;
    for (auto const item : document->root()["items"].children())
        ++count[std::string(item["state"].string().value_or("?"))];
    return count;
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
    if (!farm::eventually([&] { return status_number(place, "hosts_online") >= options.hosts; }))
        throw std::runtime_error("the crowd does not come online\n" + place.logs());

    Stopwatch watch;
    auto const load = post_alerts(
        place, {.requests = alerts / kGroup, .size = kGroup},
        [&](int i) { return hosts[static_cast<std::size_t>(i) % hosts.size()]; });
    bool const ended = farm::eventually(
        [&] { return status_number(place, "incidents_open") == 0; }, kPatience);
    double const seconds = watch.ms() / 1000;

    auto const outcome = states(place, alerts + 1);
    int all = 0;
    for (auto const& [state, count] : outcome) all += count;
    auto const resolved = outcome.contains("resolved") ? outcome.at("resolved") : 0;
    Report report("through", options.json);
    report.at_least("every alert an incident", all, "incidents", alerts);
    report.at_least("reached a run command and a check", 100.0 * resolved / alerts, "%", 95);
    report.at_least("commands run", static_cast<double>(effects.commands()), "commands",
                    0.95 * alerts);
    report.at_most("commands run twice", static_cast<double>(effects.twice()), "commands", 0);
    report.at_most("without an outcome", ended ? 0 : 1, "yes/no", 0);
    report.at_most("refused at the webhook", load.refused, "requests", 0);
    report.figure("taken in after", load.seconds, "s");
    report.figure("all through after", seconds, "s");
    report.at_least("through", alerts / seconds, "alerts/s", 1000);
    for (auto const& [state, count] : outcome) report.note(fmt::format("{}: {}", state, count));
    return report.print();
}

}  // namespace bench
