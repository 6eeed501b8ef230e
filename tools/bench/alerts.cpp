#include "tools/bench/alerts.hpp"

#include <poll.h>

#include <atomic>
#include <fmt/format.h>
#include <mutex>
#include <thread>

namespace bench {

std::string alert_group(int from, int size, HostOf const& host) {
    std::string alerts;
    for (int i = 0; i < size; ++i)
        alerts += fmt::format(
            "{}{{\"status\":\"firing\",\"labels\":{{\"alertname\":\"ServiceDown\",\"host\":"
            "\"{}\",\"service\":\"unit-{}\",\"severity\":\"warning\"}},\"annotations\":"
            "{{\"summary\":\"unit {} is down\"}},\"startsAt\":\"2026-01-31T08:05:09.042Z\","
            "\"endsAt\":\"0001-01-01T00:00:00Z\",\"generatorURL\":\"\",\"fingerprint\":"
            "\"{:016x}\"}}",
            i == 0 ? "" : ",", host(from + i), from + i, from + i, from + i);
    return fmt::format(
        "{{\"version\":\"4\",\"groupKey\":\"g\",\"truncatedAlerts\":0,\"status\":\"firing\","
        "\"receiver\":\"tomte\",\"groupLabels\":{{}},\"commonLabels\":{{}},\"commonAnnotations\":"
        "{{}},\"externalURL\":\"\",\"alerts\":[{}]}}",
        alerts);
}

Load post_alerts(farm::Farm& place, LoadPlan const& plan, HostOf const& host) {
    using Clock = std::chrono::steady_clock;
    std::string const auth = "alertmanager:" + place.secret("alertmanager_password");
    std::string const url = place.url() + "/webhook/alertmanager";
    Load load;
    std::mutex guard;
    std::atomic<int> next{0};
    auto const start = Clock::now();
    std::vector<std::thread> threads;
    for (int s = 0; s < plan.senders; ++s)
        threads.emplace_back([&] {
            farm::HttpClient client(auth);
            for (int i = next++; i < plan.requests; i = next++) {
                auto const body = alert_group(plan.first + i * plan.size, plan.size, host);
                if (plan.rate > 0) {
                    auto const due = start + std::chrono::duration<double>(i / plan.rate);
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

}  // namespace bench
