// What the agent says to a hand lane and back, one JSON object per SOCK_SEQPACKET packet (at most
// 192 KiB, below the kernel's default send buffer). The hand believes nothing here but signatures
// and its own eyes: envelopes are passed on as received and verified again.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/domain/command.hpp"
#include "common/domain/reading.hpp"
#include "common/domain/remedy.hpp"

namespace wire {

inline constexpr std::size_t kHandPacketMax = 192 * 1024;

// -> The newest welcome; the hand learns session, epoch, incarnation and coordinator time from it.
struct HandWelcome {
    std::string jws;
    base::BootTime received{};
    bool operator==(HandWelcome const&) const = default;
};
// -> desired/remedies as received; the fix lane keeps it on disk, the read lane in memory.
struct HandDocument {
    std::string name;
    std::string jws;
    bool operator==(HandDocument const&) const = default;
};
// -> An order: a command envelope. `received` is when it reached the agent.
struct HandOrder {
    std::string jws;
    bool operator==(HandOrder const&) const = default;
};
// -> An offer of the policy was pressed.
struct HandPress {
    std::string id;
    std::string offer;
    domain::Params params;
    bool operator==(HandPress const&) const = default;
};
// -> Heal this while the coordinator is away, by a remedy of the lease the fix lane holds.
struct HandLease {
    std::string id;  // "lease-" and 8 to 40 of A-Z a-z 0-9 -
    std::string remedy;
    domain::Params params;
    bool operator==(HandLease const&) const = default;
};
// -> Stop this command; `jws` is the coordinator's cancel, empty when the agent shuts down.
struct HandCancel {
    std::string jws;
    bool operator==(HandCancel const&) const = default;
};
// -> Freeze or thaw as received.
struct HandFreeze {
    std::string jws;
    bool operator==(HandFreeze const&) const = default;
};
// -> What is known of this id? (after a restart of either side)
struct HandQuery {
    std::string id;
    bool operator==(HandQuery const&) const = default;
};
// -> Say hello: mode, digests, offers, managers. Answered with HandHello.
struct HandAsk {
    bool operator==(HandAsk const&) const = default;
};

using HandRequest = std::variant<HandWelcome, HandDocument, HandOrder, HandPress, HandLease,
                                 HandCancel, HandFreeze, HandQuery, HandAsk>;

// <- The state of a command changed (running), or ended (final, with everything filled in).
struct HandReport {
    domain::CommandResult result;
    bool operator==(HandReport const&) const = default;
};
// <- HandQuery for an id this lane has never seen.
struct HandUnknown {
    std::string id;
    bool operator==(HandUnknown const&) const = default;
};
// <- How a document, welcome or freeze was taken.
struct HandTaken {
    std::string what;  // "remedies", "welcome", "freeze"
    bool applied = false;
    std::int64_t rev = 0;
    std::string digest;
    std::string reason;
    bool operator==(HandTaken const&) const = default;
};
struct HandHello {
    std::string lane;  // read | fix
    std::string mode;
    std::string policy_digest;
    std::string policy_error;  // not empty: observe, loudly
    std::string remedies_digest;
    std::vector<std::string> offers;
    std::vector<std::string> managers;
    bool frozen = false;
    bool operator==(HandHello const&) const = default;
};

using HandReply = std::variant<HandReport, HandUnknown, HandTaken, HandHello>;

std::string encode_hand(HandRequest const& request);
std::string encode_hand(HandReply const& reply);
base::Result<HandRequest> decode_hand_request(std::string_view packet);
base::Result<HandReply> decode_hand_reply(std::string_view packet);

}  // namespace wire
