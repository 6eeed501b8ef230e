// How fast alerts are taken in: by when each is durable, and how many a second.
#include "tools/bench/alerts.hpp"
#include "tools/bench/bench.hpp"
#include "tools/bench/figures.hpp"
#include "tools/bench/floor.hpp"
#include "tools/farm/farm.hpp"

namespace bench {
namespace {

Samples floor_requests(farm::Farm& place, int count) {
    farm::HttpClient client("");
    Samples samples;
    for (int i = 0; i < count; ++i) {
        Stopwatch watch;
        client.request("GET", place.url() + "/version");
        samples.add(watch.ms());
    }
    return samples;
}

}  // namespace

int intake(Options const& options) {
    int const seconds = options.seconds > 0 ? options.seconds : 10;
    int const alerts = options.count > 0 ? options.count : 20'000;
    farm::Farm place({options.bin, options.patient, {}});
    place.start_broker();
    place.start_coordinator();

    HostOf const nexus = [](int) { return "nexus"; };
    auto const fsync = measure_fsync(place.folder(), 200);
    auto const floor = floor_requests(place, 500);
    auto const steady = post_alerts(place, {.requests = 200 * seconds, .rate = 200}, nexus);
    constexpr int kGroup = 10;
    auto const flood = post_alerts(
        place, {.first = 1'000'000, .requests = alerts / kGroup, .size = kGroup}, nexus);

    Report report("intake", options.json);
    report.figure("floor: GET /version p99", floor.percentile(99), "ms");
    report.figure("floor: fdatasync p99", fsync.percentile(99), "ms");
    report.figure("accept at 200 alerts/s p50", steady.ms.percentile(50), "ms");
    report.at_most("accept at 200 alerts/s p99", steady.ms.percentile(99), "ms", 10);
    report.at_least("durable intake, groups of 10", alerts / flood.seconds, "alerts/s", 2000);
    report.at_most("refused", steady.refused + flood.refused, "requests", 0);
    return report.print();
}

}  // namespace bench
