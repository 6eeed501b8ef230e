// Everything an agent's core can ask for. Store effects (Append, Save*, Forget*) of one step
// are committed to the spool first, in one transaction; only then the others are performed, in
// order.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/core/event.hpp"

namespace agent {

// Store effects.
struct Append {
    wire::JournalRecord record;
    bool operator==(Append const&) const = default;
};
struct SaveCommand {
    KnownCommand row;
    bool operator==(SaveCommand const&) const = default;
};
struct ForgetJournal {  // the coordinator has it
    std::int64_t through_seq = 0;
    bool operator==(ForgetJournal const&) const = default;
};
// The coordinator said how far its journal is, and signed it.
struct KeepAnchor {
    wire::ChainHead head;
    std::string proof;
    bool operator==(KeepAnchor const&) const = default;
};
// Make the journal's head durable, then publish it, signed.
struct AnnounceHead {
    base::WallTime time{};
    bool operator==(AnnounceHead const&) const = default;
};

struct SaveDocument {  // the newest of its name, for the next process
    std::string name;
    std::string jws;
    bool operator==(SaveDocument const&) const = default;
};
struct SaveFix {  // running: its end is still to be learned; final: forgotten
    domain::LocalFix fix;
    bool operator==(SaveFix const&) const = default;
};

// To the broker. The link encodes, signs with the host's key where protocol.md says so, and sets
// QoS, retain and expiry by channel.
struct PublishAvail {
    bool online = true;
    bool operator==(PublishAvail const&) const = default;
};
struct PublishResult {  // the plain, retained state for people
    domain::CommandResult result;
    base::Duration expiry{};
    bool operator==(PublishResult const&) const = default;
};
struct PublishEvent {
    std::string type;
    std::string text;
    bool operator==(PublishEvent const&) const = default;
};
using Message = std::variant<PublishAvail, wire::Birth, wire::AgentHeartbeat, wire::Telemetry,
                             wire::Ack, wire::Reported, wire::ChainHead, PublishResult,
                             PublishEvent>;
struct Publish {
    Message message;
    bool operator==(Publish const&) const = default;
};
// Read these records from the spool and send them as one signed batch; answered by BatchSent.
struct SendBatch {
    std::int64_t first_seq = 0;
    std::int64_t last_seq = 0;  // the link may send fewer to stay within 32 KiB; BatchSent tells
    bool operator==(SendBatch const&) const = default;
};

struct ToHand {
    Lane lane = Lane::fix;
    wire::HandRequest request;
    bool operator==(ToHand const&) const = default;
};

// Answered by ReadingsTaken / by one ProbeAnswered per probe.
struct TakeReadings {
    bool operator==(TakeReadings const&) const = default;
};
struct AskProbes {
    bool operator==(AskProbes const&) const = default;
};

struct WakeAt {
    std::optional<base::BootTime> at;
    bool operator==(WakeAt const&) const = default;
};

using Effect = std::variant<Append, SaveCommand, ForgetJournal, SaveDocument, SaveFix, KeepAnchor,
                            AnnounceHead, Publish, SendBatch, ToHand, TakeReadings, AskProbes,
                            WakeAt>;

// Is it the spool's?
inline bool is_store_effect(Effect const& effect) {
    return std::holds_alternative<Append>(effect) || std::holds_alternative<SaveCommand>(effect) ||
           std::holds_alternative<ForgetJournal>(effect) ||
           std::holds_alternative<SaveDocument>(effect) ||
           std::holds_alternative<SaveFix>(effect) ||
           std::holds_alternative<KeepAnchor>(effect) ||
           std::holds_alternative<AnnounceHead>(effect);
}

struct Effects {
    std::vector<Effect> list;
    bool durable = false;  // the store effects must be fsynced before anything else is performed
};

}  // namespace agent
