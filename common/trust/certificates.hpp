// The fleet's own certificate authority (X.509, P-256), made and read by mbedTLS 2.28.
// Server certificates are valid from 1970-01-01, so that a host whose clock was never set can still
// connect (safety decision: an unset clock must not cut a host off).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/trust/keys.hpp"

namespace trust {

struct CertificateRequest {
    std::string common_name;             // a host id, or a service of ours such as "@coordinator"
    std::vector<std::string> dns_names;  // SANs; servers only
    std::vector<std::string> ip_addresses;
    bool server = false;                 // EKU serverAuth, else clientAuth
    base::WallTime not_before{};
    base::WallTime not_after{};
};

struct CertificateFacts {
    std::string common_name;
    base::WallTime not_before{};
    base::WallTime not_after{};
    std::string serial_hex;
    std::string fingerprint_hex;  // SHA-256 of the DER
};

// A self-signed root. PEM.
base::Result<std::string> make_ca(PrivateKey const& key, std::string_view common_name,
                                  base::WallTime not_after);
// Takes common names of letters, digits, space and @ . _ - only, at most 64 bytes: the broker's ACL
// patterns and X.509 itself would take + # / , = apart. PEM. Errors: invalid.
base::Result<std::string> issue(PrivateKey const& ca_key, std::string_view ca_pem,
                                PublicKey const& subject_key, CertificateRequest const& request);
base::Result<CertificateFacts> read_certificate(std::string_view pem);
base::Result<PublicKey> certificate_key(std::string_view pem);
// Chain and validity at `now`.
base::Status verify_chain(std::string_view pem, std::string_view ca_pem, base::WallTime now);

}  // namespace trust
