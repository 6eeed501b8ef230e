// A host's journal: each record once, in order, acknowledged when it is ours.
#include "coordinator/core/act/outbox.hpp"
#include "coordinator/core/fleet/fleet.hpp"
#include "coordinator/core/fleet/lease.hpp"
#include "coordinator/core/intake/intake.hpp"

namespace coordinator {
namespace {

// A batch whose predecessors are missing comes again every few seconds. When it came so often, the
// host holds nothing before it any more (our store was set back, or its spool overflowed).
constexpr int kGapPatience = 6;

bool in_order(World& world, HostRow const& row, std::int64_t first) {
    if (first <= row.journal_through + 1) return true;
    auto& [expected, times] = world.journal_gaps[row.host];
    if (expected != first) {
        if (expected == 0 || first < expected) {
            expected = first;
            times = 1;
        }
        return false;
    }
    return ++times >= kGapPatience;
}

void take(World& world, HostRow const& row, domain::Signal signal) {
    // A host speaks for itself only: its signals have their own names and heal only it.
    if (signal.subject && signal.subject->host != row.host) {
        world.record_host("host", row.host, "a signal about another host was refused",
                          {{"name", signal.name}});
        return;
    }
    if (!signal.subject)
        signal.subject = domain::Subject{row.host, domain::SubjectKind::host, ""};
    if (signal.fingerprint.empty()) signal.fingerprint = fingerprint_of(signal);
    signal.fingerprint = row.host.text() + ":" + signal.fingerprint;
    accept_signal(world, std::move(signal));
}

void take(World& world, HostRow const& row, domain::CommandResult const& result) {
    on_result(world, row.host, result);
}

void take(World& world, HostRow const& row, domain::LocalFix const& fix) {
    on_local_fix(world, row, fix);
}

void take(World& world, HostRow const& row, HostNote const& note) {
    world.record_host("host", row.host, note.text, {{"kind", note.kind}});
}

}  // namespace

void on_journal(World& world, JournalArrived const& event) {
    auto* row = world.host(event.host);
    if (row == nullptr || event.records.empty()) return;
    row->last_heard = world.now.wall;
    if (in_order(world, *row, event.records.front().seq)) {
        world.journal_gaps.erase(row->host);
        for (auto const& record : event.records) {
            if (record.seq <= row->journal_through) continue;
            row->journal_through = record.seq;
            std::visit([&](auto const& body) { take(world, *row, body); }, record.body);
        }
        world.save(*row);
    }
    world.emit(AcknowledgeJournal{row->host, row->journal_through});
}

}  // namespace coordinator
