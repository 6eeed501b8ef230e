#include "tools/simulate/report.hpp"

#include <ostream>

namespace simulate {
namespace {

void add(Story& sum, Story const& story) {
    sum.faults += story.faults;
    sum.kills += story.kills;
    sum.incidents += story.incidents;
    sum.resolved += story.resolved;
    sum.escalated += story.escalated;
    sum.commands += story.commands;
    sum.effects += story.effects;
    sum.lost += story.lost;
    sum.doubled += story.doubled;
}

}  // namespace

int report(Options options, std::uint64_t first, int seeds, bool json, std::ostream& out) {
    Story sum;
    int kept = 0;
    for (int number = 0; number < seeds; ++number) {
        options.seed = first + static_cast<std::uint64_t>(number);
        auto const story = run(options);
        add(sum, story);
        if (story.violations.empty()) {
            ++kept;
            continue;
        }
        if (json) continue;
        out << "seed " << options.seed << " failed; again with: tomte-simulate --seeds 1 --seed "
            << options.seed << " --hosts " << options.hosts << '\n';
        for (auto const& violation : story.violations) out << "  " << violation << '\n';
        out.flush();  // a long run shows its failures while it goes on
    }
    if (json) {
        out << R"({"v":1,"seeds":)" << seeds << R"(,"first":)" << first << R"(,"kept":)" << kept
            << R"(,"faults":)" << sum.faults << R"(,"kills":)" << sum.kills << R"(,"incidents":)"
            << sum.incidents << R"(,"resolved":)" << sum.resolved << R"(,"escalated":)"
            << sum.escalated << R"(,"commands":)" << sum.commands << R"(,"effects":)"
            << sum.effects << R"(,"messages_lost":)" << sum.lost << R"(,"messages_doubled":)"
            << sum.doubled << "}\n";
    } else {
        out << kept << " of " << seeds << " seeds from " << first << " kept every promise: "
            << sum.faults << " faults, " << sum.kills << " kills, " << sum.lost
            << " messages lost, " << sum.doubled << " doubled; " << sum.incidents
            << " incidents, " << sum.resolved << " resolved, " << sum.escalated
            << " told to a person; " << sum.commands << " commands, " << sum.effects
            << " effects\n";
    }
    return kept == seeds ? 0 : 1;
}

}  // namespace simulate
