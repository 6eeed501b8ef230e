// Signed messages: JWS (RFC 7515), ES256, with nothing to negotiate. The protected header must be
// byte for byte the one string pinned for this purpose and key:
//   {"alg":"ES256","kid":"<key id>","typ":"tomte-<purpose>"}
// so a signature made for one purpose never serves another. verify() looks at size, header and
// signature only and gives back the payload bytes; parsing comes after, by the caller.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/trust/keys.hpp"

namespace trust {

enum class Purpose {
    command,
    cancel,
    welcome,
    heartbeat,  // the coordinator's: carries time
    document,
    journal_ack,
    freeze,
    chain_head,
    journal_export,
    // signed by a host's key
    birth,
    ack,
    result,
    journal,
    // signed by an approver's key
    approval,
    thaw,
};
std::string_view to_string(Purpose purpose);

inline constexpr std::size_t kEnvelopeBytesMax = 256 * 1024;  // the broker's max_packet_size

// header.payload.signature
std::string sign(Purpose purpose, PrivateKey const& key, std::string_view payload);
// Errors: invalid (size, shape), denied (foreign header or key, wrong signature).
base::Result<std::string> verify(Purpose purpose, PublicKey const& key, std::string_view envelope);

// Detached form (RFC 7515 appendix F): header..signature, for payloads people read as they are.
std::string sign_detached(Purpose purpose, PrivateKey const& key, std::string_view payload);
base::Status verify_detached(Purpose purpose, PublicKey const& key, std::string_view payload,
                             std::string_view signature);

// The compact form of a payload and its detached signature, which must be of that form.
std::string attach(std::string_view payload, std::string_view detached);

}  // namespace trust
