#include "coordinator/core/fleet/fleet.hpp"

#include "coordinator/core/act/outbox.hpp"
#include "coordinator/core/fleet/lease.hpp"
#include "coordinator/core/guard/freeze.hpp"

namespace coordinator {
namespace {

constexpr base::Duration kLostAfter{60'000};
constexpr base::Duration kHeardEvery{30'000};  // how often a beat is worth a write

HostRow* known(World& world, domain::HostId const& id, std::string const& what) {
    auto* row = world.host(id);
    if (row == nullptr) world.record_host("host", id, what + " of a host that is not known here");
    return row;
}

void came_online(World& world, HostRow& row, bool other_process) {
    row.online = true;
    world.timers.cancel({TimerKind::host_lost, row.host.text()});
    if (world.told_lost.erase(row.host) > 0)
        world.emit(Tell{"host_back", "info", "", row.host.text() + " is back",
                        row.host.text() + " is connected again."});
    send_outbox(world, row.host, other_process);
    world.look_at_waiting = true;
}

// The host holds nothing before its first record any more: what is missing will not come. (One
// whose journal began anew learns from our acknowledgement how far it had been.)
void align_journal(World& world, HostRow& row, HostBorn const& event) {
    auto const holds_from = event.journal_first > 0 ? event.journal_first : event.journal_last + 1;
    auto const lost = holds_from - 1 - row.journal_through;
    if (lost <= 0) return;
    row.journal_through += lost;
    world.journal_gaps.erase(row.host);
    world.record_host("host", row.host, "records of its journal are lost",
                      {{"lost", std::to_string(lost)}});
}

}  // namespace

void on_born(World& world, HostBorn const& event) {
    auto* row = known(world, event.host, "a birth");
    if (row == nullptr) return;
    bool const other_process = row->session != event.session;
    row->session = event.session;
    row->boot_id = event.boot_id;
    row->version = event.version;
    row->mode = event.mode;
    row->policy_digest = event.policy_digest;
    row->remedies_digest = event.remedies_digest;
    row->capabilities = event.capabilities;
    row->offers = event.offers;
    row->last_heard = world.now.wall;
    align_journal(world, *row, event);
    world.save(*row);
    world.record_host("host", event.host, "born: agent " + event.version + ", mode " + event.mode,
                      {{"session", event.session}, {"boot", event.boot_id}});
    world.emit(SendWelcome{event.host, event.session, row->incarnation});
    if (event.remedies_digest != world.settings.remedies_digest)
        world.emit(SendRemedies{event.host});
    if (other_process) send_lease(world, *row);
    came_online(world, *row, other_process);
}

void on_availability(World& world, HostAvailability const& event) {
    auto* row = known(world, event.host, "a sign of life");
    if (row == nullptr || row->online == event.online) return;
    row->last_heard = world.now.wall;
    world.save(*row);
    world.record_host("host", event.host, event.online ? "online" : "offline");
    if (event.online) {
        came_online(world, *row, false);
    } else {
        row->online = false;
        world.timers.set({TimerKind::host_lost, row->host.text()}, world.now.boot + kLostAfter);
    }
}

void on_host_lost(World& world, HostRow const& row) {
    if (row.online || !world.told_lost.insert(row.host).second) return;
    world.emit(Tell{"host_lost", "warning", "", row.host.text() + " is lost",
                    row.host.text() + " has not been connected for a minute."});
}

void on_beat(World& world, HostBeat const& event) {
    auto* row = world.host(event.host);
    if (row == nullptr) return;
    bool const worth = !row->last_heard || world.now.wall >= *row->last_heard + kHeardEvery;
    if (!worth) return;
    row->last_heard = world.now.wall;
    world.save(*row);
    renew_lease(world, *row);
}

// A journal only grows: one that is shorter than it was, or another at the same row, was lost or
// rewritten. People must know; what the host had signed before stays in our journal.
void on_head(World& world, HostHead const& event) {
    auto* row = known(world, event.host, "a journal's head");
    if (row == nullptr || (row->head_seq == event.seq && row->head_hash == event.hash)) return;
    std::string wrong;
    if (event.seq < row->head_seq)
        wrong = "its journal went back from row " + std::to_string(row->head_seq) + " to " +
                std::to_string(event.seq);
    else if (event.seq == row->head_seq && !row->head_hash.empty())
        wrong = "its journal up to row " + std::to_string(event.seq) + " is not what it was";
    if (!wrong.empty()) {
        world.record_host("host", event.host, wrong, {{"before", row->head_hash}});
        world.emit(Tell{"journal_changed", "warning", "", event.host.text() + ": " + wrong,
                        "It was lost or rewritten there. What it had signed before is in the "
                        "coordinator's journal."});
    }
    row->head_seq = event.seq;
    row->head_hash = event.hash;
    row->head_proof = event.proof;
    world.save(*row);
}

void on_document(World& world, DocumentReported const& event) {
    auto* row = known(world, event.host, "a report");
    if (row == nullptr) return;
    if (event.document == "freeze") return on_freeze_reported(world, *row, event);
    if (event.document == "lease") return on_lease_reported(world, *row, event);
    if (event.document != "remedies") return;
    if (event.applied && row->remedies_digest != event.digest) {
        row->remedies_digest = event.digest;
        world.save(*row);
    }
    world.record_host("host", event.host,
                      event.applied ? "holds remedies rev " + std::to_string(event.rev)
                                    : "refused the remedies: " + event.reason,
                      {{"digest", event.digest}});
}

void on_enrolled(World& world, HostEnrolled const& event) {
    world.enrol(event.host, event.incarnation, event.aliases);
    world.record_host("host", event.host,
                      "joined the fleet, incarnation " + std::to_string(event.incarnation));
    world.need_durable();
}

void on_revoked(World& world, HostRevoked const& event) {
    auto* row = known(world, event.host, "a revocation");
    if (row == nullptr) return;
    row->online = false;
    row->session.clear();
    world.timers.cancel({TimerKind::host_lost, row->host.text()});
    world.dismiss(event.host);
    world.save(*row);
    world.record_host("host", event.host, "was revoked");
    world.need_durable();
}

void resume(World& world, HostRow const& row) {
    if (row.online && !row.session.empty())
        world.emit(SendWelcome{row.host, row.session, row.incarnation});
}

}  // namespace coordinator
