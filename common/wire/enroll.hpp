// How a host joins: the line that is pasted on it, and what both ends say on enroll/<invite>/…
// A request and an answer carry a MAC over the received text by the invitation's key
// (trust::join_key); who checks it does so before parsing `body`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/domain/host.hpp"

namespace wire {

// tomte://broker.lan:8884/nexus/<invite>/<token>/<sha256 of the authority's certificate>
// Nothing in it means anything to a shell, so that it can be pasted as it is.
struct JoinLink {
    std::string broker_host;
    int broker_port = 8884;
    domain::HostId host;
    std::string invite;          // 16 hex digits
    std::string token;           // 32 hex digits
    std::string ca_fingerprint;  // 64 hex digits
};
std::string to_text(JoinLink const& link);
base::Result<JoinLink> parse_join_link(std::string_view text);

enum class EnrollLeaf { request, answer, renewal, renewed };
// `id` is an invitation's, or a host's for renewals: [a-z0-9-]{1,63} (CHECKed).
std::string enroll_topic(std::string_view id, EnrollLeaf leaf);
std::string any_enroll_filter(EnrollLeaf leaf);
struct EnrollTopic {
    std::string id;
    EnrollLeaf leaf;
};
base::Result<EnrollTopic> parse_enroll_topic(std::string_view topic);

// The broker's names on the second listener. '@' is in no host id.
std::string invite_user(std::string_view invite);
inline constexpr std::string_view kRenewalUser = "@renewal";

// A body and who vouches for it: {"v":1,"body":"…","mac":"…"}.
struct Sealed {
    std::string body;
    std::string mac;
};
std::string encode(Sealed const& sealed);
base::Result<Sealed> decode_sealed(std::string_view text);

struct JoinRequest {
    domain::HostId host;
    std::string request_pem;
    std::string version;
};
std::string encode(JoinRequest const& request);
base::Result<JoinRequest> decode_join_request(std::string_view text);

enum class JoinState { waiting, issued, refused };
struct ShippedRemedy {
    std::string name;
    std::string title;
};
struct JoinAnswer {
    JoinState state = JoinState::waiting;
    std::string reason;  // of a refusal
    // The rest once it is issued.
    std::string certificate_pem;
    std::string command_key_pem;
    std::string approver_keys_pem;  // empty: none
    std::string site;
    std::string broker_host;
    std::int64_t broker_port = 0;
    std::int64_t incarnation = 0;
    std::vector<ShippedRemedy> remedies;
};
std::string encode(JoinAnswer const& answer);
base::Result<JoinAnswer> decode_join_answer(std::string_view text);

// A renewal proves itself: the request is signed by the key that the coordinator knows.
struct Renewed {
    std::string certificate_pem;  // empty: refused
    std::string reason;
};
std::string encode(Renewed const& renewed);
base::Result<Renewed> decode_renewed(std::string_view text);

}  // namespace wire
