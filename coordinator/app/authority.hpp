// The fleet's certificate authority with its ledger: issues certificates and says which hold no
// longer. One caller at a time.
#pragma once

#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/trust/keys.hpp"
#include "common/trust/ledger.hpp"

namespace coordinator {

class Authority {
  public:
    static constexpr std::chrono::days kHostCertificateLife{30};

    // Errors name the file: the key is not the certificate's, the ledger is damaged.
    static base::Result<Authority> load(std::string const& key_file, std::string const& ca_file,
                                        std::string ledger_file);

    std::string const& certificate_pem() const { return certificate_; }
    std::string const& fingerprint_hex() const { return fingerprint_; }

    // A client's certificate, in the ledger before it is given out.
    base::Result<std::string> issue(std::string const& name, trust::PublicKey const& key,
                                    base::WallTime now);
    // All of this name's certificates hold no longer.
    base::Status revoke(std::string const& name, base::WallTime now);
    // When the last of this name's certificates that was not revoked runs out.
    std::optional<base::WallTime> valid_until(std::string const& name) const;
    // PEM.
    base::Result<std::string> revocation_list(base::WallTime now) const;

  private:
    Authority(trust::PrivateKey key, std::string certificate, std::string fingerprint,
              std::vector<trust::IssuedCertificate> ledger, std::string ledger_file)
        : key_(std::move(key)),
          certificate_(std::move(certificate)),
          fingerprint_(std::move(fingerprint)),
          ledger_(std::move(ledger)),
          ledger_file_(std::move(ledger_file)) {}
    base::Status keep(std::vector<trust::IssuedCertificate> ledger);

    trust::PrivateKey key_;
    std::string certificate_;
    std::string fingerprint_;
    std::vector<trust::IssuedCertificate> ledger_;
    std::string ledger_file_;
};

}  // namespace coordinator
