// Certificate requests (PKCS#10): how a host that keeps its key to itself asks the fleet's
// authority for a certificate. Made and read by mbedTLS.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "common/trust/keys.hpp"

namespace trust {

// PEM. The name is a host id; its characters are checked when the certificate is issued.
base::Result<std::string> make_request(PrivateKey const& key, std::string_view common_name);

struct RequestFacts {
    std::string common_name;
    PublicKey key;
};
// Only what is signed by the key it carries: whoever made it holds the private half. Errors:
// invalid (shape, another kind of key, more than one name), denied (signature).
base::Result<RequestFacts> read_request(std::string_view pem);

}  // namespace trust
