// One order from HTTP to the finished result and back, against the floor.
#include <fmt/format.h>

#include <stdexcept>

#include "tools/bench/bench.hpp"
#include "tools/bench/figures.hpp"
#include "tools/bench/floor.hpp"
#include "tools/farm/farm.hpp"

namespace bench {
namespace {

constexpr double kFloorMost = 1.5;  // ms; above this the machine is too busy to judge by

farm::FarmSettings settings(Options const& options) {
    return {options.bin, options.patient, {"floor-a", "floor-b"}};
}

void let_floor_talk(farm::Farm& place) {
    std::string rules;
    for (char const* user : {"floor-a", "floor-b"})
        rules += fmt::format("\nuser {}\ntopic readwrite floor/#\n", user);
    farm::write_text(place.folder() + "/fleet/broker/acl", rules, true);
}

Samples floor_of(farm::Farm const& place, int count) {
    auto const of = [&](std::string const& host) {
        std::string const folder = place.folder() + "/fleet/hosts/" + host;
        return FloorPeer{folder + "/host.crt", folder + "/host.key"};
    };
    return measure_floor({place.broker_port(), place.folder() + "/fleet/broker/ca.crt",
                          of("floor-a"), of("floor-b"), count});
}

Samples orders(farm::Farm& place, std::string const& body, int count) {
    farm::HttpClient client("Bearer " + place.secret("admin_token"));
    std::string const url = place.url() + "/api/v1/hosts/nexus/commands";
    Samples samples;
    for (int i = 0; i < count; ++i) {
        Stopwatch watch;
        auto const answer = client.request("POST", url, body);
        samples.add(watch.ms());
        if (answer.status != 200 || answer.body.find("\"succeeded\"") == std::string::npos)
            throw std::runtime_error(fmt::format("order {} was answered {} {}\n{}", i,
                                                 answer.status, answer.body, place.logs()));
    }
    return samples;
}

}  // namespace

int roundtrip(Options const& options) {
    int const count = options.count > 0 ? options.count : 300;
    farm::Farm place(settings(options));
    let_floor_talk(place);
    place.append("policy", "[jobs.nothing]\nargv = [\"/bin/true\"]\n");
    place.start();

    std::string const line = R"({"line":"true","wait_s":10})";
    std::string const job =
        R"({"remedy":"run_job","params":{"job":"nothing"},"wait_s":10})";
    auto const first = orders(place, line, 1);
    orders(place, line, 20);  // warm
    auto const floor_before = floor_of(place, count);
    auto const read = orders(place, line, count);
    auto const change = orders(place, job, count);
    auto const floor_after = floor_of(place, count);
    auto const fsync = measure_fsync(place.folder(), count);

    double const floor =
        (floor_before.percentile(50) + floor_after.percentile(50)) / 2;
    Report report("roundtrip", options.json);
    report.at_most("floor p50", floor, "ms", kFloorMost);
    report.figure("floor p99", floor_before.percentile(99), "ms");
    report.figure("read-only order p50", read.percentile(50), "ms");
    report.figure("read-only order p99", read.percentile(99), "ms");
    report.at_most("read-only order / floor", read.percentile(50) / floor, "x", 2.0);
    report.figure("changing order p50", change.percentile(50), "ms");
    report.figure("changing order p99", change.percentile(99), "ms");
    report.at_most("changing order / floor", change.percentile(50) / floor, "x", 4.0);
    report.figure("one fdatasync p50", fsync.percentile(50), "ms");
    report.figure("first order after start", first.percentile(50), "ms");
    return report.print();
}

}  // namespace bench
