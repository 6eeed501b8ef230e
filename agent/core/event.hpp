// Everything that can happen to an agent. Adapters make them; the loop stamps the time and calls
// Agent::step. Signatures over received bytes were checked by the link before an event exists.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/domain/lease.hpp"
#include "common/domain/reading.hpp"
#include "common/domain/remedy.hpp"
#include "common/domain/subject.hpp"
#include "common/wire/hand_protocol.hpp"
#include "common/wire/messages.hpp"

namespace agent {

enum class Lane { read, fix };

// A command the agent knows durably, from "accepted" until its result was acknowledged by the
// coordinator (then only id and hash are kept, for 7 days or 100,000 ids).
struct KnownCommand {
    std::string id;
    std::string body_hash;  // SHA-256 over the command without what each send has anew
    Lane lane = Lane::fix;
    std::string jws;        // as received; handed on to the hand; empty once final
    base::WallTime expires_at{};
    domain::CommandState state = domain::CommandState::accepted;
    domain::ResultCode code = domain::ResultCode::ok;
    std::int64_t result_seq = 0;  // journal record of its result; 0: none yet
    bool operator==(KnownCommand const&) const = default;
};

// A document of the coordinator, its signature checked; `jws` is what the hand is told.
struct DocumentArrived {
    std::string name;  // "remedies", "lease"
    std::string jws;
    // What it says, of the kind its name tells.
    std::vector<domain::Remedy> remedies{};
    std::optional<domain::Lease> lease{};
    bool operator==(DocumentArrived const&) const = default;
};

// First event of every process: what the spool still holds.
struct Started {
    std::string session;  // nonce of this process
    std::string boot_id;
    std::int64_t journal_first = 0;  // 0: empty
    std::int64_t journal_last = 0;   // highest sequence ever used
    std::vector<KnownCommand> commands;
    std::vector<DocumentArrived> documents{};
    std::optional<domain::LocalFix> fix{};  // begun by the process before, its end unknown
    std::optional<wire::JournalHead> anchor{};  // the coordinator's newest head kept here
    bool operator==(Started const&) const = default;
};

struct LinkUp {
    bool operator==(LinkUp const&) const = default;
};
struct LinkDown {
    std::string reason;
    bool operator==(LinkDown const&) const = default;
};

struct WelcomeArrived {
    wire::Welcome welcome;
    std::string jws;
    bool operator==(WelcomeArrived const&) const = default;
};
struct CommandArrived {
    domain::Command command;
    std::string body_hash;
    std::string jws;
    Lane lane = Lane::fix;   // a line's by its class, a remedy's is fix
    bool retained = false;   // a delivery with the retain flag: refused
    bool operator==(CommandArrived const&) const = default;
};
struct CancelArrived {
    wire::Cancel cancel;
    std::string jws;
    bool operator==(CancelArrived const&) const = default;
};
struct JournalAcknowledged {
    std::int64_t through_seq = 0;
    bool operator==(JournalAcknowledged const&) const = default;
};
struct FreezeArrived {
    std::string jws;
    bool operator==(FreezeArrived const&) const = default;
};
struct CoordinatorBeat {
    wire::CoordinatorHeartbeat beat;
    std::string jws{};  // as received: the proof of the head in it
    bool operator==(CoordinatorBeat const&) const = default;
};
struct PressArrived {
    wire::Press press;
    bool retained = false;
    bool operator==(PressArrived const&) const = default;
};
// A delivery that failed its signature or its strict parse: counted, noted once a minute.
struct DeliveryRefused {
    std::string channel;
    domain::ResultCode code = domain::ResultCode::bad_signature;
    std::string reason;
    bool operator==(DeliveryRefused const&) const = default;
};

// Answers to TakeReadings and AskProbes.
struct ReadingsTaken {
    std::vector<domain::ReadingGroup> groups;
    bool operator==(ReadingsTaken const&) const = default;
};
struct ProbeAnswered {
    domain::Subject subject;
    std::string probe;  // the signal's name if it fails: "ServiceDown"
    bool healthy = true;
    std::string detail;
    bool operator==(ProbeAnswered const&) const = default;
};

// A batch was handed to the broker, or refused by the link (not connected, queue full).
struct BatchSent {
    std::int64_t through_seq = 0;
    bool ok = true;
    bool operator==(BatchSent const&) const = default;
};

struct HandReplied {
    Lane lane = Lane::fix;
    wire::HandReply reply;
    bool operator==(HandReplied const&) const = default;
};
struct HandGone {  // could not be reached, or closed the connection
    Lane lane = Lane::fix;
    std::string reason;
    bool operator==(HandGone const&) const = default;
};

struct TimerFired {
    bool operator==(TimerFired const&) const = default;
};
struct Stopping {  // SIGTERM: say goodbye
    bool operator==(Stopping const&) const = default;
};

using Event =
    std::variant<Started, LinkUp, LinkDown, WelcomeArrived, CommandArrived, CancelArrived,
                 JournalAcknowledged, DocumentArrived, FreezeArrived, CoordinatorBeat, PressArrived,
                 DeliveryRefused, ReadingsTaken, ProbeAnswered, BatchSent, HandReplied, HandGone,
                 TimerFired, Stopping>;

}  // namespace agent
