// How fast alerts are taken in: by when each is durable, and how many a second.
#include <poll.h>

#include <atomic>
#include <fmt/format.h>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "tools/bench/bench.hpp"
#include "tools/bench/figures.hpp"
#include "tools/bench/floor.hpp"
#include "tools/farm/farm.hpp"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

std::string group(int from, int size) {
    std::string alerts;
    for (int i = 0; i < size; ++i)
        alerts += fmt::format(
            "{}{{\"status\":\"firing\",\"labels\":{{\"alertname\":\"ServiceDown\",\"host\":"
            "\"nexus\",\"service\":\"unit-{}\",\"severity\":\"warning\"}},\"annotations\":"
            "{{\"summary\":\"unit {} is down\"}},\"startsAt\":\"2026-01-31T08:05:09.042Z\","
            "\"endsAt\":\"0001-01-01T00:00:00Z\",\"generatorURL\":\"\",\"fingerprint\":"
            "\"{:016x}\"}}",
            i == 0 ? "" : ",", from + i, from + i, from + i);
    return fmt::format(
        "{{\"version\":\"4\",\"groupKey\":\"g\",\"truncatedAlerts\":0,\"status\":\"firing\","
        "\"receiver\":\"tomte\",\"groupLabels\":{{}},\"commonLabels\":{{}},\"commonAnnotations\":"
        "{{}},\"externalURL\":\"\",\"alerts\":[{}]}}",
        alerts);
}

struct Load {
    Samples ms;
    int refused = 0;
    double seconds = 0;
};

// `requests` posts of `size` alerts each from `senders` connections; `rate` a second in all, 0: as
// fast as they are answered.
Load post(farm::Farm& place, int first, int requests, int size, int senders, double rate) {
    std::string const auth = "alertmanager:" + place.secret("alertmanager_password");
    std::string const url = place.url() + "/webhook/alertmanager";
    Load load;
    std::mutex guard;
    std::atomic<int> next{0};
    auto const start = Clock::now();
    std::vector<std::thread> threads;
    for (int s = 0; s < senders; ++s)
        threads.emplace_back([&] {
            farm::HttpClient client(auth);
            for (int i = next++; i < requests; i = next++) {
                auto const body = group(first + i * size, size);
                if (rate > 0) {
                    auto const due = start + std::chrono::duration<double>(i / rate);
                    auto const left = std::chrono::duration<double, std::milli>(due - Clock::now());
                    if (left.count() > 0) ::poll(nullptr, 0, static_cast<int>(left.count()));
                }
                Stopwatch watch;
                auto const answer = client.request("POST", url, body);
                std::lock_guard lock(guard);
                load.ms.add(watch.ms());
                if (answer.status / 100 != 2) ++load.refused;
            }
        });
    for (auto& thread : threads) thread.join();
    load.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return load;
}

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

    auto const fsync = measure_fsync(place.folder(), 200);
    auto const floor = floor_requests(place, 500);
    auto const steady = post(place, 0, 200 * seconds, 1, 8, 200);
    constexpr int kGroup = 10;
    auto const flood = post(place, 1'000'000, alerts / kGroup, kGroup, 8, 0);

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
