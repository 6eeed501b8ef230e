// The list of certificates that hold no longer (an X.509 CRL), made by libcrypto: mbedTLS 2.28 can
// only read one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/trust/keys.hpp"

namespace trust {

struct RevokedCertificate {
    std::string serial_hex;  // as CertificateFacts tells it
    base::WallTime at{};
};

// PEM. Valid from 1970-01-01 for as long as the authority itself: a broker refuses everybody once
// its list has run out, and a list that is not written anew must not cut the fleet off. `number`
// rises with every list. Errors: invalid (a serial, or a key that is not the CA's).
base::Result<std::string> make_revocation_list(PrivateKey const& ca_key, std::string_view ca_pem,
                                               std::vector<RevokedCertificate> const& revoked,
                                               std::int64_t number);

}  // namespace trust
